#include "load_media.h"

#include <string.h>

void
load_media_init (LoadMedia *self, LoadHttp *http)
{
  *self = (LoadMedia){
    .http = http,
    .segments = g_array_new (FALSE, FALSE, sizeof (LoadSegment)),
  };
}

void
load_media_set_base (LoadMedia *self, const gchar *base)
{
  if (self->playlist == NULL)
    self->playlist = g_strconcat (base, "audio/playlist.m3u8", NULL);
}

/* A playlist lists the lesson from its start, so the lengths add up to lesson time;
 * what is known already is passed over. */
static void
read_playlist (LoadMedia *self, const gchar *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gdouble at_s = 0, length_s = 0;
  gboolean gap = FALSE;
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++) {
    if (g_str_has_prefix (lines[i], "#EXTINF:")) {
      length_s = g_ascii_strtod (lines[i] + 8, NULL);
    } else if (g_str_has_prefix (lines[i], "#EXT-X-GAP")) {
      gap = TRUE;
    } else if (lines[i][0] != '\0' && lines[i][0] != '#') {
      LoadSegment segment = { .start_ms = (gint64)(at_s * 1000),
                              .end_ms = (gint64)((at_s + length_s) * 1000),
                              .name = gap ? NULL : lines[i] };

      at_s += length_s;
      gap = FALSE;
      if (n++ < self->segments->len)
        continue;
      segment.name = g_strdup (segment.name);
      g_array_append_val (self->segments, segment);
    }
  }
}

static void
playlist_answered (guint status, const gchar *body, gpointer data)
{
  LoadMedia *self = data;

  self->asking = FALSE;
  if (status == 200 && body != NULL)
    read_playlist (self, body);
}

void
load_media_look (LoadMedia *self)
{
  if (self->asking || self->playlist == NULL)
    return;
  self->asking = TRUE;
  load_http_get (self->http, self->playlist, NULL, TRUE, playlist_answered, self);
}

const LoadSegment *
load_media_get (const LoadMedia *self, guint index)
{
  return &g_array_index (self->segments, LoadSegment, index);
}

gint64
load_media_published_ms (const LoadMedia *self)
{
  guint n = self->segments->len;

  return n > 0 ? load_media_get (self, n - 1)->end_ms : 0;
}

guint
load_media_find (const LoadMedia *self, gint64 at_ms)
{
  guint i = self->segments->len;

  while (i > 0 && load_media_get (self, i - 1)->end_ms > at_ms)
    i--;
  return i;
}
