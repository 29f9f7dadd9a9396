#include "classroom.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  gchar *root, *lectures, *file;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->root = g_dir_make_tmp ("airclass-source-XXXXXX", NULL);
  f->lectures = g_build_filename (f->root, "lectures", NULL);
  f->file = g_build_filename (f->lectures, "第一讲.mp4", NULL);
  g_assert_cmpint (g_mkdir (f->lectures, 0700), ==, 0);
  g_assert_true (g_file_set_contents (f->file, "x", 1, NULL));
}

static gchar *
path_of (Fixture *f, const gchar *name)
{
  return g_build_filename (f->root, name, NULL);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  static const gchar *const names[] = {
    "lectures/link.mp4", "lectures/empty.mp4", "lectures/folder", "lectures/out.mp4",
    "secret.mp4",        "lectures2/x.mp4",    "lectures2",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = path_of (f, names[i]);

    g_remove (path);
  }
  g_remove (f->file);
  g_remove (f->lectures);
  g_remove (f->root);
  g_free (f->file);
  g_free (f->lectures);
  g_free (f->root);
}

static void
assert_parsed (Fixture *f, const gchar *text, AcLessonSourceKind kind,
               const gchar *address)
{
  g_auto (AcLessonSource) source = { 0 };
  g_autoptr (GError) error = NULL;
  const gchar *field;

  ac_lesson_source_parse (text, FALSE, f->lectures, &source, &field, &error);
  g_assert_no_error (error);
  g_assert_cmpint (source.kind, ==, kind);
  g_assert_cmpstr (source.address, ==, address);
}

static void
assert_refused (Fixture *f, const gchar *text, gboolean loop, const gchar *field,
                const gchar *words)
{
  g_auto (AcLessonSource) source = { 0 };
  g_autoptr (GError) error = NULL;
  const gchar *at_fault = NULL;

  g_test_message ("%s", text);
  g_assert_false (
      ac_lesson_source_parse (text, loop, f->lectures, &source, &at_fault, &error));
  g_assert_error (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_INVALID);
  g_assert_cmpstr (at_fault, ==, field);
  g_assert_true (g_str_has_prefix (error->message, field));
  g_assert_nonnull (strstr (error->message, words));
  g_assert_null (strstr (error->message, "hunter2"));
}

