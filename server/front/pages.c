#include "pages.h"

#include "http_exchange.h"

#include "front.h"

#include <glib/gstdio.h>
#include <string.h>

#define MAX_FILES 4096
#define MAX_FILE_BYTES (16 * 1024 * 1024)
#define MAX_TOTAL_BYTES (128 * 1024 * 1024)
#define MAX_DEPTH 8
#define ASSETS "/assets/"

#define CACHE_HASHED "public, max-age=31536000, immutable"
#define CACHE_NAMED "no-cache"

typedef enum { FORM_PLAIN, FORM_GZIP, FORM_BROTLI, N_FORMS } Form;

static const struct {
  const gchar *suffix, *coding;
} forms[N_FORMS] = { { "", NULL }, { ".gz", "gzip" }, { ".br", "br" } };

typedef struct {
  const gchar *content_type, *cache_control;
  GBytes *bodies[N_FORMS]; /* FORM_PLAIN always; the others when they are smaller */
  gchar *etags[N_FORMS];
} Page;

struct _AcPages {
  GHashTable *files; /* path -> Page */
  const Page *index; /* of index.html */
};

typedef struct {
  AcPages *pages;
  gsize total_bytes;
  guint n_files;
} Loading;

static const struct {
  const gchar *extension, *content_type;
} types[] = {
  { "html", "text/html; charset=utf-8" },
  { "js", "text/javascript; charset=utf-8" },
  { "mjs", "text/javascript; charset=utf-8" },
  { "css", "text/css; charset=utf-8" },
  { "json", "application/json" },
  { "map", "application/json" },
  { "webmanifest", "application/manifest+json" },
  { "svg", "image/svg+xml" },
  { "png", "image/png" },
  { "jpg", "image/jpeg" },
  { "jpeg", "image/jpeg" },
  { "webp", "image/webp" },
  { "avif", "image/avif" },
  { "gif", "image/gif" },
  { "ico", "image/x-icon" },
  { "woff2", "font/woff2" },
  { "woff", "font/woff" },
  { "wasm", "application/wasm" },
  { "vtt", "text/vtt; charset=utf-8" },
  { "txt", "text/plain; charset=utf-8" },
  { "xml", "application/xml" },
  { "mp3", "audio/mpeg" },
  { "mp4", "video/mp4" },
};

static void
page_free (gpointer data)
{
  Page *page = data;

  for (guint i = 0; i < N_FORMS; i++) {
    g_clear_pointer (&page->bodies[i], g_bytes_unref);
    g_free (page->etags[i]);
  }
  g_free (page);
}

static const gchar *
content_type_of (const gchar *path)
{
  const gchar *dot = strrchr (path, '.');

  for (guint i = 0; dot != NULL && i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (dot + 1, types[i].extension) == 0)
      return types[i].content_type;
  return "application/octet-stream";
}

static GBytes *
read_file (Loading *loading, const gchar *file, GError **error)
{
  g_autofree gchar *text = NULL;
  g_autoptr (GError) failure = NULL;
  gsize length;

  if (!g_file_get_contents (file, &text, &length, &failure)) {
    g_set_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_PAGES, "pages: %s",
                 failure->message);
    return NULL;
  }
  loading->total_bytes += length;
  if (length > MAX_FILE_BYTES || loading->total_bytes > MAX_TOTAL_BYTES) {
    g_set_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_PAGES,
                 "pages: %s is too large to be kept in memory", file);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&text), length);
}

/* A strong tag belongs to one form, so each form's tag carries its coding. */
static void
set_form (Page *page, Form form, GBytes *body)
{
  g_autofree gchar *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, body);

  page->bodies[form] = body;
  page->etags[form] = g_strdup_printf ("\"%.20s%s%s\"", hash, form ? "-" : "",
                                       form ? forms[form].coding : "");
}

static gboolean
load_page (Loading *loading, const gchar *file, const gchar *path, GError **error)
{
  Page *page;
  GBytes *plain;

  if (++loading->n_files > MAX_FILES) {
    g_set_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_PAGES,
                 "pages: more than %d files", MAX_FILES);
    return FALSE;
  }
  plain = read_file (loading, file, error);
  if (plain == NULL)
    return FALSE;

  page = g_new0 (Page, 1);
  page->content_type = content_type_of (path);
  page->cache_control = g_str_has_prefix (path, ASSETS) ? CACHE_HASHED : CACHE_NAMED;
  set_form (page, FORM_PLAIN, plain);
  g_hash_table_insert (loading->pages->files, g_strdup (path), page);

  for (Form form = FORM_GZIP; form < N_FORMS; form++) {
    g_autofree gchar *packed = g_strconcat (file, forms[form].suffix, NULL);
    GBytes *body;

    if (!g_file_test (packed, G_FILE_TEST_IS_REGULAR))
      continue;
    body = read_file (loading, packed, error);
    if (body == NULL)
      return FALSE;
    if (g_bytes_get_size (body) < g_bytes_get_size (plain))
      set_form (page, form, body);
    else
      g_bytes_unref (body);
  }
  return TRUE;
}

