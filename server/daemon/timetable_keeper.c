#include "timetable_keeper.h"

#include "clock.h"
#include "reminders.h"

#define LOOK_S 5

struct _AcTimetableKeeper {
  AcClassroom *classroom;
  AcReminders *reminders; /* NULL: none are sent */
  AcTimetablePolicy policy;
  guint timer;
};

static gboolean
look (gpointer user_data)
{
  AcTimetableKeeper *self = user_data;

  gint64 now_ms = ac_clock_wall_ms ();

  ac_classroom_open_due_rooms (self->classroom, now_ms, self->policy.open_before_ms);
  if (self->reminders != NULL)
    ac_reminders_look (self->reminders, now_ms);
  return G_SOURCE_CONTINUE;
}

AcTimetableKeeper *
ac_timetable_keeper_new (AcStore *store, AcClassroom *classroom, AcGateway *gateway,
                         const AcTimetablePolicy *policy)
{
  AcTimetableKeeper *self = g_new0 (AcTimetableKeeper, 1);

  self->classroom = classroom;
  self->policy = *policy;
  if (gateway != NULL && policy->remind_before_ms > 0)
    self->reminders = ac_reminders_new (store, gateway, policy->remind_before_ms);
  self->timer = g_timeout_add_seconds (LOOK_S, look, self);
  look (self);
  return self;
}

void
ac_timetable_keeper_free (AcTimetableKeeper *self)
{
  g_source_remove (self->timer);
  g_clear_pointer (&self->reminders, ac_reminders_free);
  g_free (self);
}
