#include "member_time.h"

#include <string.h>

/* Beats do not come to the millisecond. */
#define HOLE_MIN_MS 1000
#define STRETCHES_MAX 128
#define LESSONS_MAX 16

struct _AcMemberTime {
  gint64 lesson;
  AcIntervalSet *own;    /* used for it */
  AcIntervalSet *others; /* for all other lessons */
  AcIntervalSet *used;   /* both */
  GString *others_text;  /* "17:0-100;18:..." */
};

AcMemberTime *
ac_member_time_load (AcStore *store, gint64 member, gint64 lesson,
                     const AcArrival *arrival, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT used FROM member_time WHERE member = ? AND boot = ?", error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "it", member, arrival->boot);
  code = ac_store_step (store, statement, error);
  if (code < 0)
    return NULL;
  return ac_member_time_new (
      code == SQLITE_ROW ? (const gchar *)sqlite3_column_text (statement, 0) : "",
      lesson);
}

gboolean
ac_member_time_save (AcStore *store, gint64 member, const AcArrival *arrival,
                     const AcMemberTime *self, GError **error)
{
  g_autofree gchar *text = ac_member_time_to_text (self);

  return ac_store_run (
      store, error,
      "INSERT OR REPLACE INTO member_time (member, boot, used) VALUES (?, ?, ?)", "itt",
      member, arrival->boot, text);
}

/* --- Lessons --- */

static void
join_used (AcMemberTime *self)
{
  g_clear_pointer (&self->used, ac_interval_set_unref);
  self->used = ac_interval_set_copy (self->others);
  ac_interval_set_add_set (self->used, self->own);
}

/* @part: "17:0-100,200-300"; without a lesson as it was stored once: of none */
static void
read_lesson (AcMemberTime *self, const gchar *part)
{
  const gchar *colon = strchr (part, ':');
  gint64 lesson = colon != NULL ? g_ascii_strtoll (part, NULL, 10) : 0;
  const gchar *stretches = colon != NULL ? colon + 1 : part;
  g_autoptr (AcIntervalSet) set = ac_interval_set_parse (stretches);

  if (set == NULL || ac_interval_set_length (set) == 0)
    return;
  if (lesson == self->lesson) {
    ac_interval_set_add_set (self->own, set);
    return;
  }
  ac_interval_set_add_set (self->others, set);
  g_string_append_printf (self->others_text, ";%" G_GINT64_FORMAT ":%s", lesson,
                          stretches);
}

AcMemberTime *
ac_member_time_new (const gchar *text, gint64 lesson)
{
  AcMemberTime *self = g_new0 (AcMemberTime, 1);
  g_auto (GStrv) parts = g_strsplit (text, ";", LESSONS_MAX);

  self->lesson = lesson;
  self->own = ac_interval_set_new ();
  self->others = ac_interval_set_new ();
  self->others_text = g_string_new (NULL);
  for (guint i = 0; parts[i] != NULL; i++)
    read_lesson (self, parts[i]);
  join_used (self);
  return self;
}

void
ac_member_time_free (AcMemberTime *self)
{
  ac_interval_set_unref (self->own);
  ac_interval_set_unref (self->others);
  ac_interval_set_unref (self->used);
  g_string_free (self->others_text, TRUE);
  g_free (self);
}

/* The lesson that was used last stands first, so that the oldest fall off the end. */
gchar *
ac_member_time_to_text (const AcMemberTime *self)
{
  g_autofree gchar *own = ac_interval_set_to_text (self->own);

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%s%s", self->lesson, own,
                          self->others_text->str);
}

const AcIntervalSet *
ac_member_time_used (const AcMemberTime *self)
{
  return self->used;
}

void
ac_member_time_spend (AcMemberTime *self, AcInterval stretch, gint64 time_ms)
{
  AcIntervalSet *tidy;

  if (time_ms <= 0)
    return;
  ac_member_time_use (self->used, self->own, stretch, time_ms);
  tidy = ac_member_time_tidy (self->own);
  ac_interval_set_unref (self->own);
  self->own = tidy;
  join_used (self);
}

void
ac_member_time_give_back (AcMemberTime *self)
{
  ac_interval_set_unref (self->own);
  self->own = ac_interval_set_new ();
  join_used (self);
}

/* --- Stretches --- */

static AcIntervalSet *
free_of (const AcIntervalSet *used, AcInterval stretch)
{
  AcIntervalSet *left = ac_interval_set_new ();

  ac_interval_set_add (left, stretch.start_ms, stretch.end_ms);
  ac_interval_set_remove_set (left, used);
  return left;
}

gint64
ac_member_time_free_ms (const AcIntervalSet *used, AcInterval stretch)
{
  g_autoptr (AcIntervalSet) left = free_of (used, stretch);

  return ac_interval_set_measure (left);
}

void
ac_member_time_use (AcIntervalSet *used, AcIntervalSet *own, AcInterval stretch,
                    gint64 time_ms)
{
  g_autoptr (AcIntervalSet) left = free_of (used, stretch);

  for (guint i = 0; i < ac_interval_set_length (left) && time_ms > 0; i++) {
    AcInterval piece = ac_interval_set_get (left, i);
    gint64 length_ms = MIN (piece.end_ms - piece.start_ms, time_ms);

    ac_interval_set_add (used, piece.start_ms, piece.start_ms + length_ms);
    ac_interval_set_add (own, piece.start_ms, piece.start_ms + length_ms);
    time_ms -= length_ms;
  }
}

AcIntervalSet *
ac_member_time_tidy (const AcIntervalSet *used)
{
  AcIntervalSet *tidy = ac_interval_set_new ();
  AcInterval next = { G_MAXINT64, G_MAXINT64 };
  guint n = ac_interval_set_length (used);

  for (guint kept = 0; n > 0 && kept < STRETCHES_MAX; n--) {
    AcInterval item = ac_interval_set_get (used, n - 1);
    gboolean joined = next.start_ms - item.end_ms < HOLE_MIN_MS;

    /* The time before the boot has no readings that could be written. */
    ac_interval_set_add (tidy, MAX (item.start_ms, 0),
                         joined ? next.start_ms : item.end_ms);
    kept += !joined;
    next = item;
  }
  return tidy;
}