static void
test_addresses (Fixture *f, gconstpointer unused)
{
  static const gchar *const good[] = {
    "rtsp://192.0.2.7/ch1",
    "rtsp://admin:hunter2@192.0.2.7:554/cam/realmonitor?channel=1&subtype=0",
    "rtsps://camera.example/x",
    "http://cdn.example/live/index.m3u8",
    "https://cdn.example/a/b.m3u8?token=hunter2",
    "rtmp://origin.example/live/lesson",
    "rtmps://origin.example/live/lesson",
    "srt://origin.example:9000?streamid=%23!::r=x&passphrase=hunter2hunter2",
    "rtsp://[2001:db8::1]:554/x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    assert_parsed (f, good[i], AC_LESSON_SOURCE_PULL, good[i]);
}

static void
test_bad_addresses (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *long_path = g_strnfill (2048, 'x');
  g_autofree gchar *too_long = g_strconcat ("rtsp://h/", long_path, NULL);

  assert_refused (f, "", FALSE, "source", "2048");
  assert_refused (f, too_long, FALSE, "source", "2048");
  assert_refused (f, "ftp://u:hunter2@h/x", FALSE, "source", "ftp://");
  assert_refused (f, "file:///etc/passwd", FALSE, "source", "path of a file");
  assert_refused (f, "://h/x", FALSE, "source", "rtsp://HOST");
  assert_refused (f, "rtsp://", FALSE, "source", "host");
  assert_refused (f, "rtsp://u:hunter2@h /x", FALSE, "source", "%20");
  assert_refused (f, "rtsp://h/x\n", FALSE, "source", "%20");
  assert_refused (f, "rtsp://h/\xe7\xac\xac", FALSE, "source", "%20");
  assert_refused (f, "srt://h", FALSE, "source", "port");
  assert_refused (f, "srt://h:9000?streamid=#!::u=hunter2", FALSE, "source", "%23");
  assert_refused (f, "http://h/lecture.mp4", FALSE, "source", ".m3u8");
  assert_refused (f, "rtsp://h/x", TRUE, "loop", "files");
}

static void
test_files (Fixture *f, gconstpointer unused)
{
  g_auto (AcLessonSource) source = { 0 };
  const gchar *field;

  assert_parsed (f, f->file, AC_LESSON_SOURCE_FILE, f->file);
  assert_parsed (f, "第一讲.mp4", AC_LESSON_SOURCE_FILE, f->file);
  assert_parsed (f, "../lectures/第一讲.mp4", AC_LESSON_SOURCE_FILE, f->file);
  g_assert_true (
      ac_lesson_source_parse (f->file, TRUE, f->lectures, &source, &field, NULL));
  g_assert_true (source.loop);
}

/* Nothing outside of the lectures directory, whatever way leads there. */
static void
test_outside (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *secret = path_of (f, "secret.mp4");
  g_autofree gchar *link = path_of (f, "lectures/link.mp4");
  g_autofree gchar *beside = path_of (f, "lectures2");
  g_autofree gchar *like = path_of (f, "lectures2/x.mp4");

  g_assert_true (g_file_set_contents (secret, "x", 1, NULL));
  g_assert_cmpint (symlink (secret, link), ==, 0);
  g_assert_cmpint (g_mkdir (beside, 0700), ==, 0);
  g_assert_true (g_file_set_contents (like, "x", 1, NULL));
  assert_refused (f, "/etc/passwd", FALSE, "source", "lectures directory");
  assert_refused (f, "/no/such/file", FALSE, "source", "lectures directory");
  assert_refused (f, secret, FALSE, "source", "lectures directory");
  assert_refused (f, "../secret.mp4", FALSE, "source", "lectures directory");
  assert_refused (f, "link.mp4", FALSE, "source", "lectures directory");
  assert_refused (f, like, FALSE, "source", f->lectures);
}

static void
test_bad_files (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *empty = path_of (f, "lectures/empty.mp4");
  g_autofree gchar *folder = path_of (f, "lectures/folder");

  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  assert_refused (f, "absent.mp4", FALSE, "source", "No such file");
  assert_refused (f, "empty.mp4", FALSE, "source", "empty");
  assert_refused (f, "folder", FALSE, "source", "not a file");
  g_assert_cmpint (g_chmod (f->file, 0), ==, 0);
  assert_refused (f, f->file, FALSE, "source", "cannot be read"); /* root's, too */
}

static void
test_mask (void)
{
  static const gchar *const rows[][2] = {
    { "/srv/lectures/a=b.mp4", "/srv/lectures/a=b.mp4" },
    { "rtsp://192.0.2.7/ch1", "rtsp://192.0.2.7/ch1" },
    { "rtsp://admin:hunter2@192.0.2.7:554/ch1", "rtsp://admin:***@192.0.2.7:554/ch1" },
    { "rtsp://a:hunt@er2@h/x", "rtsp://a:***@h/x" },
    { "rtsp://hunter2@h/x", "rtsp://***@h/x" },
    { "rtsp://h/user=a&password=hunter2&channel=1",
      "rtsp://h/user=a&password=***&channel=1" },
    { "https://h/a.m3u8?token=hunter2&channel=3",
      "https://h/a.m3u8?token=***&channel=3" },
    { "https://h/a.m3u8?hunter2", "https://h/a.m3u8?***" },
    { "https://h?u=a@b:c", "https://h?u=***" },
    { "srt://h:9000?mode=caller&passphrase=hunter2&streamid=hunter2",
      "srt://h:9000?mode=caller&passphrase=***&streamid=***" },
    { "rtmp://h/live/abcdefghijklmnopqrstuvwxyz234567", "rtmp://h/live/***" },
    { "http://h/live/AAAAAAAAAAAAAGsIkGqN-LOYeTKcskMYCkcWc7ft/5/multivariant.m3u8",
      "http://h/live/***/5/multivariant.m3u8" },
    { "rtsp://h/x?channel=1;password=hunter2", "rtsp://h/x?channel=***" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *masked = ac_lesson_source_mask (rows[i][0]);

    g_assert_cmpstr (masked, ==, rows[i][1]);
  }
}

#define ADD(name, func)                                                                \
  g_test_add ("/lesson-source/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("addresses", test_addresses);
  ADD ("bad-addresses", test_bad_addresses);
  ADD ("files", test_files);
  ADD ("outside", test_outside);
  ADD ("bad-files", test_bad_files);
  g_test_add_func ("/lesson-source/mask", test_mask);
  return g_test_run ();
}
