#include "stream_headers.h"

static AcFlvTag
tag (guint8 type, const gchar *bytes, gsize size)
{
  return (AcFlvTag){ type, 0, g_bytes_new (bytes, size) };
}

static void
append_tag (const AcFlvTag *sent, gpointer user_data)
{
  GString *text = user_data;
  gsize size;
  const guint8 *data = g_bytes_get_data (sent->body, &size);

  g_string_append_printf (text, "%u@%u:%02x ", sent->type, sent->timestamp_ms,
                          data[size - 1]);
}

static void
test_replay (void)
{
  AcStreamHeaders headers = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  AcFlvTag tags[] = {
    tag (8, "\xaf\x00\x11", 3), tag (18, "\x02\x01", 2),    tag (9, "\x17\x00\x01", 3),
    tag (9, "\x17\x01\x55", 3), tag (9, "\x17\x00\x02", 3), /* a newer configuration */
  };

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++) {
    ac_stream_headers_note (&headers, &tags[i]);
    ac_flv_tag_clear (&tags[i]);
  }
  ac_stream_headers_replay (&headers, 77, append_tag, text);
  g_assert_cmpstr (text->str, ==, "18@77:01 9@77:02 8@77:11 ");
  ac_stream_headers_clear (&headers);
  g_string_truncate (text, 0);
  ac_stream_headers_replay (&headers, 77, append_tag, text);
  g_assert_cmpstr (text->str, ==, "");
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-headers/replay", test_replay);
  return g_test_run ();
}
