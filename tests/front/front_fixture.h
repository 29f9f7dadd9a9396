/* front_fixture.h - a front on a port of its own, and clients that say every byte.
 *
 * Clients block; the main loop runs in ac_fixture_until() and, for the front's calls
 * to the main loop, in a thread-safe way while clients wait: client reads turn it.
 *
 * Threads: the test's. */
#pragma once

#include "front.h"

typedef struct {
  AcFront *front;
  gchar *web_root;
  guint n_api; /* requests handed to the API */
  guint n_wanted;
  guint n_asked;    /* whether a file may come; see ac_fixture_upload() */
  GPtrArray *held;  /* AcHttpExchange of paths that end in /later */
  GPtrArray *peers; /* AcPeer, open */
  guint n_opened, n_closed;
  GString *said; /* what peers said, each followed by a line break */
  guint echo;    /* answer each message with this many of the same */
} AcFixture;

/* The header of a file of 300,000 bytes: the cookie "u=7" is that of person 7, who may
 * send it, without one nobody may; the query "later" holds the question.
 * Returns: (transfer full) */
gchar *ac_fixture_upload (const gchar *cookie, const gchar *query, const gchar *more);
#define AC_FIXTURE_UPLOAD_BYTES 300000

void ac_fixture_set_up (AcFixture *self, const AcFrontConfig *config);
void ac_fixture_tear_down (AcFixture *self);

/* Turns the main loop until *@flag is at least @wanted; fails after 20 s. */
void ac_fixture_until (const guint *flag, guint wanted);
void ac_fixture_until_held (gint wanted);

typedef struct {
  int fd;
  GString *buffer; /* received and not yet taken */
  gboolean ended;
} AcClient;

AcClient *ac_client_new (AcFixture *fixture);
void ac_client_free (AcClient *self);
void ac_client_send (AcClient *self, const gchar *text);
void ac_client_send_bytes (AcClient *self, gconstpointer data, gsize length);
/* Returns: TRUE when there is more in the buffer, FALSE at the end; fails after 20 s.
 */
gboolean ac_client_receive (AcClient *self);
/* Waits until the server closes. */
void ac_client_until_end (AcClient *self);

typedef struct {
  guint status;
  gchar *head; /* lower case names as sent */
  GBytes *body;
} AcAnswer;

/* Reads one answer; @head_only: none of its body is sent. status 0: closed instead. */
AcAnswer *ac_client_answer (AcClient *self, gboolean head_only);
void ac_answer_free (AcAnswer *self);
/* Returns: (transfer full) (nullable) */
gchar *ac_answer_header (AcAnswer *self, const gchar *name);
gboolean ac_answer_is (AcAnswer *self, const gchar *text);

/* One request on a connection of its own. */
AcAnswer *ac_fixture_get (AcFixture *self, const gchar *request);

/* Upgrades to a WebSocket; fails unless it is 101. */
AcClient *ac_client_new_peer (AcFixture *fixture);
void ac_client_send_frame (AcClient *self, guint opcode, gboolean final,
                           gconstpointer data, gsize length);
/* Returns: the opcode, 0xff when the connection ended. */
guint ac_client_frame (AcClient *self, GBytes **ret_payload);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcClient, ac_client_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcAnswer, ac_answer_free)
