/* load_http.h - a few kept connections over which all members fetch, as through a proxy
 * of theirs: a connection for each member beside the socket would be 26,000
 * descriptors.
 *
 * Threads: one. */
#pragma once

#include "load_net.h"

typedef struct _LoadHttp LoadHttp;

/* @status: 0: the line was lost
 * @body: NULL unless it was asked for; valid only now */
typedef void (*LoadAnswered) (guint status, const gchar *body, gpointer data);

LoadHttp *load_http_new (LoadNet *net);

/* @cookie: (nullable)
 * @keep_body: the answer is a text, given to @answered; else it is read and forgotten
 */
void load_http_get (LoadHttp *self, const gchar *path, const gchar *cookie,
                    gboolean keep_body, LoadAnswered answered, gpointer data);
/* Returns: requests that wait or are under way. */
guint load_http_waiting (LoadHttp *self);
guint64 load_http_bytes (LoadHttp *self);
