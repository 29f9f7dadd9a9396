/* poster.h - posts to other people's servers: what is sent there once, by whom and why,
 * is the caller's.
 *
 * Addresses are https, or http to this machine: nothing crosses a network in the clear.
 * Redirects are not followed. At most AC_POSTER_UNDER_WAY_MAX are under way, each until
 * nothing came for its time-out; of a refusal's body AC_POSTER_ANSWER_MAX_BYTES are
 * read.
 *
 * Threads:   main loop.
 * Ownership: plain; posts under way when it is freed are given up and told nobody. */
#pragma once

#include <glib.h>

#define AC_POSTER_UNDER_WAY_MAX 16
#define AC_POSTER_TIMEOUT_S 20
#define AC_POSTER_ANSWER_MAX_BYTES 2048

typedef struct _AcPoster AcPoster;

/* @timeout_s: AC_POSTER_TIMEOUT_S, but for tests */
AcPoster *ac_poster_new (guint timeout_s);
void ac_poster_free (AcPoster *self);

/* Whether @url may be posted to. */
gboolean ac_poster_takes (const gchar *url);

typedef struct {
  const gchar *name, *value;
} AcPosterHeader;

typedef struct {
  const gchar *url;
  const AcPosterHeader *headers; /* (nullable): up to one without a name */
  const gchar *content_type;
  GBytes *body;
} AcPost;

/* @status: 0 when there was no answer
 * @text: what a refusal says, or why there was no answer; never NULL, valid UTF-8 */
typedef void (*AcPosterDone) (guint status, const gchar *text, gpointer user_data);

/* @post: copied. @done: later, never from inside.
 * Returns: FALSE when too many are under way; @done is not called then. */
gboolean ac_poster_send (AcPoster *self, const AcPost *post, AcPosterDone done,
                         gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPoster, ac_poster_free)
