#include "timetable_keeper.h"

#include "clock.h"

#define LOOK_S 5

struct _AcTimetableKeeper {
  AcClassroom *classroom;
  AcTimetablePolicy policy;
  guint timer;
};

static gboolean
look (gpointer user_data)
{
  AcTimetableKeeper *self = user_data;

  ac_classroom_open_due_rooms (self->classroom, ac_clock_wall_ms (),
                               self->policy.open_before_ms);
  return G_SOURCE_CONTINUE;
}

AcTimetableKeeper *
ac_timetable_keeper_new (AcClassroom *classroom, const AcTimetablePolicy *policy)
{
  AcTimetableKeeper *self = g_new0 (AcTimetableKeeper, 1);

  self->classroom = classroom;
  self->policy = *policy;
  self->timer = g_timeout_add_seconds (LOOK_S, look, self);
  look (self);
  return self;
}

void
ac_timetable_keeper_free (AcTimetableKeeper *self)
{
  g_source_remove (self->timer);
  g_free (self);
}
