/* target.h - checks on what a request asks for, as text.
 *
 * Threads: any; no state. */
#pragma once

#include <glib.h>

/* Returns: TRUE for an absolute path of UTF-8 text without control characters whose
 * length is really @length. */
gboolean ac_target_path_is_sane (const gchar *path, gsize length);
/* Appends @piece, a decoded piece of the query, to @query, encoding it again.
 * Returns: FALSE when it does not fit into @size bytes. */
gboolean ac_target_query_append (gchar *query, gsize size, const gchar *piece,
                                 gsize length);
/* Returns: TRUE for a host with an optional port, fit for a Location header. */
gboolean ac_target_host_is_sane (const gchar *host);
/* Returns: (transfer full) (nullable): the last address of an X-Forwarded-For list,
 * which is the one that the nearest proxy wrote. */
gchar *ac_target_forwarded_for (const gchar *list);
/* Returns: a content length, or -1 when @text is not one. */
gint64 ac_target_content_length (const gchar *text);
