#include "ledger_entry.h"

#include "digest.h"

static const gchar *const kind_names[AC_N_ENTRY_KINDS] = {
  [AC_ENTRY_AUTO] = "AUTO",     [AC_ENTRY_STEWARD] = "STEWARD",
  [AC_ENTRY_LATE] = "LATE",     [AC_ENTRY_ADJUST] = "ADJUST",
  [AC_ENTRY_VOID] = "VOID",     [AC_ENTRY_WAIVE] = "WAIVE",
  [AC_ENTRY_MAKEUP] = "MAKEUP",
};

static const gchar *const study_names[] = {
  [AC_STUDY_GROUP] = "group",
  [AC_STUDY_SELF] = "self",
};

/* Returns: the place of @name, -1: none. */
static gint
find_name (const gchar *const *names, gint n_names, const gchar *name)
{
  for (gint i = 0; i < n_names; i++)
    if (g_strcmp0 (names[i], name) == 0)
      return i;
  return -1;
}

const gchar *
ac_entry_kind_name (AcEntryKind kind)
{
  g_return_val_if_fail ((guint)kind < AC_N_ENTRY_KINDS, NULL);

  return kind_names[kind];
}

gboolean
ac_entry_kind_from_name (const gchar *name, AcEntryKind *ret_kind)
{
  gint kind = find_name (kind_names, AC_N_ENTRY_KINDS, name);

  if (kind < 0)
    return FALSE;
  *ret_kind = (AcEntryKind)kind;
  return TRUE;
}

const gchar *
ac_study_name (AcStudy study)
{
  g_return_val_if_fail ((guint)study < G_N_ELEMENTS (study_names), NULL);

  return study_names[study];
}

gboolean
ac_study_from_name (const gchar *name, AcStudy *ret_study)
{
  gint study = find_name (study_names, G_N_ELEMENTS (study_names), name);

  if (study < 0)
    return FALSE;
  *ret_study = (AcStudy)study;
  return TRUE;
}

void
ac_ledger_entry_clear (AcLedgerEntry *self)
{
  g_clear_pointer (&self->media, g_free);
  g_clear_pointer (&self->note_digest, g_bytes_unref);
  g_clear_pointer (&self->prev_hash, g_bytes_unref);
  g_clear_pointer (&self->hash, g_bytes_unref);
}

void
ac_ledger_entry_free (AcLedgerEntry *self)
{
  ac_ledger_entry_clear (self);
  g_free (self);
}

GBytes *
ac_ledger_entry_digest (const AcLedgerEntry *self, GBytes *policy_digest)
{
  AcDigest *digest = ac_digest_new ("airclass ledger entry 1");
  const gint64 numbers[] = { self->home_branch, self->host_branch, self->lesson_year,
                             self->year,        self->beats_from,  self->beats_to,
                             self->actor,       self->approver,    self->reference };

  ac_digest_bytes (digest, self->prev_hash);
  ac_digest_int (digest, self->seq);
  ac_digest_text (digest, ac_entry_kind_name (self->kind));
  ac_digest_text (digest, ac_study_name (self->study));
  ac_digest_int (digest, self->member);
  ac_digest_int (digest, self->lesson);
  ac_digest_text (digest, self->media);
  ac_digest_int (digest, self->earned_ms);
  ac_digest_bytes (digest, policy_digest);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    ac_digest_int (digest, numbers[i]);
  ac_digest_bytes (digest, self->note_digest);
  ac_digest_int (digest, self->created_ms);
  return ac_digest_end (digest);
}

GBytes *
ac_ledger_note_digest (GBytes *salt, const gchar *reason, const gchar *evidence)
{
  AcDigest *digest = ac_digest_new ("airclass ledger note 1");

  ac_digest_bytes (digest, salt);
  ac_digest_text (digest, reason);
  ac_digest_text (digest, evidence);
  return ac_digest_end (digest);
}

GBytes *
ac_ledger_origin (void)
{
  static const guint8 zeroes[AC_DIGEST_BYTES];

  return g_bytes_new_static (zeroes, sizeof zeroes);
}
