/* once.h - what somebody asks for by a key of theirs is made once.
 *
 * Who lost the answer asks again by the same key, and is told what was made the first
 * time. The job that makes something looks before, and keeps the key after:
 *
 *   ac_once_find (...) && (made != 0 || (make (...) && ac_once_keep (...)))
 *
 * A key is good for AC_ONCE_LIFE_MS, or until its owner has used AC_ONCE_KEYS_MAX newer
 * ones.
 *
 * Threads: inside a job, see store.h; copies and their clearing on any. */
#pragma once

#include "store.h"

#define AC_ONCE_KEY_MAX_CHARS 64
#define AC_ONCE_KEYS_MAX 1000
#define AC_ONCE_LIFE_MS (24 * 60 * 60 * 1000)

typedef struct {
  gint64 member;  /* whose key it is */
  gchar *key;     /* NULL: none, something is made each time */
  GBytes *digest; /* of all that is asked for, NULL without a key */
} AcOnce;

void ac_once_clear (AcOnce *self);
/* @to: empty */
void ac_once_copy (AcOnce *to, const AcOnce *from);

/* @ret_made: (out): what was made by the key before, 0: nothing
 * Errors: AC_STORE_ERROR_KEY when something else was asked for by it; SQL. */
gboolean ac_once_find (AcStore *store, const AcOnce *self, gint64 *ret_made,
                       GError **error);
/* @made: not 0
 * Errors: SQL. */
gboolean ac_once_keep (AcStore *store, const AcOnce *self, gint64 made, gint64 wall_ms,
                       GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcOnce, ac_once_clear)
