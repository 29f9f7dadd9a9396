/* test-media-files.c - reading parts through a bounded number of open files. */
#include "media_files.h"

#include "fixture.h"

#include <fcntl.h>
#include <unistd.h>

typedef struct {
  gchar *root;
  AcLessonFolder *folder;
  AcMediaFiles *files;
} Media;

static void
set_up (Media *self, gconstpointer data)
{
  gint root_fd;

  self->root = test_folder_new ();
  root_fd = open (self->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  self->folder = ac_lesson_folder_open (root_fd, TEST_LESSON, TRUE, NULL);
  g_assert_nonnull (self->folder);
  close (root_fd);
  self->files = ac_media_files_new (4);
  for (guint i = 0; i < 10; i++) {
    g_autofree gchar *path =
        g_strdup_printf ("%s/%d/v%u-000.media", self->root, TEST_LESSON, i);
    g_assert_true (g_file_set_contents (path, "0123456789", 10, NULL));
  }
}

static void
tear_down (Media *self, gconstpointer data)
{
  ac_media_files_free (self->files);
  ac_lesson_folder_free (self->folder);
  test_folder_remove (self->root);
  g_free (self->root);
}

static AcMediaFile *
get (Media *self, guint i)
{
  g_autofree gchar *track = g_strdup_printf ("v%u", i);
  g_autoptr (GError) error = NULL;
  AcMediaFile *file = ac_media_files_get (self->files, self->folder, track, 0, &error);

  g_assert_no_error (error);
  return file;
}

static void
test_bound (Media *self, gconstpointer data)
{
  g_autoptr (AcMediaFile) held = get (self, 0);
  AcPlace place = { 2, 3, ac_index_checksum (0, "234", 3) };

  for (guint i = 0; i < 30; i++) {
    g_autoptr (AcMediaFile) file = get (self, i % 10);
    g_assert_cmpuint (ac_media_files_n_open (self->files), <=, 4);
  }
  /* Forgotten long ago, and still open for the one who holds it. */
  g_autoptr (GBytes) bytes = ac_media_file_read (held, &place, 1, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "234", 3);
}

static void
test_shared (Media *self, gconstpointer data)
{
  g_autoptr (AcMediaFile) a = get (self, 1);
  g_autoptr (AcMediaFile) b = get (self, 1);

  g_assert_true (a == b);
  ac_media_files_forget (self->files, TEST_LESSON + 1);
  g_assert_cmpuint (ac_media_files_n_open (self->files), ==, 1);
  ac_media_files_forget (self->files, TEST_LESSON);
  g_assert_cmpuint (ac_media_files_n_open (self->files), ==, 0);
  g_autoptr (AcMediaFile) c = get (self, 1);
  g_assert_true (a != c);
}

static void
test_not_there (Media *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ac_media_files_get (self->files, self->folder, "v1", 1, &error));
  test_assert_code (error, CORRUPT);
}

static void
test_read (Media *self, gconstpointer data)
{
  const guint32 crc = ac_index_checksum (0, "0123456789", 10);
  const struct {
    AcPlace place;
    gboolean good;
  } cases[] = {
    { { 0, 10, crc }, TRUE },
    { { 0, 10, crc + 1 }, FALSE },
    { { 0, 11, crc }, FALSE },
    { { 1, 10, crc }, FALSE },
    { { G_MAXUINT64 - 5, 10, crc }, FALSE },
    { { 0, AC_PLACE_DAMAGED, crc }, FALSE },
    { { 0, 60 * 1024 * 1024, crc }, FALSE },
    { { 10, 0, 0 }, TRUE },
  };
  g_autoptr (AcMediaFile) file = get (self, 0);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = ac_media_file_read (file, &cases[i].place, 1, &error);
    g_assert_cmpint (bytes != NULL, ==, cases[i].good);
    if (!cases[i].good)
      test_assert_code (error, CORRUPT);
  }
}

#define ADD(path, function)                                                            \
  g_test_add ("/media-files/" path, Media, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("bound", test_bound);
  ADD ("shared", test_shared);
  ADD ("not-there", test_not_there);
  ADD ("read", test_read);
  return g_test_run ();
}
