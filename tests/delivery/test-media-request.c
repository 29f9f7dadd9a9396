#include "media_request.h"

#define TOKEN "0123456789012345678901234567890123456789"

typedef struct {
  const gchar *path; /* behind the token */
  gboolean known;
  AcMediaKind kind;
  gint64 lesson;
  const gchar *track;
  guint32 epoch;
  guint64 msn;
  guint32 part;
} AddressRow;

static const AddressRow rows[] = {
  { "/7/multivariant.m3u8", TRUE, AC_MEDIA_MULTIVARIANT, 7, "" },
  { "/7/audio.m3u8", TRUE, AC_MEDIA_AUDIO_MULTIVARIANT, 7, "" },
  { "/7/v360/playlist.m3u8", TRUE, AC_MEDIA_PLAYLIST, 7, "v360" },
  { "/7/audio/playlist.m3u8", TRUE, AC_MEDIA_PLAYLIST, 7, "audio" },
  { "/7/v360/1/init.mp4", TRUE, AC_MEDIA_INIT, 7, "v360", 1 },
  { "/7/manifest.mpd", TRUE, AC_MEDIA_MANIFEST, 7, "" },
  { "/7/v360/1/t172800.m4s", TRUE, AC_MEDIA_TIMED_SEGMENT, 7, "v360", 1 },
  { "/7/v360/1/t.m4s" },
  { "/7/v360/1/t01.m4s" },
  { "/7/v360/1/t-1.m4s" },
  { "/7/v360/1/t1.0.m4s" },
  { "/7/v360/1/t99999999999999999999.m4s" },
  { "/7/v360/1/0.m4s", TRUE, AC_MEDIA_SEGMENT, 7, "v360", 1, 0 },
  { "/7/v360/12/345.6.m4s", TRUE, AC_MEDIA_PART, 7, "v360", 12, 345, 6 },
  { "/9223372036854775807/v1/4294967295/9223372036854775807.0.m4s", TRUE, AC_MEDIA_PART,
    G_MAXINT64, "v1", G_MAXUINT32, G_MAXINT64, 0 },
  { "/9223372036854775808/multivariant.m3u8" },
  { "/18446744073709551616/multivariant.m3u8" },
  { "/0/multivariant.m3u8" },
  { "/07/multivariant.m3u8" },
  { "/+7/multivariant.m3u8" },
  { "/-7/multivariant.m3u8" },
  { "/ 7/multivariant.m3u8" },
  { "//multivariant.m3u8" },
  { "/7" },
  { "/7/" },
  { "/7/multivariant.m3u8/" },
  { "/7//multivariant.m3u8" },
  { "/7/multivariant.m3u8x" },
  { "/7/playlist.m3u8" },
  { "/7/V360/playlist.m3u8" },
  { "/7/v360" },
  { "/7/v360/" },
  { "/7/../7/v360/playlist.m3u8" },
  { "/7/v360abcdefghijklm/playlist.m3u8" },
  { "/7/v360/init.mp4" },
  { "/7/v360/01/init.mp4" },
  { "/7/v360/4294967296/init.mp4" },
  { "/7/v360/1/init.mp4/" },
  { "/7/v360/1/00.m4s" },
  { "/7/v360/1/1.m4" },
  { "/7/v360/1/1.m4sx" },
  { "/7/v360/1/1..m4s" },
  { "/7/v360/1/1.01.m4s" },
  { "/7/v360/1/1.-1.m4s" },
  { "/7/v360/1/1.1.1.m4s" },
  { "/7/v360/1/.1.m4s" },
  { "/7/v360/1/1.4294967296.m4s" },
  { "/7/v360/1/99999999999999999999.m4s" },
};

static void
test_address (gconstpointer data)
{
  const AddressRow *row = data;
  g_autofree gchar *path = g_strconcat (TOKEN, row->path, NULL);
  AcMediaAddress address;

  g_assert_cmpint (ac_media_address_parse (path, &address), ==, row->known);
  if (!row->known)
    return;
  g_assert_cmpstr (address.token, ==, TOKEN);
  g_assert_cmpint (address.kind, ==, row->kind);
  g_assert_cmpint (address.lesson, ==, row->lesson);
  g_assert_cmpstr (address.track, ==, row->track);
  g_assert_cmpuint (address.epoch, ==, row->epoch);
  g_assert_cmpuint (address.msn, ==, row->msn);
  g_assert_cmpuint (address.part, ==, row->part);
}

