#include "calendar.h"

#include "audience_sql.h"

#include <libical/ical.h>
#include <string.h>
#include <sys/random.h>

#define TOKEN_BYTES (AC_CALENDAR_TOKEN_CHARS / 2)
#define LESSONS_MAX 1000
#define YEAR_MS (366 * G_GINT64_CONSTANT (86400000))

gchar *
ac_calendar_token_new (void)
{
  guint8 bytes[TOKEN_BYTES];
  GString *text = g_string_sized_new (AC_CALENDAR_TOKEN_CHARS);

  g_assert (getrandom (bytes, sizeof bytes, 0) == sizeof bytes);
  for (guint i = 0; i < sizeof bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

/* It has the entropy of a key, so an unsalted hash of it is enough. */
static GBytes *
hash_of (const gchar *token)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 hash[32];
  gsize length = sizeof hash;

  g_checksum_update (sum, (const guchar *)token, -1);
  g_checksum_get_digest (sum, hash, &length);
  return g_bytes_new (hash, length);
}

/* A member's stands in the column that was a lecturer's once. */
gboolean
ac_calendar_set_token (AcStore *store, const AcCalendarOwner *owner, const gchar *token,
                       gint64 actor, gint64 wall_ms, GError **error)
{
  g_autoptr (GBytes) hash = token != NULL ? hash_of (token) : NULL;

  if (hash == NULL)
    return ac_store_run (store, error,
                         "UPDATE calendars SET revoked_ms = ? WHERE branch IS ? "
                         "AND lecturer IS ? AND revoked_ms IS NULL",
                         "inn", wall_ms, owner->branch, owner->member);
  return ac_store_run (
      store, error,
      "INSERT INTO calendars (branch, lecturer, token_hash, created_ms, actor) "
      "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
      "  token_hash = excluded.token_hash, created_ms = excluded.created_ms, "
      "  actor = excluded.actor, revoked_ms = NULL",
      "nnbin", owner->branch, owner->member, hash, wall_ms, actor);
}

gboolean
ac_calendar_is_open (AcStore *store, const AcCalendarOwner *owner, const gchar *token,
                     GError **error)
{
  g_autoptr (GBytes) hash = hash_of (token);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT 1 FROM calendars WHERE token_hash = ? AND branch IS ? AND lecturer IS ? "
      "AND revoked_ms IS NULL",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "bnn", hash, owner->branch, owner->member);
  return ac_store_step (store, statement, error) == SQLITE_ROW;
}

/* --- The text --- */

static icaltimetype
utc (gint64 wall_ms)
{
  return icaltime_from_timet_with_zone ((time_t)(wall_ms / 1000), 0,
                                        icaltimezone_get_utc_timezone ());
}

/* A row: id, title, state, created_ms, changed_ms, planned_ms, planned_length_ms,
 * revision, course title. */
static icalcomponent *
event_of (AcStatement *row, const gchar *pages)
{
  icalcomponent *event = icalcomponent_new (ICAL_VEVENT_COMPONENT);
  gint64 id = sqlite3_column_int64 (row, 0), created = sqlite3_column_int64 (row, 3);
  gint64 changed = sqlite3_column_int64 (row, 4), hour = sqlite3_column_int64 (row, 5);
  gint64 length = sqlite3_column_int64 (row, 6);
  g_autofree gchar *title = ac_statement_text (row, 1);
  g_autofree gchar *state = ac_statement_text (row, 2);
  g_autofree gchar *course = ac_statement_text (row, 8);
  g_autofree gchar *uid = g_strdup_printf (
      "lesson-%" G_GINT64_FORMAT "-%" G_GINT64_MODIFIER "x@airclass", id, created);
  g_autofree gchar *url = g_strdup_printf ("%s/lesson/%" G_GINT64_FORMAT, pages, id);
  icalproperty_status status =
      strcmp (state, "cancelled") == 0 ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED;

  icalcomponent_add_property (event, icalproperty_new_uid (uid));
  icalcomponent_add_property (
      event, icalproperty_new_dtstamp (utc (changed != 0 ? changed : created)));
  icalcomponent_add_property (event, icalproperty_new_dtstart (utc (hour)));
  if (length != 0)
    icalcomponent_add_property (event, icalproperty_new_dtend (utc (hour + length)));
  icalcomponent_add_property (event, icalproperty_new_summary (title));
  if (course != NULL)
    icalcomponent_add_property (event, icalproperty_new_description (course));
  icalcomponent_add_property (event, icalproperty_new_url (url));
  icalcomponent_add_property (event, icalproperty_new_status (status));
  icalcomponent_add_property (event,
                              icalproperty_new_sequence (sqlite3_column_int (row, 7)));
  return event;
}

#define EVENTS                                                                         \
  "SELECT lessons.id, lessons.title, state, lessons.created_ms, changed_ms, "          \
  "planned_ms, planned_length_ms, revision, courses.title FROM lessons "               \
  "LEFT JOIN courses ON courses.id = course "                                          \
  "WHERE planned_ms > ?2 AND "
#define LATEST "ORDER BY planned_ms DESC LIMIT ?3"

/* Of a branch: what is for it or one above it, or for all there. Of a member: what is
 * for them, and what they lecture in. */
static AcStatement *
events (AcStore *store, const AcCalendarOwner *owner, gint64 wall_ms, GError **error)
{
  AcStatement *statement =
      owner->member != 0
          ? ac_store_prepare (store,
                              AC_AUDIENCE_TABLES EVENTS "(" AC_AUDIENCE_IS_AIMED_AT
                                                        " OR " AC_AUDIENCE_WAS_EXPECTED
                                                        " OR " AC_AUDIENCE_IS_LECTURER
                                                        ") " LATEST,
                              error)
          : ac_store_prepare (
                store,
                "WITH RECURSIVE up (id) AS (SELECT ?1 UNION "
                "  SELECT parent FROM branches JOIN up USING (id) "
                "  WHERE parent IS NOT NULL) " EVENTS
                "(EXISTS (SELECT 1 FROM lesson_targets WHERE lesson = lessons.id "
                "         AND lesson_targets.branch IN up) "
                " OR (NOT EXISTS (SELECT 1 FROM lesson_targets "
                "                 WHERE lesson = lessons.id) "
                "     AND (lessons.branch IS NULL OR lessons.branch IN up))) " LATEST,
                error);

  if (statement != NULL)
    ac_statement_bind (statement, "iii",
                       owner->member != 0 ? owner->member : owner->branch,
                       wall_ms - YEAR_MS, (gint64)LESSONS_MAX);
  return statement;
}

gchar *
ac_calendar_text (AcStore *store, const AcCalendarOwner *owner, const gchar *pages,
                  gint64 wall_ms, GError **error)
{
  g_autoptr (AcStatement) rows = events (store, owner, wall_ms, error);
  icalcomponent *calendar;
  gchar *text = NULL, *owned;
  gint code;

  if (rows == NULL)
    return NULL;
  calendar = icalcomponent_vanew (
      ICAL_VCALENDAR_COMPONENT, icalproperty_new_version ("2.0"),
      icalproperty_new_prodid ("-//Airclass//Timetable//ZH"), NULL);
  while ((code = ac_store_step (store, rows, error)) == SQLITE_ROW)
    icalcomponent_add_component (calendar, event_of (rows, pages));
  if (code == SQLITE_DONE) {
    owned = icalcomponent_as_ical_string_r (calendar);
    text = g_strdup (owned);
    icalmemory_free_buffer (owned);
  }
  icalcomponent_free (calendar);
  return text;
}
