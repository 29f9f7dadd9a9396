/* statement_feed.h - which statements follow from which entries of the ledger.
 *
 * An entry of kind AUTO names the beats that it was computed from, so it is also the
 * list of what is to be told: an entry is told whole, once, and what is made of it
 * later (after a failure, by an export) is the same. Entries of a room give its
 * stretches of media. Corrections by hand are no play and give nothing; nor do persons
 * who were erased.
 *
 * Threads: any, with a store of its own (ac_store_open_to_read()). */
#pragma once

#include "statements.h"
#include "store.h"

typedef struct {
  const gchar *home; /* see AcXapiSubject */
  const gchar *key;  /* of pseudonyms, see secrets.h */
} AcStatementNames;

typedef struct {
  gint64 entry;          /* the last one that was looked at */
  gboolean finished;     /* there is none after it */
  GPtrArray *statements; /* AcXapiStatement */
} AcStatementBatch;

void ac_statement_batch_clear (AcStatementBatch *self);

/* The statements of the entries after @after: of one at least, then until there are
 * @enough. Errors: AC_STORE_ERROR. */
gboolean ac_statement_feed_read (AcStore *store, const AcStatementNames *names,
                                 gint64 after, guint enough,
                                 AcStatementBatch *ret_batch, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcStatementBatch, ac_statement_batch_clear)
