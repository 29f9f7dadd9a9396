/* media_request.h - what a media address and its directives ask for.
 *
 * Strict: one spelling an address, so that caches hold it once.
 *
 * Threads: any. */
#pragma once

#include "media_epoch.h"
#include "media_token.h"

typedef enum {
  AC_MEDIA_MULTIVARIANT,
  AC_MEDIA_AUDIO_MULTIVARIANT,
  AC_MEDIA_MANIFEST, /* DASH */
  AC_MEDIA_PLAYLIST, /* up to here: texts */
  AC_MEDIA_INIT,
  AC_MEDIA_SEGMENT,
  AC_MEDIA_TIMED_SEGMENT, /* named by its start, as DASH does */
  AC_MEDIA_PART,
} AcMediaKind;

typedef struct {
  AcMediaKind kind;
  gint64 lesson;
  gchar token[AC_MEDIA_TOKEN_CHARS + 1]; /* empty: not of a token's length */
  gchar track[AC_TRACK_NAME_MAX + 1];
  guint32 epoch;
  guint64 msn;
  guint64 start; /* of a timed segment, ticks */
  guint32 part;
} AcMediaAddress;

/* _HLS_msn, _HLS_part, _HLS_skip; others are not ours to judge. */
typedef struct {
  gboolean malformed; /* not a number, twice, or a part without its segment */
  gboolean has_msn, has_part, skip;
  guint64 msn, part;
} AcMediaDirectives;

/* @path: below "/live/"
 * Returns: FALSE when it is no address of media. */
gboolean ac_media_address_parse (const gchar *path, AcMediaAddress *ret_address);

/* @query: raw, or NULL */
void ac_media_directives_parse (const gchar *query, AcMediaDirectives *ret_directives);
