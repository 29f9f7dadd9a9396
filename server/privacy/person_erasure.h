/* person_erasure.h - what lessons and rooms keep of a person who is erased.
 *
 * Before ac_member_erase() and ac_ledger_erase(), since guests of a room are found by
 * their name: rows that say something of them go, rows that counts are made of stay
 * without their words.
 *
 * Threads: inside a job. Errors: AC_STORE_ERROR. */
#pragma once

#include "store.h"

gboolean ac_person_erase (AcStore *store, gint64 member, GError **error);
