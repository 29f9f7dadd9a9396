#include "command.h"

#include "clock.h"
#include "ledger.h"

typedef struct {
  AcControlCall *call;
  gint64 year;
  gint64 wall_ms;
  gint64 entries; /* out */
} Closing;

static gboolean
close_year (AcStore *store, gpointer data, GError **error)
{
  Closing *closing = data;
  g_autoptr (GBytes) hash = NULL;

  return ac_ledger_close_year (store, closing->year, 0, closing->wall_ms, error) &&
         ac_ledger_head (store, &closing->entries, &hash, error);
}

static void
year_closed (gpointer data, const GError *error, gpointer unused)
{
  Closing *closing = data;
  JsonObject *object;

  if (error != NULL) {
    ac_control_call_fail_error (closing->call, error);
    return;
  }
  object = json_object_new ();
  json_object_set_int_member (object, "year", closing->year);
  json_object_set_int_member (object, "entries", closing->entries);
  ac_control_call_answer_object (closing->call, object);
}

void
ac_control_ledger_close (AcControlCall *call)
{
  Closing *closing;
  gint64 year;

  if (!ac_control_read_id (call, "year", &year))
    return;
  closing = g_new0 (Closing, 1);
  *closing = (Closing){ .call = call, .year = year, .wall_ms = ac_clock_wall_ms () };
  ac_store_write (call->control->parts.store, close_year, closing, g_free, year_closed,
                  NULL);
}
