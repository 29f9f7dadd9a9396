#include "classroom_private.h"

#include "clock.h"
#include "prompts.h"

#define JUDGE_INTERVAL_S 5

G_DEFINE_QUARK (ac - classroom - error - quark, ac_classroom_error)

static gint64
system_clock (gpointer unused)
{
  return ac_clock_monotonic_ms ();
}

static gboolean
judge_due (gpointer data)
{
  ac_classroom_judge_prompts (data);
  return G_SOURCE_CONTINUE;
}

AcClassroom *
ac_classroom_new (AcStore *store)
{
  AcClassroom *self = g_rc_box_new0 (AcClassroom);

  self->store = store;
  self->clock = system_clock;
  self->lessons = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                         (GDestroyNotify)ac_open_lesson_free);
  self->rooms = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                       (GDestroyNotify)ac_room_free);
  self->sockets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->voices = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->beats = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->prompt_limit_ms = AC_PROMPT_LIMIT_MS;
  self->prompt_source = g_timeout_add_seconds (JUDGE_INTERVAL_S, judge_due, self);
  return self;
}

AcClassroom *
ac_classroom_ref (AcClassroom *self)
{
  return g_rc_box_acquire (self);
}

void
ac_classroom_unref (AcClassroom *self)
{
  g_rc_box_release (self);
}

void
ac_classroom_free (AcClassroom *self)
{
  ac_classroom_save_all (self);
  self->closed = TRUE;
  g_clear_handle_id (&self->prompt_source, g_source_remove);
  self->handler = (AcClassroomHandler){ 0 };
  g_clear_pointer (&self->rooms, g_hash_table_unref);
  g_clear_pointer (&self->lessons, g_hash_table_unref);
  g_clear_pointer (&self->sockets, g_hash_table_unref);
  g_clear_pointer (&self->beats, g_hash_table_unref);
  g_clear_pointer (&self->voices, g_hash_table_unref);
  ac_classroom_unref (self);
}

void
ac_classroom_set_handler (AcClassroom *self, const AcClassroomHandler *handler,
                          gpointer user_data)
{
  self->handler = handler != NULL ? *handler : (AcClassroomHandler){ 0 };
  self->user_data = user_data;
}

void
ac_classroom_set_accounts (AcClassroom *self, AcAccounts *accounts)
{
  self->accounts = accounts;
}

void
ac_classroom_set_screens (AcClassroom *self, AcClassroomFindScreen find,
                          gpointer user_data)
{
  self->find_screen = find;
  self->screens_data = user_data;
}

void
ac_classroom_set_clock (AcClassroom *self, AcClassroomClock clock, gpointer user_data)
{
  self->clock = clock != NULL ? clock : system_clock;
  self->clock_data = user_data;
}

void
ac_classroom_set_prompt_limit (AcClassroom *self, gint64 limit_ms)
{
  self->prompt_limit_ms = limit_ms;
}

gint64
ac_classroom_now_ms (AcClassroom *self)
{
  return self->clock (self->clock_data);
}

void
ac_classroom_stats (AcClassroom *self, AcClassroomStats *ret_stats)
{
  *ret_stats = self->stats;
  ret_stats->rooms = g_hash_table_size (self->rooms);
}

const AcPeerHandler *
ac_classroom_peer_handler (void)
{
  return &ac_room_peer_handler;
}
