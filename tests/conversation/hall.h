/* hall.h - a lesson with people in it who talk, without sockets. */
#pragma once

#include "conversation_error.h"
#include "conversation_state.h"
#include "fixture.h"
#include "talk.h"

#define HALL_MEMBERS 6
#define HALL_STAFF 6 /* the last one may moderate */

typedef struct {
  StoreFixture store;
  gint64 clock_ms;
  guint n_ids;
} Hall;

/* Members 1 to 6, the last one of the staff; live lessons 1 and 2; site 1. */
void hall_set_up (Hall *self, gconstpointer unused);
void hall_tear_down (Hall *self, gconstpointer unused);

/* @fields: JSON
 * @ret_result: (nullable): to be cleared
 * Returns: (transfer full) (nullable): what refused it. */
GError *hall_try (Hall *self, gint64 member, const gchar *id, const gchar *type,
                  const gchar *fields, AcTalkResult *ret_result);
/* As hall_try() with a new identifier; must not be refused.
 * Returns: the number of what it became. */
gint64 hall_say (Hall *self, gint64 member, const gchar *type, const gchar *fields);
/* As hall_try() with a new identifier; must be refused so. */
void hall_refused (Hall *self, gint64 member, const gchar *type, const gchar *fields,
                   AcConversationError code, const gchar *field);
void hall_run (Hall *self, AcStoreJob job, gpointer data);
void hall_sql (Hall *self, const gchar *sql);
gint64 hall_number (Hall *self, const gchar *sql);

/* Returns: (transfer full): the messages, parsed. */
JsonObject *hall_state (Hall *self, gboolean staff);
JsonObject *hall_tally (Hall *self, gboolean staff);
JsonObject *hall_yours (Hall *self, gint64 member);
/* Returns: (transfer full): @object as text. */
gchar *hall_text (JsonObject *object);