/* Returns: TRUE when @file is the packed form of a file beside it. */
static gboolean
is_packed_form (const gchar *file)
{
  for (Form form = FORM_GZIP; form < N_FORMS; form++) {
    g_autofree gchar *plain = NULL;

    if (!g_str_has_suffix (file, forms[form].suffix))
      continue;
    plain = g_strndup (file, strlen (file) - strlen (forms[form].suffix));
    if (g_file_test (plain, G_FILE_TEST_IS_REGULAR))
      return TRUE;
  }
  return FALSE;
}

static gboolean
load_folder (Loading *loading, const gchar *folder, const gchar *prefix, guint depth,
             GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &failure);
  const gchar *name;

  if (dir == NULL || depth > MAX_DEPTH) {
    g_set_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_PAGES, "pages: %s",
                 dir == NULL ? failure->message : "folders too deep");
    return FALSE;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *file = g_build_filename (folder, name, NULL);
    g_autofree gchar *path = g_strconcat (prefix, name, NULL);
    GStatBuf status;

    /* Links could lead out of the folder; names with a dot first are nobody's page. */
    if (name[0] == '.' || g_lstat (file, &status) != 0)
      continue;
    if (S_ISDIR (status.st_mode)) {
      g_autofree gchar *below = g_strconcat (path, "/", NULL);

      if (!load_folder (loading, file, below, depth + 1, error))
        return FALSE;
    } else if (S_ISREG (status.st_mode) && !is_packed_form (file)) {
      if (!load_page (loading, file, path, error))
        return FALSE;
    }
  }
  return TRUE;
}

AcPages *
ac_pages_load (const gchar *web_root, GError **error)
{
  g_autoptr (AcPages) self = g_new0 (AcPages, 1);
  Loading loading = { .pages = self };

  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, page_free);
  if (!load_folder (&loading, web_root, "/", 0, error))
    return NULL;
  self->index = g_hash_table_lookup (self->files, "/index.html");
  if (self->index == NULL) {
    g_set_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_PAGES,
                 "pages: %s has no index.html; are the pages built?", web_root);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
ac_pages_free (AcPages *self)
{
  g_hash_table_unref (self->files);
  g_free (self);
}

static const Page *
find_page (AcPages *self, const gchar *path)
{
  const Page *page = g_hash_table_lookup (self->files, path);
  const gchar *name = strrchr (path, '/');

  if (page != NULL)
    return page;
  if (g_str_has_prefix (path, ASSETS) || (name != NULL && strchr (name, '.') != NULL))
    return NULL;
  return self->index;
}

void
ac_pages_answer (AcPages *self, const gchar *path, const gchar *accept_encoding,
                 const gchar *if_none_match, AcPageAnswer *ret_answer)
{
  const Page *page = find_page (self, path);
  Form form = FORM_PLAIN;

  if (page == NULL) {
    *ret_answer = (AcPageAnswer){ .status = 404, .cache_control = CACHE_NAMED };
    return;
  }
  for (Form packed = FORM_BROTLI; packed > FORM_PLAIN && form == FORM_PLAIN; packed--)
    if (page->bodies[packed] != NULL &&
        ac_accepts_encoding (accept_encoding, forms[packed].coding))
      form = packed;

  *ret_answer = (AcPageAnswer){
    .status = 200,
    .content_type = page->content_type,
    .cache_control = page->cache_control,
    .content_encoding = forms[form].coding,
    .etag = page->etags[form],
    .vary_encoding =
        page->bodies[FORM_GZIP] != NULL || page->bodies[FORM_BROTLI] != NULL,
  };
  if (if_none_match != NULL && ac_http_etag_matches (if_none_match, page->etags[form]))
    ret_answer->status = 304;
  else
    ret_answer->body = g_bytes_ref (page->bodies[form]);
}

/* Returns: FALSE for a weight of nought, RFC 9110 12.4.2. */
static gboolean
weight_is_positive (const gchar *parameters, const gchar *end)
{
  const gchar *weight = g_strstr_len (parameters, end - parameters, "q=");

  if (weight == NULL)
    return TRUE;
  for (weight += 2; weight < end && (*weight == '0' || *weight == '.'); weight++)
    ;
  return weight < end && *weight >= '1' && *weight <= '9';
}

gboolean
ac_accepts_encoding (const gchar *accept_encoding, const gchar *coding)
{
  gsize length = strlen (coding);
  gboolean any = FALSE;

  for (const gchar *item = accept_encoding; item != NULL && *item != '\0';) {
    const gchar *end = item + strcspn (item, ",");
    const gchar *name_end;

    item += strspn (item, " \t");
    if (item > end)
      item = end;
    name_end = item + strcspn (item, " \t;,");
    if ((gsize)(name_end - item) == length &&
        g_ascii_strncasecmp (item, coding, length) == 0)
      return weight_is_positive (name_end, end);
    if (name_end - item == 1 && *item == '*')
      any = weight_is_positive (name_end, end);
    item = *end == ',' ? end + 1 : end;
  }
  return any;
}
