/* import.c - a plan looked at, or carried out; and the table the other way round. */
#include "plan.h"

#include "certificate.h"
#include "identity.h"
#include "import_key.h"
#include "member.h"
#include "membership.h"

#include <string.h>

#define BIT(column) (1u << (column))

static const gchar *const fate_names[AC_ROSTER_FATES] = {
  [AC_ROSTER_NEW] = "new",
  [AC_ROSTER_CHANGED] = "changed",
  [AC_ROSTER_SAME] = "same",
  [AC_ROSTER_REFUSED] = "refused",
};

const gchar *
ac_roster_fate_name (AcRosterFate fate)
{
  return fate_names[fate];
}

gboolean
ac_roster_fate_from_name (const gchar *name, AcRosterFate *ret_fate)
{
  gint place = ac_organisation_find_word (fate_names, AC_ROSTER_FATES, name);

  if (place >= 0)
    *ret_fate = (AcRosterFate)place;
  return place >= 0;
}

/* What the row says, else what is known; NULL: nothing, or taken away. */
static gchar *
value_of (const AcRosterStep *step, AcRosterColumn column)
{
  gchar *value = step->values[column] != NULL ? step->values[column]
                                              : step->record->values[column];

  return value != NULL && *value != '\0' ? value : NULL;
}

static gboolean
write_details (AcStore *store, AcRosterStep *step, gint64 wall_ms, GError **error)
{
  AcMember member = { .id = step->record->member,
                      .number = step->record->member != 0
                                    ? step->record->values[AC_ROSTER_NUMBER]
                                    : step->values[AC_ROSTER_NUMBER],
                      .name = value_of (step, AC_ROSTER_NAME),
                      .phone = value_of (step, AC_ROSTER_PHONE) };
  const guint details =
      BIT (AC_ROSTER_NAME) | BIT (AC_ROSTER_KIND) | BIT (AC_ROSTER_PHONE);

  ac_member_kind_from_name (value_of (step, AC_ROSTER_KIND), &member.kind);
  if (member.id == 0)
    return ac_member_add (store, &member, NULL, wall_ms, &step->record->member, error);
  return (step->row->changed & details) == 0 ||
         ac_member_update (store, &member, error);
}

static gboolean
write_membership (AcStore *store, const AcRosterStep *step, AcSide side, gint64 wall_ms,
                  GError **error)
{
  AcRosterColumn branch = side == AC_SIDE_HOME ? AC_ROSTER_HOME : AC_ROSTER_HOST;
  AcRosterColumn day = side == AC_SIDE_HOME ? AC_ROSTER_HOME_FROM : AC_ROSTER_HOST_FROM;
  const gchar *value = value_of (step, branch);

  if ((step->row->changed & (BIT (branch) | BIT (day))) == 0)
    return TRUE;
  return ac_membership_set (store, step->record->member, side,
                            value != NULL ? g_ascii_strtoll (value, NULL, 10) : 0,
                            step->values[day], wall_ms, error);
}

static gboolean
write_certificate (AcStore *store, const AcRosterStep *step, gint64 wall_ms,
                   GError **error)
{
  const guint certificate =
      BIT (AC_ROSTER_CERTIFICATE) | BIT (AC_ROSTER_CERTIFICATE_STATE);
  AcCertificateChange change = { .number = value_of (step, AC_ROSTER_CERTIFICATE),
                                 .note = "import" };

  if ((step->row->changed & certificate) == 0)
    return TRUE;
  /* Another certificate is not verified by what was said of the last one. */
  if ((step->row->changed & BIT (AC_ROSTER_CERTIFICATE)) == 0 ||
      step->values[AC_ROSTER_CERTIFICATE_STATE] != NULL)
    ac_certificate_state_from_name (value_of (step, AC_ROSTER_CERTIFICATE_STATE),
                                    &change.state);
  return ac_certificate_set (store, step->record->member, &change, wall_ms, error);
}

static gboolean
write_keys (AcStore *store, const AcRosterStep *step, GError **error)
{
  for (guint i = 0; i < AC_LEDGER_KINDS; i++)
    if ((step->row->changed & BIT (AC_ROSTER_KEY + i)) != 0 &&
        !ac_import_key_set (store, step->record->member, i,
                            value_of (step, AC_ROSTER_KEY + i), error))
      return FALSE;
  return TRUE;
}

static gboolean
write_identity (AcStore *store, const AcRosterStep *step, const AcIdentityKeys *keys,
                GError **error)
{
  return (step->row->changed & BIT (AC_ROSTER_IDENTITY)) == 0 ||
         ac_identity_set (store, keys, step->record->member, step->identity, error);
}

