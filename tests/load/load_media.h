/* load_media.h - what of the lesson is published: segments of its sound, which all
 * members fetch.
 *
 * Threads: one. */
#pragma once

#include "load_http.h"

typedef struct {
  gint64 start_ms, end_ms; /* lesson time */
  gchar *name;             /* below the playlist: "1/29.m4s"; NULL: a gap */
} LoadSegment;

typedef struct {
  LoadHttp *http;
  gchar *playlist;  /* its path; NULL: not known yet */
  GArray *segments; /* LoadSegment */
  gboolean asking;
} LoadMedia;

void load_media_init (LoadMedia *self, LoadHttp *http);
/* @base: "/live/TOKEN/LESSON/" of somebody */
void load_media_set_base (LoadMedia *self, const gchar *base);
/* Asks what has been published since, unless it asks already. */
void load_media_look (LoadMedia *self);
/* Returns: how far the lesson is published in whole segments. */
gint64 load_media_published_ms (const LoadMedia *self);
/* Returns: the first segment that ends after @at_ms; their number when none does. */
guint load_media_find (const LoadMedia *self, gint64 at_ms);
const LoadSegment *load_media_get (const LoadMedia *self, guint index);
