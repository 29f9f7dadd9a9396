/* erasure.h - a person is forgotten.
 *
 * The row in members stays, since the ledger and its evidence name it by its number
 * alone, and says nothing any more: no name, number, phone, certificate, identity
 * number or password. The branches that the row belonged to stay too, so that sums of
 * branches do. Their sessions end; noted for audit, by the operator.
 *
 * Threads: inside a store job. Errors: AC_STORE_ERROR. */
#pragma once

#include "store.h"

gboolean ac_member_erase (AcStore *store, gint64 member, gint64 wall_ms,
                          GError **error);
