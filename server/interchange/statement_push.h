/* statement_push.h - xAPI statements to a learning record store, as the ledger grows.
 *
 * How far the store has been told is kept with the ledger (table feeds); statements are
 * made anew after a failure and are the same, with the same identifiers, so that
 * nothing is lost and nothing counts twice. What is in the ledger before the first
 * start with a record store is not told: `airclass xapi export` writes it.
 *
 * An answer that does not come, 401, 403, 404, 408, 429 and 5xx are tried again, after
 * 1 s and then ever later, up to 5 min. 409 means that the store has the statement. Of
 * a batch that is refused otherwise each statement is sent by itself, and what is
 * refused then is kept (table refused_statements) and no longer in the way.
 *
 * Threads:   main loop; statements are made on a thread of GLib's pool, one batch at a
 *            time, with a connection of its own.
 * Ownership: plain; freed after the poster, which gives up its posts, and before the
 *            store. */
#pragma once

#include "poster.h"
#include "statement_feed.h"

typedef struct _AcStatementPush AcStatementPush;

typedef struct {
  const gchar *data_dir;
  const gchar *url;             /* of the store: ".../xapi", without "/statements" */
  const gchar *user, *password; /* (nullable): Basic authentication */
  AcStatementNames names;
  guint first_pause_ms; /* after a failure; doubles; 0: 1 s */
} AcStatementPushConfig;

/* @config: copied */
AcStatementPush *ac_statement_push_new (AcStore *store, AcPoster *poster,
                                        const AcStatementPushConfig *config);
void ac_statement_push_free (AcStatementPush *self);

typedef struct {
  guint64 told;     /* statements taken by the record store, since the start */
  guint64 refused;  /* and refused for good */
  guint64 failures; /* posts that are tried again */
  gint64 entry;     /* of the ledger; up to here all is told */
} AcStatementPushStats;

void ac_statement_push_stats (AcStatementPush *self, AcStatementPushStats *ret_stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcStatementPush, ac_statement_push_free)
