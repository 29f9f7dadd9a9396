/* pages.h - the built web pages, read once and looked up by their whole path.
 *
 * A path is served only when it is in the index, so there is nothing to traverse.
 * NAME.gz and NAME.br beside NAME are its precompressed forms, not files of their own.
 *
 * Threads:   immutable after it is made: any.
 * Ownership: answers are references that the caller owns. */
#pragma once

#include <glib.h>

typedef struct _AcPages AcPages;

/* Limits: 4,096 files, 16 MiB a file, 128 MiB together, folders 8 deep.
 * Errors: AC_FRONT_ERROR_PAGES, naming the file. */
AcPages *ac_pages_load (const gchar *web_root, GError **error);
void ac_pages_free (AcPages *self);

typedef struct {
  guint status;              /* 200, 304 or 404 */
  const gchar *content_type; /* static */
  const gchar *cache_control;
  const gchar *content_encoding; /* "br", "gzip" or NULL */
  const gchar *etag;             /* valid as long as the pages; NULL with 404 */
  GBytes *body;                  /* (transfer full) (nullable) */
  gboolean vary_encoding;
} AcPageAnswer;

/* @path: decoded; one without a dot in its last name is a page's own route and gets
 *   index.html
 * @accept_encoding, @if_none_match: the headers, or NULL */
void ac_pages_answer (AcPages *self, const gchar *path, const gchar *accept_encoding,
                      const gchar *if_none_match, AcPageAnswer *ret_answer);

/* Returns: TRUE when @accept_encoding (nullable) accepts @coding by name or by '*'. */
gboolean ac_accepts_encoding (const gchar *accept_encoding, const gchar *coding);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPages, ac_pages_free)
