/* screen.h - the screens of sites: rows, and the tokens that they are known by.
 *
 * A token is made like a session's (sessions.h) and stored as its hash; it is good
 * until it is revoked.
 *
 * Threads: see organisation.h. Errors: AC_STORE_ERROR; AC_CREDIT_ERROR where said. */
#pragma once

#include "store.h"

#include <json-glib/json-glib.h>

#define AC_SCREENS_PER_SITE 8

typedef struct {
  gint64 id, site;
  gchar *name;
  gint64 paired_ms, last_seen_ms; /* wall; the latter to the hour */
  gint64 paired_by;               /* a member; 0: the operator */
  gint64 revoked_ms;              /* 0: it is good */
} AcScreen;

void ac_screen_free (AcScreen *self);
/* Returns: (transfer full): {"screen", "site", "name", "paired_at", "last_seen_at",
 * "revoked_at"}. */
JsonObject *ac_screen_to_json (const AcScreen *self);

/* Inside a job: id and last_seen_ms are filled in. @token_hash: of the token
 * Errors: NOT_FOUND "site"; INVALID "name"; STATE when the site has too many. */
gboolean ac_screen_add (AcStore *store, AcScreen *screen, GBytes *token_hash,
                        GError **error);
/* Inside a job. @site: 0: of any. Errors: NOT_FOUND "screen". */
gboolean ac_screen_revoke (AcStore *store, gint64 screen, gint64 site, gint64 wall_ms,
                           GError **error);
/* Inside a job. */
gboolean ac_screen_seen (AcStore *store, gint64 screen, gint64 wall_ms, GError **error);

/* Returns: (transfer full) (nullable): NULL without @error when no screen that is good
 * has it. */
AcScreen *ac_screen_find (AcStore *store, GBytes *token_hash, GError **error);
/* Returns: (transfer full): AcScreen of @site (0: of all), revoked ones too, by id. */
GPtrArray *ac_screen_list (AcStore *store, gint64 site, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcScreen, ac_screen_free)
