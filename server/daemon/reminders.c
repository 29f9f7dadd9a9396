#include "reminders.h"

#include "clock.h"
#include "log.h"
#include "reminder.h"

struct _AcReminders {
  gboolean closed; /* only messages under way hold it */
  AcStore *store;
  AcGateway *gateway;
  gint64 before_ms;
  guint under_way;
};

/* A message, from the note of its try to the note of its end. */
typedef struct {
  AcReminders *reminders;
  AcReminder *reminder;
  gint64 wall_ms;
} Sending;

AcReminders *
ac_reminders_new (AcStore *store, AcGateway *gateway, gint64 before_ms)
{
  AcReminders *self = g_rc_box_new0 (AcReminders);

  self->store = store;
  self->gateway = gateway;
  self->before_ms = before_ms;
  return self;
}

void
ac_reminders_free (AcReminders *self)
{
  self->closed = TRUE;
  g_rc_box_release (self);
}

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  ac_reminder_free (sending->reminder);
  g_rc_box_release (sending->reminders);
  g_free (sending);
}

static void
complain (const GError *error)
{
  static AcLogLimit limit = { .interval_ms = 60000 };
  guint suppressed;

  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, 0, "reminders: %s (and %u before)", error->message,
            suppressed);
}

/* --- Settling --- */

static gboolean
settle (AcStore *store, gpointer data, GError **error)
{
  return ac_reminder_settle (store, *(gint64 *)data, ac_clock_wall_ms (), error);
}

static void
settled (gpointer data, const GError *error, gpointer unused)
{
  if (error != NULL)
    complain (error);
}

/* --- Sending --- */

static gboolean
note_sent (AcStore *store, gpointer data, GError **error)
{
  Sending *sending = data;

  return ac_reminder_sent (store, sending->reminder->lesson, sending->reminder->member,
                           sending->wall_ms, error);
}

static void
answered (gboolean taken, gpointer user_data)
{
  Sending *sending = user_data;
  AcReminders *self = sending->reminders;

  self->under_way--;
  sending->wall_ms = ac_clock_wall_ms ();
  if (taken && !self->closed)
    ac_store_write (self->store, note_sent, sending, sending_free, settled, NULL);
  else
    sending_free (sending);
}

static gboolean
note_try (AcStore *store, gpointer data, GError **error)
{
  Sending *sending = data;

  return ac_reminder_try (store, sending->reminder->lesson, sending->reminder->member,
                          sending->wall_ms, error);
}

static void
try_noted (gpointer data, const GError *error, gpointer unused)
{
  Sending *sending = data;
  AcReminders *self = sending->reminders;
  AcReminder *reminder = sending->reminder;
  g_autofree gchar *id = g_strdup_printf ("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
                                          reminder->lesson, reminder->member);

  if (error != NULL)
    complain (error);
  if (error != NULL || self->closed) {
    self->under_way--;
    sending_free (sending);
    return;
  }
  ac_gateway_send_reminder (self->gateway,
                            &(AcGatewayReminder){ .id = id,
                                                  .phone = reminder->phone,
                                                  .title = reminder->title,
                                                  .planned_ms = reminder->planned_ms },
                            answered, sending);
}

/* @reminder: (transfer full) */
static void
begin (AcReminders *self, AcReminder *reminder, gint64 wall_ms)
{
  Sending *sending = g_new0 (Sending, 1);

  sending->reminders = g_rc_box_acquire (self);
  sending->reminder = reminder;
  sending->wall_ms = wall_ms;
  self->under_way++;
  ac_store_write (self->store, note_try, sending, NULL, try_noted, NULL);
}

void
ac_reminders_look (AcReminders *self, gint64 wall_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) lessons =
      ac_reminder_lessons (self->store, wall_ms, self->before_ms, &error);
  g_autoptr (GPtrArray) due = NULL;

  for (guint i = 0; lessons != NULL && i < lessons->len; i++)
    ac_store_write (self->store, settle,
                    g_memdup2 (&g_array_index (lessons, gint64, i), sizeof (gint64)),
                    g_free, settled, NULL);
  /* Those whose try is being noted are due still: none twice. */
  if (error == NULL && self->under_way == 0)
    due = ac_reminder_due (self->store, wall_ms, AC_REMINDERS_AT_ONCE, &error);
  if (error != NULL)
    complain (error);
  while (due != NULL && due->len > 0)
    begin (self, g_ptr_array_steal_index (due, due->len - 1), wall_ms);
}
