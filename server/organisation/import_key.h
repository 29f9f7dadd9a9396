/* import_key.h - what the county's four ledgers call a member.
 *
 * The ledgers are masters of their own rows; a member has one key at most in each.
 *
 * Threads: see organisation.h. */
#pragma once

#include "organisation.h"

typedef enum {
  AC_LEDGER_WORKERS,        /* 农民工 */
  AC_LEDGER_ENTERPRISES,    /* 集聚地企业 */
  AC_LEDGER_ACTIVISTS,      /* 入党积极分子 */
  AC_LEDGER_WORKER_MEMBERS, /* 农民工党员 */
} AcLedgerKind;

#define AC_LEDGER_KINDS 4

/* "workers", "enterprises", "activists", "worker-members" */
const gchar *ac_ledger_kind_name (AcLedgerKind ledger);
gboolean ac_ledger_kind_from_name (const gchar *name, AcLedgerKind *ret_ledger);

/* Inside a job. @key: NULL: none any more
 * Errors: INVALID and EXISTS "key" (another member has it); AC_STORE_ERROR. */
gboolean ac_import_key_set (AcStore *store, gint64 member, AcLedgerKind ledger,
                            const gchar *key, GError **error);
/* Returns: (transfer full): a key, or NULL, for each AcLedgerKind in order. */
GPtrArray *ac_import_key_list (AcStore *store, gint64 member, GError **error);
