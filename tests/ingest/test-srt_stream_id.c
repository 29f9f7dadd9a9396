#include "srt_stream_id.h"

#include <string.h>

typedef struct {
  const gchar *text;
  AcSrtVerdict verdict;
  const gchar *key;
  gint64 lesson;
} Case;

static const Case cases[] = {
  /* plain */
  { "abcdef", AC_SRT_ADMITTED, "abcdef", 0 },
  { "a/b?c", AC_SRT_ADMITTED, "a/b?c", 0 },
  { "", AC_SRT_UNAUTHORIZED },
  { NULL, AC_SRT_UNAUTHORIZED },
  { "two words", AC_SRT_BAD_REQUEST },
  { "line\nbreak", AC_SRT_BAD_REQUEST },
  { "\xe8\xaf\xbe", AC_SRT_BAD_REQUEST },

  /* keyed, in any order, with what we do not know */
  { "#!::r=5,m=publish,u=abc", AC_SRT_ADMITTED, "abc", 5 },
  { "#!::u=abc,r=5,m=publish", AC_SRT_ADMITTED, "abc", 5 },
  { "#!::m=publish,u=abc", AC_SRT_ADMITTED, "abc", 0 },
  { "#!::h=host,s=1,x-own=,m=publish,t=stream,u=abc,r=9", AC_SRT_ADMITTED, "abc", 9 },
  { "#!::m=publish,u=a=b", AC_SRT_ADMITTED, "a=b", 0 },

  /* percent-encoded as a whole */
  { "%23!::r=5,m=publish,u=abc", AC_SRT_ADMITTED, "abc", 5 },
  { "%23%21%3A%3Ar%3D5%2Cm%3Dpublish%2Cu%3Dabc", AC_SRT_ADMITTED, "abc", 5 },
  { "%2", AC_SRT_BAD_REQUEST },
  { "%zz", AC_SRT_BAD_REQUEST },
  { "%00abc", AC_SRT_BAD_REQUEST },

  /* mode: the guide's default is "request" */
  { "#!::r=5,m=request,u=abc", AC_SRT_BAD_MODE },
  { "#!::r=5,m=bidirectional,u=abc", AC_SRT_BAD_MODE },
  { "#!::r=5,u=abc", AC_SRT_BAD_MODE },
  { "#!::r=5,m=,u=abc", AC_SRT_BAD_MODE },
  { "#!::r=5,m=Publish,u=abc", AC_SRT_BAD_MODE },

  { "#!::m=publish,t=file,u=abc", AC_SRT_MEDIA_TYPE },
  { "#!::m=publish,t=auth,u=abc", AC_SRT_MEDIA_TYPE },

  { "#!::r=5,m=publish", AC_SRT_UNAUTHORIZED },
  { "#!::r=5,m=publish,u=", AC_SRT_UNAUTHORIZED },
  { "#!::r=,m=publish,u=abc", AC_SRT_NOT_FOUND },
  { "#!::r=0,m=publish,u=abc", AC_SRT_NOT_FOUND },
  { "#!::r=-5,m=publish,u=abc", AC_SRT_NOT_FOUND },
  { "#!::r=5x,m=publish,u=abc", AC_SRT_NOT_FOUND },
  { "#!::r=maths,m=publish,u=abc", AC_SRT_NOT_FOUND },
  { "#!::r=9223372036854775808,m=publish,u=abc", AC_SRT_NOT_FOUND },

  { "#!::", AC_SRT_BAD_MODE },
  { "#!::,", AC_SRT_BAD_REQUEST },
  { "#!::=", AC_SRT_BAD_REQUEST },
  { "#!::m=publish,u=abc,", AC_SRT_BAD_REQUEST },
  { "#!::m=publish,abc", AC_SRT_BAD_REQUEST },
  { "#!:", AC_SRT_BAD_REQUEST },
  { "#!:{m=publish,u=abc}", AC_SRT_BAD_REQUEST },
  { "#!abc", AC_SRT_BAD_REQUEST },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    AcSrtStreamId id = { "untouched", -1 };

    g_test_message ("%s", cases[i].text != NULL ? cases[i].text : "NULL");
    g_assert_cmpint (ac_srt_stream_id_parse (cases[i].text, &id), ==, cases[i].verdict);
    g_assert_cmpstr (id.key, ==, cases[i].key != NULL ? cases[i].key : "untouched");
    g_assert_cmpint (id.lesson, ==, cases[i].key != NULL ? cases[i].lesson : -1);
  }
}

static void
test_lengths (void)
{
  g_autofree gchar *key = g_strnfill (AC_SRT_KEY_MAX_BYTES, 'k');
  g_autofree gchar *longer = g_strconcat (key, "k", NULL);
  g_autofree gchar *padding = g_strnfill (AC_SRT_STREAM_ID_MAX_BYTES, 'p');
  g_autofree gchar *padded = g_strconcat ("#!::m=publish,u=k,x=", padding, NULL);
  AcSrtStreamId id;

  g_assert_cmpint (ac_srt_stream_id_parse (key, &id), ==, AC_SRT_ADMITTED);
  g_assert_cmpstr (id.key, ==, key);
  g_assert_cmpint (ac_srt_stream_id_parse (longer, &id), ==, AC_SRT_BAD_REQUEST);
  g_assert_cmpint (ac_srt_stream_id_parse (padded, &id), ==, AC_SRT_BAD_REQUEST);
  padded[AC_SRT_STREAM_ID_MAX_BYTES] = '\0';
  g_assert_cmpint (ac_srt_stream_id_parse (padded, &id), ==, AC_SRT_ADMITTED);
}

static void
test_texts (void)
{
  for (gint code = 0; code < 2000; code++)
    g_assert_cmpstr (ac_srt_verdict_text ((AcSrtVerdict)code), !=, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/srt-stream-id/cases", test_cases);
  g_test_add_func ("/srt-stream-id/lengths", test_lengths);
  g_test_add_func ("/srt-stream-id/texts", test_texts);
  return g_test_run ();
}
