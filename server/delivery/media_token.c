#include "media_token.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUBJECT_BYTES 8
#define EXPIRY_BYTES 6
#define CLAIM_BYTES (SUBJECT_BYTES + EXPIRY_BYTES)
#define MAC_BYTES 16
#define TOKEN_BYTES (CLAIM_BYTES + MAC_BYTES)
#define EXPIRY_MAX ((G_GINT64_CONSTANT (1) << 48) - 1)

G_STATIC_ASSERT (TOKEN_BYTES * 4 / 3 == AC_MEDIA_TOKEN_CHARS);
G_STATIC_ASSERT (AC_MEDIA_KEY_BYTES == crypto_auth_hmacsha256_KEYBYTES);

/* Keeps a MAC of this key from meaning anything elsewhere. */
static const guint8 purpose[] = "airclass media 1";

static gboolean
set_file_error (GError **error, int saved_errno, const gchar *path, const gchar *what)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved_errno),
               "media key %s: %s: %s", path, what, g_strerror (saved_errno));
  return FALSE;
}

static gboolean
write_all (int fd, const guint8 *bytes, gsize size)
{
  while (size > 0) {
    gssize written = write (fd, bytes, size);

    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return FALSE;
    bytes += written;
    size -= written;
  }
  return TRUE;
}

static gboolean
read_key (int fd, const gchar *path, AcMediaKey *ret_key, GError **error)
{
  guint8 bytes[AC_MEDIA_KEY_BYTES + 1];
  gsize size = 0;
  struct stat status;

  if (fstat (fd, &status) != 0)
    return set_file_error (error, errno, path, "cannot be examined");
  while (S_ISREG (status.st_mode) && size < sizeof bytes) {
    gssize got = read (fd, bytes + size, sizeof bytes - size);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return set_file_error (error, errno, path, "cannot be read");
    if (got == 0)
      break;
    size += got;
  }
  if (size != AC_MEDIA_KEY_BYTES) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "media key %s: not a file of exactly %d bytes", path,
                 AC_MEDIA_KEY_BYTES);
    return FALSE;
  }
  memcpy (ret_key->bytes, bytes, AC_MEDIA_KEY_BYTES);
  sodium_memzero (bytes, sizeof bytes);
  return TRUE;
}

static gboolean
sync_folder (const gchar *path)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean synced = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return synced;
}

/* The key is complete and on the disk before it gets its name, and link() never
 * replaces one that another process made meanwhile. */
static gboolean
make_key (const gchar *path, GError **error)
{
  g_autofree gchar *draft = g_strdup_printf ("%s.XXXXXX", path);
  AcMediaKey key;
  gboolean named;
  int saved_errno;
  int fd = g_mkstemp_full (draft, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    return set_file_error (error, errno, path, "cannot be made");
  randombytes_buf (key.bytes, sizeof key.bytes);
  named = write_all (fd, key.bytes, sizeof key.bytes) && fsync (fd) == 0 &&
          (link (draft, path) == 0 || errno == EEXIST) && sync_folder (path);
  saved_errno = errno;
  sodium_memzero (&key, sizeof key);
  close (fd);
  g_unlink (draft);
  return named || set_file_error (error, saved_errno, path, "cannot be made");
}

gboolean
ac_media_key_load (const gchar *path, AcMediaKey *ret_key, GError **error)
{
  gboolean loaded;
  int fd;

  if (sodium_init () < 0) {
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                         "libsodium found no source of randomness");
    return FALSE;
  }
  fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (fd < 0 && errno == ENOENT) {
    if (!make_key (path, error))
      return FALSE;
    fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  }
  if (fd < 0)
    return set_file_error (error, errno, path, "cannot be opened");
  loaded = read_key (fd, path, ret_key, error);
  close (fd);
  return loaded;
}

static void
put_be (guint8 *bytes, guint n_bytes, guint64 value)
{
  for (guint i = 0; i < n_bytes; i++)
    bytes[i] = value >> (8 * (n_bytes - 1 - i));
}

static guint64
get_be (const guint8 *bytes, guint n_bytes)
{
  guint64 value = 0;

  for (guint i = 0; i < n_bytes; i++)
    value = value << 8 | bytes[i];
  return value;
}

static void
compute_mac (const AcMediaKey *key, gint64 lesson, const guint8 *claim, guint8 *ret_mac)
{
  guint8 lesson_bytes[8];
  guint8 whole[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_state state;

  put_be (lesson_bytes, sizeof lesson_bytes, lesson);
  crypto_auth_hmacsha256_init (&state, key->bytes, sizeof key->bytes);
  crypto_auth_hmacsha256_update (&state, purpose, sizeof purpose);
  crypto_auth_hmacsha256_update (&state, lesson_bytes, sizeof lesson_bytes);
  crypto_auth_hmacsha256_update (&state, claim, CLAIM_BYTES);
  crypto_auth_hmacsha256_final (&state, whole);
  memcpy (ret_mac, whole, MAC_BYTES);
}

gchar *
ac_media_token_new (const AcMediaKey *key, gint64 lesson, gint64 subject,
                    gint64 expires_s)
{
  guint8 bytes[TOKEN_BYTES];
  gchar *token = g_malloc (AC_MEDIA_TOKEN_CHARS + 1);

  put_be (bytes, SUBJECT_BYTES, subject);
  put_be (bytes + SUBJECT_BYTES, EXPIRY_BYTES, CLAMP (expires_s, 0, EXPIRY_MAX));
  compute_mac (key, lesson, bytes, bytes + CLAIM_BYTES);
  return sodium_bin2base64 (token, AC_MEDIA_TOKEN_CHARS + 1, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

gboolean
ac_media_token_verify (const AcMediaKey *key, const gchar *token, gint64 lesson,
                       gint64 now_s, gint64 *ret_subject)
{
  guint8 bytes[TOKEN_BYTES], mac[MAC_BYTES];
  gsize size;

  if (strnlen (token, AC_MEDIA_TOKEN_CHARS + 1) != AC_MEDIA_TOKEN_CHARS ||
      sodium_base642bin (bytes, sizeof bytes, token, AC_MEDIA_TOKEN_CHARS, NULL, &size,
                         NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      size != TOKEN_BYTES)
    return FALSE;
  compute_mac (key, lesson, bytes, mac);
  if (sodium_memcmp (mac, bytes + CLAIM_BYTES, MAC_BYTES) != 0)
    return FALSE;
  if ((gint64)get_be (bytes + SUBJECT_BYTES, EXPIRY_BYTES) <= now_s)
    return FALSE;
  *ret_subject = get_be (bytes, SUBJECT_BYTES);
  return TRUE;
}