/* A wrong token is not a wrong address: it is refused as a token. */
static void
test_token_length (void)
{
  static const gchar *const tokens[] = { "", "a", TOKEN "0" };

  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++) {
    g_autofree gchar *path = g_strconcat (tokens[i], "/7/multivariant.m3u8", NULL);
    AcMediaAddress address;

    g_assert_true (ac_media_address_parse (path, &address));
    g_assert_cmpstr (address.token, ==, "");
  }
}

typedef struct {
  const gchar *query;
  AcMediaDirectives directives;
} QueryRow;

static const QueryRow queries[] = {
  { NULL, { 0 } },
  { "", { 0 } },
  { "&", { 0 } },
  { "a=b&c", { 0 } },
  { "_HLS_msn=5", { .has_msn = TRUE, .msn = 5 } },
  { "_HLS_msn=5&_HLS_part=2",
    { .has_msn = TRUE, .has_part = TRUE, .msn = 5, .part = 2 } },
  { "_HLS_part=2&_HLS_msn=5",
    { .has_msn = TRUE, .has_part = TRUE, .msn = 5, .part = 2 } },
  { "x=1&_HLS_msn=5&CMCD=a%2Cb", { .has_msn = TRUE, .msn = 5 } },
  { "_HLS_skip=YES", { .skip = TRUE } },
  { "_HLS_skip=v2", { .skip = TRUE } },
  { "_HLS_skip=yes", { 0 } },
  { "_HLS_skip=", { 0 } },
  { "_HLS_skip", { 0 } },
  { "_HLS_msnx=5", { 0 } },
  { "x_HLS_msn=5", { 0 } },
  { "_HLS_part=2", { .malformed = TRUE, .has_part = TRUE, .part = 2 } },
  { "_HLS_msn", { .malformed = TRUE, .has_msn = TRUE } },
  { "_HLS_msn=", { .malformed = TRUE, .has_msn = TRUE } },
  { "_HLS_msn=abc", { .malformed = TRUE, .has_msn = TRUE } },
  { "_HLS_msn=-1", { .malformed = TRUE, .has_msn = TRUE } },
  { "_HLS_msn=+1", { .malformed = TRUE, .has_msn = TRUE } },
  { "_HLS_msn=1.5", { .malformed = TRUE, .has_msn = TRUE } },
  { "_HLS_msn=5%20", { .malformed = TRUE, .has_msn = TRUE } },
  { "_HLS_msn=1000000000000000000", { .malformed = TRUE, .has_msn = TRUE } },
  { "_HLS_msn=5&_HLS_msn=6", { .malformed = TRUE, .has_msn = TRUE } },
  { "_HLS_msn=5&_HLS_part=x",
    { .malformed = TRUE, .has_msn = TRUE, .has_part = TRUE, .msn = 5 } },
};

static void
test_queries (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++) {
    const AcMediaDirectives *expected = &queries[i].directives;
    AcMediaDirectives directives;

    g_test_message ("%s", queries[i].query);
    ac_media_directives_parse (queries[i].query, &directives);
    g_assert_cmpint (directives.malformed, ==, expected->malformed);
    g_assert_cmpint (directives.has_msn, ==, expected->has_msn);
    g_assert_cmpint (directives.has_part, ==, expected->has_part);
    g_assert_cmpint (directives.skip, ==, expected->skip);
    g_assert_cmpuint (directives.msn, ==, expected->msn);
    g_assert_cmpuint (directives.part, ==, expected->part);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *name = g_strdup_printf ("/media-request/address/%u", i);

    g_test_add_data_func (name, &rows[i], test_address);
  }
  g_test_add_func ("/media-request/token-length", test_token_length);
  g_test_add_func ("/media-request/directives", test_queries);
  return g_test_run ();
}
