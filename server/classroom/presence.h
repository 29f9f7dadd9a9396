/* presence.h - who listens to a lesson: members once, however many devices they have,
 * by their home and their host branch; rooms with their screens and who is signed in
 * there. Those who direct or moderate it are not entered.
 *
 * Threads:   main loop.
 * Ownership: plain; one a room of the classroom. */
#pragma once

#include "store.h"

#include <json-glib/json-glib.h>

typedef struct _AcPresence AcPresence;

AcPresence *ac_presence_new (AcStore *store, gint64 lesson);
void ac_presence_free (AcPresence *self);

/* A device of @member, or a screen of @site when that is not 0, comes or goes. */
void ac_presence_enter (AcPresence *self, gint64 member, gint64 site);
void ac_presence_leave (AcPresence *self, gint64 member, gint64 site);

/* Returns: (transfer full): "members", "devices", "heads" (members here or signed in at
 * a room, each once), "rooms" and "branches", as docs/protocol.md has them.
 * @self: (nullable): nobody is connected
 * Errors: AC_STORE_ERROR. */
JsonObject *ac_presence_to_json (AcPresence *self, AcStore *store, gint64 lesson,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPresence, ac_presence_free)
