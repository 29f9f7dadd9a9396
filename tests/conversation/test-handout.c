#include "handout.h"

#include <string.h>

#define ZIP "PK\x03\x04\x14\0\0\0\0\0"

static void
test_sniff (void)
{
  static const struct {
    const gchar *data;
    gsize length;
    const gchar *type;
  } rows[] = {
    { "%PDF-1.7\n", 9, "application/pdf" },
    { "\x89PNG\r\n\x1a\n....", 12, "image/png" },
    { "\xff\xd8\xff\xe0....", 8, "image/jpeg" },
    { "GIF89a..", 8, "image/gif" },
    { "RIFF....WEBPVP8 ", 16, "image/webp" },
    { "RIFF....WAVEfmt ", 16, NULL },
    { ZIP "..word/document.xml..", 31,
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
    { ZIP "..xl/workbook.xml..", 29,
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
    { ZIP "..ppt/presentation.xml..", 34,
      "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
    { ZIP "..word/document.xml..word/vbaProject.bin", 50, NULL },
    { ZIP "..setup.exe..", 23, NULL },
    { "<!DOCTYPE html>", 15, NULL },
    { "<svg xmlns=", 11, NULL },
    { "MZ\x90\0", 4, NULL },
    { "%PDF", 4, NULL },
    { "", 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) file = g_bytes_new (rows[i].data, rows[i].length);

    g_assert_cmpstr (ac_handout_sniff (file), ==, rows[i].type);
  }
}

static void
test_extensions (void)
{
  g_assert_cmpstr (ac_handout_extension ("application/pdf"), ==, ".pdf");
  g_assert_cmpstr (ac_handout_extension ("image/jpeg"), ==, ".jpg");
  g_assert_cmpstr (ac_handout_extension ("text/html"), ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/handout/sniff", test_sniff);
  g_test_add_func ("/handout/extensions", test_extensions);
  return g_test_run ();
}
