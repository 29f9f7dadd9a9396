#include "media_token.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define NOW G_GINT64_CONSTANT (1767225600)

static AcMediaKey
make_key (guint8 fill)
{
  AcMediaKey key;

  memset (key.bytes, fill, sizeof key.bytes);
  return key;
}

static void
test_round_trip (void)
{
  static const struct {
    gint64 lesson, subject;
  } rows[] = {
    { 1, 0 }, { 1, 1 }, { 9000000000, 123456789012 }, { G_MAXINT64, G_MAXINT64 }
  };
  AcMediaKey key = make_key (1);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *token =
        ac_media_token_new (&key, rows[i].lesson, rows[i].subject, NOW + 60);
    gint64 subject = -1;

    g_assert_cmpuint (strlen (token), ==, AC_MEDIA_TOKEN_CHARS);
    g_assert_cmpuint (strspn (token,
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                              "0123456789-_"),
                      ==, AC_MEDIA_TOKEN_CHARS);
    g_assert_true (ac_media_token_verify (&key, token, rows[i].lesson, NOW, &subject));
    g_assert_cmpint (subject, ==, rows[i].subject);
  }
}

static void
test_expiry (void)
{
  AcMediaKey key = make_key (1);
  g_autofree gchar *token = ac_media_token_new (&key, 5, 6, NOW);
  g_autofree gchar *never = ac_media_token_new (&key, 5, 6, G_MAXINT64);
  g_autofree gchar *past = ac_media_token_new (&key, 5, 6, -1);
  gint64 subject;

  g_assert_true (ac_media_token_verify (&key, token, 5, NOW - 1, &subject));
  g_assert_false (ac_media_token_verify (&key, token, 5, NOW, &subject));
  g_assert_false (ac_media_token_verify (&key, token, 5, NOW + 1, &subject));
  g_assert_true (ac_media_token_verify (&key, never, 5, NOW * 1000, &subject));
  g_assert_false (ac_media_token_verify (&key, past, 5, NOW, &subject));
}

static void
test_forged (void)
{
  AcMediaKey key = make_key (1), other = make_key (2);
  g_autofree gchar *token = ac_media_token_new (&key, 5, 6, NOW + 60);
  gint64 subject = 99;

  g_assert_false (ac_media_token_verify (&key, token, 6, NOW, &subject));
  g_assert_false (ac_media_token_verify (&other, token, 5, NOW, &subject));
  /* Every character counts. */
  for (guint i = 0; i < AC_MEDIA_TOKEN_CHARS; i++) {
    g_autofree gchar *changed = g_strdup (token);

    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    g_assert_false (ac_media_token_verify (&key, changed, 5, NOW, &subject));
  }
  g_assert_cmpint (subject, ==, 99);
}

static void
test_malformed (void)
{
  AcMediaKey key = make_key (1);
  g_autofree gchar *token = ac_media_token_new (&key, 5, 6, NOW + 60);
  g_autofree gchar *longer = g_strconcat (token, "A", NULL);
  g_autofree gchar *padded = g_strdup (token);
  g_autofree gchar *plus = g_strdup (token);
  const gchar *const rows[] = { "", "A", longer, padded, plus };
  gint64 subject;

  memcpy (padded + AC_MEDIA_TOKEN_CHARS - 1, "=", 1);
  plus[3] = '+';
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_false (ac_media_token_verify (&key, rows[i], 5, NOW, &subject));
  token[AC_MEDIA_TOKEN_CHARS - 1] = '\0';
  g_assert_false (ac_media_token_verify (&key, token, 5, NOW, &subject));
}

typedef struct {
  gchar *folder, *path;
} Folder;

static void
folder_set_up (Folder *self, gconstpointer unused)
{
  self->folder = g_dir_make_tmp ("airclass-key-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "media.key", NULL);
}

static void
folder_tear_down (Folder *self, gconstpointer unused)
{
  g_unlink (self->path);
  g_rmdir (self->path);
  /* Nothing else may be left behind. */
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  g_free (self->path);
}

static void
test_key_made_once (Folder *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  AcMediaKey first, second;
  GStatBuf status;

  g_assert_true (ac_media_key_load (self->path, &first, &error));
  g_assert_no_error (error);
  g_assert_true (ac_media_key_load (self->path, &second, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (first.bytes, sizeof first.bytes, second.bytes, sizeof second.bytes);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (status.st_size, ==, AC_MEDIA_KEY_BYTES);
}

static void
test_key_unusable (Folder *self, gconstpointer unused)
{
  static const gsize sizes[] = { 0, 1, AC_MEDIA_KEY_BYTES - 1, AC_MEDIA_KEY_BYTES + 1 };
  const gchar bytes[AC_MEDIA_KEY_BYTES + 1] = "x";
  AcMediaKey key;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree gchar *kept = NULL;
    gsize size;

    g_assert_true (g_file_set_contents (self->path, bytes, sizes[i], NULL));
    g_assert_false (ac_media_key_load (self->path, &key, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    g_assert_nonnull (strstr (error->message, self->path));
    g_assert_true (g_file_get_contents (self->path, &kept, &size, NULL));
    g_assert_cmpmem (kept, size, bytes, sizes[i]);
  }
}

static void
test_key_is_folder (Folder *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  AcMediaKey key;

  g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  g_assert_false (ac_media_key_load (self->path, &key, &error));
  g_assert_nonnull (error);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_IS_DIR));
}

static void
test_key_no_folder (Folder *self, gconstpointer unused)
{
  g_autofree gchar *path = g_build_filename (self->folder, "none", "media.key", NULL);
  g_autoptr (GError) error = NULL;
  AcMediaKey key;

  g_assert_false (ac_media_key_load (path, &key, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media-token/round-trip", test_round_trip);
  g_test_add_func ("/media-token/expiry", test_expiry);
  g_test_add_func ("/media-token/forged", test_forged);
  g_test_add_func ("/media-token/malformed", test_malformed);
#define ADD(name, function)                                                            \
  g_test_add ("/media-key/" name, Folder, NULL, folder_set_up, function,               \
              folder_tear_down)
  ADD ("made-once", test_key_made_once);
  ADD ("unusable", test_key_unusable);
  ADD ("is-folder", test_key_is_folder);
  ADD ("no-folder", test_key_no_folder);
  return g_test_run ();
}
