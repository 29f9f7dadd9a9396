#include "hall.h"
#include "handout.h"
#include "handout_files.h"

#include <glib/gstdio.h>

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

/* --- Files --- */

#define FILE_OF(n) "0000000" #n "-0000-4000-8000-000000000000"

static gboolean
hand_out (AcStore *store, gpointer file, GError **error)
{
  const AcHandoutFile handout = { .lesson = 1,
                                  .actor = HALL_STAFF,
                                  .title = "讲义",
                                  .file = file,
                                  .media_type = "application/pdf",
                                  .bytes = 9,
                                  .wall_ms = 1 };
  g_autoptr (AcLessonEvent) event = NULL;

  return ac_handout_add_file (store, &handout, &event, error);
}

/* Of a file that is removed its name is told, once; of a link there is none. */
static void
test_let_go (Hall *hall, gconstpointer unused)
{
  g_auto (AcTalkResult) pinned = { 0 }, removed = { 0 }, again = { 0 }, link = { 0 };

  hall_run (hall, hand_out, (gpointer)FILE_OF (1));
  g_assert_cmpint (hall_say (hall, HALL_STAFF, "handout",
                             "{\"title\":\"x\",\"url\":\"https://a.example/\"}"),
                   ==, 2);
  g_assert_null (hall_try (hall, HALL_STAFF, "pin", "handout-change",
                           "{\"handout\":1,\"pinned\":true,\"removed\":false}",
                           &pinned));
  g_assert_null (pinned.let_go);
  g_assert_null (hall_try (hall, HALL_STAFF, "remove", "handout-change",
                           "{\"handout\":1,\"pinned\":false,\"removed\":true}",
                           &removed));
  g_assert_cmpstr (removed.let_go, ==, FILE_OF (1));
  g_assert_null (hall_try (hall, HALL_STAFF, "remove", "handout-change",
                           "{\"handout\":1,\"pinned\":false,\"removed\":true}",
                           &again));
  g_assert_null (again.let_go);
  g_assert_null (hall_try (hall, HALL_STAFF, "link", "handout-change",
                           "{\"handout\":2,\"pinned\":false,\"removed\":true}", &link));
  g_assert_null (link.let_go);
}

static void
add_file (const gchar *dir, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (dir, name, NULL);

  g_assert_true (g_file_set_contents (path, "%PDF-1.7\n", -1, NULL));
}

static gboolean
has_file (const gchar *dir, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (dir, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* A start leaves what a hand-out names: neither those that were removed, nor halves. */
static void
test_sweep (Hall *hall, gconstpointer unused)
{
  g_autofree gchar *dir = g_build_filename (hall->store.dir, "handouts", NULL);
  g_autoptr (GError) error = NULL;
  guint n = 7;

  g_assert_true (ac_handout_files_sweep (hall->store.store, dir, &n, &error));
  g_assert_cmpuint (n, ==, 0); /* there is no directory yet */
  hall_run (hall, hand_out, (gpointer)FILE_OF (1));
  hall_run (hall, hand_out, (gpointer)FILE_OF (2));
  hall_say (hall, HALL_STAFF, "handout-change",
            "{\"handout\":2,\"pinned\":false,\"removed\":true}");
  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  add_file (dir, FILE_OF (1));
  add_file (dir, FILE_OF (2));
  add_file (dir, FILE_OF (3));
  add_file (dir, FILE_OF (4) ".AB12CD");
  g_assert_true (ac_handout_files_sweep (hall->store.store, dir, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (has_file (dir, FILE_OF (1)));
  g_assert_false (has_file (dir, FILE_OF (2)));
  g_assert_false (has_file (dir, FILE_OF (3)));
  ac_handout_file_let_go (dir, FILE_OF (1));
  ac_handout_file_let_go (dir, FILE_OF (1)); /* it is gone */
  g_assert_false (has_file (dir, FILE_OF (1)));
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/handout/sniff", test_sniff);
  g_test_add_func ("/handout/extensions", test_extensions);
  g_test_add ("/handout/let-go", Hall, NULL, hall_set_up, test_let_go, hall_tear_down);
  g_test_add ("/handout/sweep", Hall, NULL, hall_set_up, test_sweep, hall_tear_down);
  return g_test_run ();
}
