#include "ledger_inspection.h"

#include "command_line.h"
#include "data_dir.h"
#include "digest.h"
#include "ledger.h"
#include "ledger_check.h"

#include <string.h>

static void
answer_object (AcAnswer *answer, JsonObject *object)
{
  answer->json = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (answer->json, object);
}

static void
fail (AcAnswer *answer, AcControlCode code, const gchar *message)
{
  ac_answer_fail (answer, &(AcControlFailure){ code, NULL, message });
}

/* --- verify --- */

static void
verify (AcStore *store, const gchar *data_dir, JsonObject *args, AcAnswer *answer)
{
  g_autofree gchar *path = ac_data_dir_heads_file (data_dir);
  g_autofree gchar *heads = NULL;
  g_auto (AcLedgerFindings) findings = { 0 };
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  if (!g_file_get_contents (path, &heads, NULL, &error) &&
      !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    fail (answer, AC_CONTROL_UNAVAILABLE, error->message);
    return;
  }
  g_clear_error (&error);
  if (!ac_ledger_verify (store, heads, &findings, &error)) {
    fail (answer, AC_CONTROL_INTERNAL, error->message);
    return;
  }
  if (findings.finding != NULL) {
    fail (answer, AC_CONTROL_DAMAGED, findings.finding);
    return;
  }
  object = json_object_new ();
  json_object_set_int_member (object, "entries", findings.n_entries);
  json_object_set_int_member (object, "erased", findings.n_erased);
  json_object_set_string_member (object, "hash", findings.head);
  answer_object (answer, object);
}

/* --- head --- */

static void
head (AcStore *store, const gchar *data_dir, JsonObject *args, AcAnswer *answer)
{
  g_autoptr (GBytes) hash = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  JsonObject *object;
  gint64 seq;

  if (!ac_ledger_head (store, &seq, &hash, &error)) {
    fail (answer, AC_CONTROL_INTERNAL, error->message);
    return;
  }
  text = ac_digest_to_text (hash);
  object = json_object_new ();
  json_object_set_int_member (object, "entries", seq);
  json_object_set_string_member (object, "hash", text);
  answer_object (answer, object);
}

/* --- recompute --- */

static void
tell_difference (const AcLedgerRecount *recount, AcAnswer *answer)
{
  const AcLedgerDifference *first = &recount->first;
  g_autofree gchar *message = g_strdup_printf (
      "lesson %" G_GINT64_FORMAT ", member %" G_GINT64_FORMAT
      ": %s (beats %" G_GINT64_FORMAT " ms, running %" G_GINT64_FORMAT
      " ms, ledger %" G_GINT64_FORMAT " ms; %" G_GINT64_FORMAT " records differ)",
      first->lesson, first->member, first->what, first->recomputed_ms,
      first->running_ms, first->ledger_ms, recount->n_different);

  fail (answer, AC_CONTROL_DAMAGED, message);
}

static void
recompute (AcStore *store, const gchar *data_dir, JsonObject *args, AcAnswer *answer)
{
  gint64 lesson = json_object_get_int_member_with_default (args, "lesson", 0);
  g_autoptr (GError) error = NULL;
  AcLedgerRecount recount;
  JsonObject *object;

  if (!ac_ledger_recount (store, lesson, &recount, &error)) {
    fail (answer, AC_CONTROL_INTERNAL, error->message);
    return;
  }
  if (recount.n_different > 0) {
    tell_difference (&recount, answer);
    return;
  }
  object = json_object_new ();
  json_object_set_int_member (object, "compared", recount.n_compared);
  json_object_set_int_member (object, "unsettled", recount.n_unsettled);
  json_object_set_int_member (object, "earned_ms", recount.earned_ms);
  answer_object (answer, object);
}

static const struct {
  const gchar *name;
  void (*run) (AcStore *store, const gchar *data_dir, JsonObject *args,
               AcAnswer *answer);
} inspections[] = {
  { AC_COMMAND_LEDGER_VERIFY, verify },
  { AC_COMMAND_LEDGER_HEAD, head },
  { AC_COMMAND_LEDGER_RECOMPUTE, recompute },
};

gboolean
ac_ledger_inspect_takes (const gchar *command)
{
  for (guint i = 0; i < G_N_ELEMENTS (inspections); i++)
    if (strcmp (inspections[i].name, command) == 0)
      return TRUE;
  return FALSE;
}

void
ac_ledger_inspect (const gchar *data_dir, const gchar *command, JsonObject *args,
                   AcAnswer *ret_answer)
{
  g_autoptr (AcStore) store = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *message = NULL;

  *ret_answer = (AcAnswer){ 0 };
  if (!ac_data_dir_exists (data_dir)) {
    message = g_strdup_printf ("there is no data in %s", data_dir);
    fail (ret_answer, AC_CONTROL_NOT_FOUND, message);
    return;
  }
  store = ac_store_open_to_read (data_dir, &error);
  if (store == NULL || !ac_store_begin_read (store, &error)) {
    fail (ret_answer, AC_CONTROL_CONFIG, error->message);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (inspections); i++)
    if (strcmp (inspections[i].name, command) == 0)
      inspections[i].run (store, data_dir, args, ret_answer);
}
