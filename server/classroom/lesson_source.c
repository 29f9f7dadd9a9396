#include "lesson_source.h"

#include "classroom.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const gchar *const kind_names[] = { "none", "pull", "file" };

const gchar *
ac_lesson_source_kind_name (AcLessonSourceKind kind)
{
  return kind_names[kind];
}

gboolean
ac_lesson_source_kind_parse (const gchar *name, AcLessonSourceKind *ret_kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (g_strcmp0 (name, kind_names[i]) == 0) {
      *ret_kind = (AcLessonSourceKind)i;
      return TRUE;
    }
  return FALSE;
}

void
ac_lesson_source_clear (AcLessonSource *source)
{
  g_clear_pointer (&source->address, g_free);
}

void
ac_lesson_source_copy (AcLessonSource *to, const AcLessonSource *from)
{
  *to = *from;
  to->address = g_strdup (from->address);
}

const gchar *
ac_lesson_source_stored_kind (const AcLessonSource *source)
{
  return source->kind != AC_LESSON_SOURCE_NONE
             ? ac_lesson_source_kind_name (source->kind)
             : NULL;
}

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_INVALID, text);
  return FALSE;
}

/* --- Addresses --- */

static gboolean
is_plain (const gchar *text)
{
  for (const gchar *at = text; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      return FALSE;
  return TRUE;
}

static gboolean
check_scheme (const gchar *scheme, GError **error)
{
  static const gchar *const known[] = { "rtsp", "rtsps", "http", "https",
                                        "rtmp", "rtmps", "srt",  NULL };

  if (g_strv_contains (known, scheme))
    return TRUE;
  return refuse (error,
                 "source begins with \"%.20s://\"; use rtsp://, rtmp://, srt://, or "
                 "http:// with a .m3u8 playlist, or the path of a file",
                 scheme);
}

static gboolean
check_address (const gchar *text, GError **error)
{
  const GUriFlags flags = G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED;
  g_autoptr (GUri) uri = NULL;
  const gchar *scheme;

  if (!is_plain (text))
    return refuse (error, "source has spaces or other characters that an address "
                          "cannot have; write them as %%20 and so on");
  if (strchr (text, '#') != NULL)
    return refuse (error, "source has a \"#\"; write it as %%23");
  uri = g_uri_parse (text, flags, NULL);
  if (uri == NULL)
    return refuse (error, "source is no address; write it as rtsp://HOST:PORT/PATH, a "
                          "\"/\" or \"@\" in a password as %%2F or %%40");
  scheme = g_uri_get_scheme (uri);
  if (!check_scheme (scheme, error))
    return FALSE;
  if (g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return refuse (error, "source names no host");
  if (strcmp (scheme, "srt") == 0 && g_uri_get_port (uri) <= 0)
    return refuse (error, "source names no port; write it as srt://HOST:PORT");
  if (g_str_has_prefix (scheme, "http") &&
      !g_str_has_suffix (g_uri_get_path (uri), ".m3u8"))
    return refuse (error, "source must be the address of an HLS playlist, which ends "
                          "in .m3u8");
  return TRUE;
}

/* --- Files --- */

static gboolean
is_inside (const gchar *path, const gchar *folder)
{
  gsize length = strlen (folder);

  while (length > 1 && folder[length - 1] == '/')
    length--;
  return strncmp (path, folder, length) == 0 && (length == 1 || path[length] == '/');
}

/* Workers of root have no capabilities: they read what root owns, or everybody. */
static gboolean
is_readable (const gchar *path, const struct stat *info)
{
  if (geteuid () != 0)
    return access (path, R_OK) == 0;
  return (info->st_uid == 0 && (info->st_mode & S_IRUSR) != 0) ||
         (info->st_gid == 0 && (info->st_mode & S_IRGRP) != 0) ||
         (info->st_mode & S_IROTH) != 0;
}

static gboolean
check_readable (const gchar *path, GError **error)
{
  struct stat info;

  if (stat (path, &info) != 0)
    return refuse (error, "source %s cannot be looked at: %s", path,
                   g_strerror (errno));
  if (!S_ISREG (info.st_mode))
    return refuse (error, "source %s is not a file", path);
  if (info.st_size == 0)
    return refuse (error, "source %s is empty", path);
  if (!is_readable (path, &info))
    return refuse (error,
                   "source %s cannot be read by the server (user number %u); "
                   "give it the right to",
                   path, (guint)geteuid ());
  return TRUE;
}

gchar *
ac_lesson_source_check_file (const gchar *path, const gchar *lectures, GError **error)
{
  g_autofree gchar *full = g_canonicalize_filename (path, lectures);
  g_autofree gchar *shown = g_utf8_make_valid (full, -1);
  g_autofree gchar *outside =
      g_strdup_printf ("it is not in the lectures directory; copy it to %s", lectures);
  gchar resolved[PATH_MAX], folder[PATH_MAX];

  if (realpath (lectures, folder) == NULL) {
    refuse (error, "the lectures directory %s: %s", lectures, g_strerror (errno));
    return NULL;
  }
  if (realpath (full, resolved) == NULL) {
    refuse (error, "source %s: %s", shown,
            is_inside (full, lectures) || is_inside (full, folder) ? g_strerror (errno)
                                                                   : outside);
    return NULL;
  }
  if (!is_inside (resolved, folder)) {
    refuse (error, "source %s: %s", shown, outside);
    return NULL;
  }
  return check_readable (resolved, error) ? g_strdup (resolved) : NULL;
}

gboolean
ac_lesson_source_parse (const gchar *text, gboolean loop, const gchar *lectures,
                        AcLessonSource *ret_source, const gchar **ret_field,
                        GError **error)
{
  gboolean is_address = strstr (text, "://") != NULL;
  g_autofree gchar *path = NULL;

  *ret_field = "source";
  if (*text == '\0' || strlen (text) > AC_LESSON_SOURCE_MAX_BYTES)
    return refuse (error, "source must have 1 to %d bytes", AC_LESSON_SOURCE_MAX_BYTES);
  if (is_address && !check_address (text, error))
    return FALSE;
  if (!is_address) {
    path = ac_lesson_source_check_file (text, lectures, error);
    if (path == NULL)
      return FALSE;
    if (!g_utf8_validate (path, -1, NULL))
      return refuse (error, "source must have a name in UTF-8; rename the file");
  } else if (loop) {
    *ret_field = "loop";
    return refuse (error, "loop is for files; what is fetched from an address goes on "
                          "by itself");
  }
  ret_source->kind = is_address ? AC_LESSON_SOURCE_PULL : AC_LESSON_SOURCE_FILE;
  ret_source->address = is_address ? g_strdup (text) : g_steal_pointer (&path);
  ret_source->loop = loop;
  return TRUE;
}

/* --- Masking --- */

#define MASK "***"

/* Values that say nothing secret, and that one looks for when a source fails. */
static gboolean
is_harmless (const gchar *name)
{
  static const gchar *const known[] = { "channel",  "subtype",     "stream",
                                        "mode",     "latency",     "rcvlatency",
                                        "pbkeylen", "peerlatency", NULL };

  return g_strv_contains (known, name);
}

static gchar *
mask_query (const gchar *query)
{
  g_auto (GStrv) pairs = g_strsplit (query, "&", -1);

  for (gchar **pair = pairs; *pair != NULL; pair++) {
    const gchar *equals = strchr (*pair, '=');
    g_autofree gchar *name =
        equals != NULL ? g_strndup (*pair, equals - *pair) : g_strdup (*pair);
    gchar *masked;

    if (is_harmless (name) && strchr (*pair, ';') == NULL)
      continue;
    masked = equals != NULL ? g_strconcat (name, "=" MASK, NULL) : g_strdup (MASK);
    g_free (*pair);
    *pair = masked;
  }
  return g_strjoinv ("&", pairs);
}

/* Some cameras want their password in the path. */
static gchar *
mask_path (const gchar *path)
{
  g_autoptr (GRegex) secret =
      g_regex_new ("((?:pass|passwd|password|pwd|token|secret|key|auth)=)[^&;/]*",
                   G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
  /* Stream keys and media tokens ride in the path too. */
  g_autoptr (GRegex) opaque =
      g_regex_new ("/[A-Za-z0-9_-]{32,}(?=/|$)", G_REGEX_OPTIMIZE, 0, NULL);
  g_autofree gchar *named = g_regex_replace (secret, path, -1, 0, "\\1" MASK, 0, NULL);

  return g_regex_replace (opaque, named, -1, 0, "/" MASK, 0, NULL);
}

/* "user:password@host:1" becomes "user:***@host:1"; a user alone is a secret too. */
static gchar *
mask_authority (const gchar *authority)
{
  const gchar *at = strrchr (authority, '@');
  const gchar *colon = at != NULL ? memchr (authority, ':', at - authority) : NULL;

  if (at == NULL)
    return g_strdup (authority);
  if (colon == NULL)
    return g_strconcat (MASK, at, NULL);
  return g_strdup_printf ("%.*s:" MASK "%s", (gint)(colon - authority), authority, at);
}

gchar *
ac_lesson_source_mask (const gchar *address)
{
  const gchar *authority = strstr (address, "://");
  g_autofree gchar *scheme = NULL;
  g_autofree gchar *host = NULL;
  g_autofree gchar *masked_host = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *masked_path = NULL;
  g_autofree gchar *query = NULL;
  gsize length;

  if (authority == NULL)
    return g_strdup (address); /* a file */
  authority += strlen ("://");
  scheme = g_strndup (address, authority - address);
  length = strcspn (authority, "/?");
  host = g_strndup (authority, length);
  masked_host = mask_authority (host);
  address = authority + length;
  length = strcspn (address, "?");
  path = g_strndup (address, length);
  masked_path = mask_path (path);
  query = address[length] == '?' ? mask_query (address + length + 1) : NULL;
  return g_strconcat (scheme, masked_host, masked_path, query != NULL ? "?" : NULL,
                      query, NULL);
}