static gboolean
carry_out (AcStore *store, AcRosterPlan *plan, const AcIdentityKeys *keys,
           gint64 wall_ms, GError **error)
{
  for (guint i = 0; i < plan->steps->len; i++) {
    AcRosterStep *step = plan->steps->pdata[i];

    if (step->row->fate != AC_ROSTER_NEW && step->row->fate != AC_ROSTER_CHANGED)
      continue;
    if (!write_details (store, step, wall_ms, error) ||
        !write_membership (store, step, AC_SIDE_HOME, wall_ms, error) ||
        !write_membership (store, step, AC_SIDE_HOST, wall_ms, error) ||
        !write_certificate (store, step, wall_ms, error) ||
        !write_identity (store, step, keys, error) ||
        !write_keys (store, step, error)) {
      g_prefix_error (error, "row %u: ", step->row->number);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
may_be_applied (const AcRosterReport *report, const gchar *digest, GError **error)
{
  if (strcmp (report->digest, digest) != 0)
    return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_INVALID, "apply",
                                   "the file or the roster is not what was looked at: "
                                   "look again without applying");
  if (report->counts[AC_ROSTER_REFUSED] > 0)
    return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_INVALID, "file",
                                   "%u rows are refused: mend them first",
                                   report->counts[AC_ROSTER_REFUSED]);
  return TRUE;
}

AcRosterReport *
ac_roster_import (AcStore *store, const AcSheet *sheet, const AcIdentityKeys *keys,
                  gint64 actor, gint64 within, const gchar *digest, gint64 wall_ms,
                  GError **error)
{
  g_autoptr (AcRosterPlan) plan =
      ac_roster_plan_new (store, sheet, keys, actor, within, wall_ms, error);

  if (plan == NULL)
    return NULL;
  if (digest != NULL) {
    if (!may_be_applied (plan->report, digest, error) ||
        !carry_out (store, plan, keys, wall_ms, error))
      return NULL;
    plan->report->applied = TRUE;
  }
  return g_steal_pointer (&plan->report);
}

gboolean
ac_roster_note_import (AcStore *store, const AcRosterReport *report, gint64 actor,
                       gint64 within, gint64 wall_ms, GError **error)
{
  g_autofree gchar *detail = ac_audit_detail (
      "tiitn", "what", "members", "new", (gint64)report->counts[AC_ROSTER_NEW],
      "changed", (gint64)report->counts[AC_ROSTER_CHANGED], "digest", report->digest,
      "branch", within);

  return !report->applied || ac_audit_note (store,
                                            &(AcAuditEntry){ .act = AC_AUDIT_IMPORT,
                                                             .actor = actor,
                                                             .branch = within,
                                                             .detail = detail },
                                            wall_ms, error);
}

static gboolean
lies_within (AcBranchIndex *branches, const AcRosterRecord *record, gint64 branch)
{
  static const AcRosterColumn sides[] = { AC_ROSTER_HOME, AC_ROSTER_HOST };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    const gchar *value = record->values[sides[i]];

    if (value != NULL &&
        ac_branch_index_is_within (branches, g_ascii_strtoll (value, NULL, 10), branch))
      return TRUE;
  }
  return branch == 0;
}

static gboolean
is_exported (guint column, const AcIdentityKeys *keys)
{
  return column != AC_ROSTER_IDENTITY || keys != NULL;
}

static void
add_row (AcSheet *sheet, const AcRosterRecord *record, const AcIdentityKeys *keys,
         AcBranchIndex *branches)
{
  gchar *cells[AC_ROSTER_COLUMNS + 1] = { NULL };
  guint n_cells = 0;

  for (guint column = 0; column < AC_ROSTER_COLUMNS; column++)
    if (is_exported (column, keys))
      cells[n_cells++] =
          ac_roster_cell_write (column, record->values[column], branches);
  ac_sheet_add_row (sheet, (const gchar *const *)cells);
  for (guint i = 0; i < n_cells; i++)
    g_free (cells[i]);
}

AcSheet *
ac_roster_export (AcStore *store, gint64 branch, const AcIdentityKeys *keys,
                  GError **error)
{
  g_autoptr (GPtrArray) records = ac_roster_record_load (store, keys, TRUE, error);
  g_autoptr (AcBranchIndex) branches =
      records != NULL ? ac_branch_index_new (store, error) : NULL;
  AcSheet *sheet;
  guint n_headings = 0;
  const gchar *headings[AC_ROSTER_COLUMNS + 1] = { NULL };

  if (branches == NULL)
    return NULL;
  sheet = ac_sheet_new ();
  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++)
    if (is_exported (i, keys))
      headings[n_headings++] = ac_roster_column_heading (i);
  ac_sheet_add_row (sheet, headings);
  for (guint i = 0; i < records->len; i++) {
    const AcRosterRecord *record = records->pdata[i];

    if (lies_within (branches, record, branch))
      add_row (sheet, record, keys, branches);
  }
  return sheet;
}

gboolean
ac_roster_note_export (AcStore *store, const AcSheet *sheet, gboolean with_identities,
                       const AcAuditEntry *entry, gint64 wall_ms, GError **error)
{
  g_autofree gchar *detail = ac_audit_detail (
      "titn", "what", "members", "rows", (gint64)ac_sheet_n_rows (sheet) - 1, "with",
      with_identities ? "identity" : NULL, "branch", entry->branch);
  AcAuditEntry noted = *entry;

  noted.act = AC_AUDIT_EXPORT;
  noted.detail = detail;
  return ac_audit_note (store, &noted, wall_ms, error);
}
