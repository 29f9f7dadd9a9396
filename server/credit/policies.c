#include "policies.h"

#include "audit.h"
#include "credit_error.h"
#include "day.h"
#include "digest.h"
#include "reason.h"

#include <string.h>

#define VERSION_MAX_CHARS 40
#define REASON_MAX_CHARS 400
#define MINUTES_MAX (24 * 60)
#define HOURS_MAX_PERMILLE (G_GINT64_CONSTANT (10000) * 1000)

static const gchar *const duty_names[AC_N_DUTIES] = {
  [AC_DUTY_MEMBER] = "member",
  [AC_DUTY_COMMITTEE] = "committee",
  [AC_DUTY_CADRE] = "cadre",
};

const gchar *
ac_duty_name (AcDuty duty)
{
  g_return_val_if_fail ((guint)duty < AC_N_DUTIES, NULL);

  return duty_names[duty];
}

gboolean
ac_duty_from_name (const gchar *name, AcDuty *ret_duty)
{
  for (guint i = 0; i < AC_N_DUTIES; i++)
    if (g_strcmp0 (duty_names[i], name) == 0) {
      *ret_duty = (AcDuty)i;
      return TRUE;
    }
  return FALSE;
}

AcPolicyVersion *
ac_policy_version_new (void)
{
  AcPolicyVersion *self = g_new0 (AcPolicyVersion, 1);

  self->rule = ac_policy_default;
  self->attended_permille = 800;
  self->required_permille[AC_DUTY_MEMBER] = 32000;
  self->required_permille[AC_DUTY_COMMITTEE] = 56000;
  self->required_permille[AC_DUTY_CADRE] = 50000;
  return self;
}

void
ac_policy_version_free (AcPolicyVersion *self)
{
  g_free (self->version);
  g_free (self->valid_from);
  g_free (self->valid_until);
  g_free (self->reason);
  g_clear_pointer (&self->digest, g_bytes_unref);
  g_free (self);
}

static void
free_version (gpointer data)
{
  ac_policy_version_free (data);
}

/* --- Texts --- */

gboolean
ac_policy_parse_hours (const gchar *text, gint64 *ret_permille)
{
  gsize n_whole = strspn (text, "0123456789");
  gint64 permille;

  if (n_whole < 1 || n_whole > 5)
    return FALSE;
  permille = g_ascii_strtoll (text, NULL, 10) * 1000;
  text += n_whole;
  if (*text == '.') {
    gsize n_decimals = strspn (++text, "0123456789");
    gint64 unit = 100;

    if (n_decimals < 1 || n_decimals > 3)
      return FALSE;
    for (; n_decimals > 0; n_decimals--, unit /= 10)
      permille += (*text++ - '0') * unit;
  }
  *ret_permille = permille;
  return *text == '\0';
}

gchar *
ac_policy_hours_to_text (gint64 permille)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%" G_GINT64_FORMAT ".%03d", permille / 1000,
                          (gint)ABS (permille % 1000));
  while (text->str[text->len - 1] == '0')
    g_string_truncate (text, text->len - 1);
  if (text->str[text->len - 1] == '.')
    g_string_truncate (text, text->len - 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
parse_tier (const gchar *text, AcPolicyTier *tier)
{
  const gchar *colon = strchr (text, ':');
  g_autofree gchar *minutes = colon != NULL ? g_strndup (text, colon - text) : NULL;
  gint64 minutes_permille, credit_permille;

  if (minutes == NULL || !ac_policy_parse_hours (minutes, &minutes_permille) ||
      !ac_policy_parse_hours (colon + 1, &credit_permille) ||
      minutes_permille > MINUTES_MAX * 1000 || credit_permille > 100 * 1000)
    return FALSE;
  *tier = (AcPolicyTier){ minutes_permille * 60, (gint)credit_permille };
  return TRUE;
}

gboolean
ac_policy_parse_tiers (const gchar *text, AcPolicy *policy)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", AC_POLICY_TIERS_MAX + 2);
  guint n = g_strv_length (parts);

  if (n < 1 || n > AC_POLICY_TIERS_MAX)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (!parse_tier (parts[i], &policy->tiers[i]))
      return FALSE;
    if (i > 0 &&
        (policy->tiers[i].from_ms <= policy->tiers[i - 1].from_ms ||
         policy->tiers[i].credit_permille <= policy->tiers[i - 1].credit_permille))
      return FALSE;
  }
  policy->kind = AC_POLICY_TIERS;
  policy->n_tiers = n;
  return TRUE;
}

gchar *
ac_policy_tiers_to_text (const AcPolicy *policy)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < policy->n_tiers; i++) {
    g_autofree gchar *minutes = ac_policy_hours_to_text (policy->tiers[i].from_ms / 60);
    g_autofree gchar *hours =
        ac_policy_hours_to_text (policy->tiers[i].credit_permille);

    g_string_append_printf (text, "%s%s:%s", i > 0 ? "," : "", minutes, hours);
  }
  return g_string_free (text, FALSE);
}

gboolean
ac_policy_is_day (const gchar *text)
{
  gchar day[AC_DAY_CHARS + 1];

  return ac_day_parse (text, day) && strcmp (day, text) == 0;
}

/* --- Checking --- */

static gboolean
is_line (const gchar *text, glong max_chars)
{
  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const gchar *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return g_utf8_strlen (text, -1) >= 1 && g_utf8_strlen (text, -1) <= max_chars;
}

static gboolean
refuse (GError **error, const gchar *field, const gchar *reason, const gchar *message)
{
  return ac_credit_refuse_because (error, AC_CREDIT_ERROR_INVALID, field, reason, "%s",
                                   message);
}

static gboolean
check_validity (const AcPolicyVersion *self, GError **error)
{
  if (!is_line (self->version, VERSION_MAX_CHARS))
    return refuse (error, "version", AC_REASON_VERSION_FORM,
                   "version must have 1 to 40 characters on one line");
  if (self->valid_from == NULL || !ac_policy_is_day (self->valid_from))
    return refuse (error, "from", AC_REASON_DAY_FORM,
                   "from must be a day such as 2026-01-01");
  if (self->valid_until != NULL && !ac_policy_is_day (self->valid_until))
    return refuse (error, "until", AC_REASON_DAY_FORM,
                   "until must be a day such as 2026-12-31");
  if (self->valid_until != NULL && strcmp (self->valid_until, self->valid_from) < 0)
    return refuse (error, "until", AC_REASON_UNTIL_BEFORE,
                   "until lies before from; leave it out for no end");
  return is_line (self->reason, REASON_MAX_CHARS) ||
         refuse (error, "reason", AC_REASON_REASON_FORM,
                 "reason must say why, in 1 to 400 characters on one line");
}

static gboolean
check_rule (const AcPolicyVersion *self, GError **error)
{
  const AcPolicy *rule = &self->rule;

  if (rule->kind == AC_POLICY_PER_MINUTES &&
      (rule->minutes < 1 || rule->minutes > MINUTES_MAX))
    return refuse (error, "minutes", AC_REASON_MINUTES_RANGE,
                   "minutes must be from 1 to 1440");
  if (rule->kind == AC_POLICY_PER_MINUTES &&
      (rule->step_permille < 1 || rule->step_permille > 100000))
    return refuse (error, "step", AC_REASON_STEP_RANGE,
                   "step must be hours from 0.001 to 100, such as 0.5");
  if (self->attended_permille < 1 || self->attended_permille > 1000)
    return refuse (error, "attended", AC_REASON_PERCENT_RANGE,
                   "attended must be a percentage from 1 to 100");
  for (guint i = 0; i < AC_N_DUTIES; i++)
    if (self->required_permille[i] < 0 ||
        self->required_permille[i] > HOURS_MAX_PERMILLE)
      return refuse (error, duty_names[i], AC_REASON_HOURS_FORM,
                     "required hours must be from 0 to 10000");
  return TRUE;
}

/* --- Rows --- */

static const gchar *
rule_name (const AcPolicy *rule)
{
  return rule->kind == AC_POLICY_TIERS ? "tiers" : "per_minutes";
}

GBytes *
ac_policy_digest (const AcPolicyVersion *self)
{
  AcDigest *digest = ac_digest_new ("airclass policy 1");
  g_autofree gchar *tiers = ac_policy_tiers_to_text (&self->rule);

  ac_digest_text (digest, self->version);
  ac_digest_text (digest, self->valid_from);
  ac_digest_text (digest, self->valid_until);
  ac_digest_text (digest, rule_name (&self->rule));
  ac_digest_int (digest, self->rule.minutes);
  ac_digest_int (digest, self->rule.step_permille);
  ac_digest_text (digest, tiers);
  ac_digest_int (digest, self->attended_permille);
  ac_digest_int (digest, self->counts_replay != FALSE);
  for (guint i = 0; i < AC_N_DUTIES; i++)
    ac_digest_int (digest, self->required_permille[i]);
  ac_digest_int (digest, self->created_ms);
  ac_digest_int (digest, self->actor);
  ac_digest_text (digest, self->reason);
  return ac_digest_end (digest);
}

static gboolean
insert (AcStore *store, AcPolicyVersion *self, GError **error)
{
  g_autofree gchar *tiers = ac_policy_tiers_to_text (&self->rule);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "INSERT INTO policies (version, valid_from, valid_until, rule, minutes, "
      "  step_permille, tiers, attended_permille, counts_replay, required_member, "
      "  required_committee, required_cadre, created_ms, actor, reason, digest) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ttttddtddiiiintb", self->version, self->valid_from,
                     self->valid_until, rule_name (&self->rule), self->rule.minutes,
                     self->rule.step_permille, tiers, self->attended_permille,
                     self->counts_replay != FALSE,
                     self->required_permille[AC_DUTY_MEMBER],
                     self->required_permille[AC_DUTY_COMMITTEE],
                     self->required_permille[AC_DUTY_CADRE], self->created_ms,
                     self->actor, self->reason, self->digest);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  self->id = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

static gboolean
note (AcStore *store, const AcPolicyVersion *self, GError **error)
{
  g_autofree gchar *detail =
      ac_audit_detail ("tt", "version", self->version, "from", self->valid_from);

  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_POLICY_ADD,
                                         .actor = self->actor,
                                         .reason = self->reason,
                                         .detail = detail },
                        self->created_ms, error);
}

gboolean
ac_policy_add (AcStore *store, AcPolicyVersion *self, GError **error)
{
  g_autoptr (AcPolicyVersion) there = NULL;
  g_autoptr (GError) local = NULL;

  if (!check_validity (self, error) || !check_rule (self, error))
    return FALSE;
  there = ac_policy_find (store, self->version, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (there != NULL)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_EXISTS, "version",
                                     AC_REASON_TAKEN,
                                     "version \"%s\" is there and is never changed; "
                                     "give the new one another name",
                                     self->version);
  g_clear_pointer (&self->digest, g_bytes_unref);
  self->digest = ac_policy_digest (self);
  return insert (store, self, error) && note (store, self, error);
}

#define COLUMNS                                                                        \
  "id, version, valid_from, valid_until, rule, minutes, step_permille, tiers, "        \
  "attended_permille, counts_replay, required_member, required_committee, "            \
  "required_cadre, created_ms, actor, reason, digest"

static AcPolicyVersion *
read_row (AcStatement *row)
{
  AcPolicyVersion *self = ac_policy_version_new ();
  const gchar *tiers = (const gchar *)sqlite3_column_text (row, 7);

  self->id = sqlite3_column_int64 (row, 0);
  self->version = ac_statement_text (row, 1);
  self->valid_from = ac_statement_text (row, 2);
  self->valid_until = ac_statement_text (row, 3);
  self->rule.minutes = sqlite3_column_int (row, 5);
  self->rule.step_permille = sqlite3_column_int (row, 6);
  if (tiers != NULL && *tiers != '\0')
    ac_policy_parse_tiers (tiers, &self->rule);
  self->rule.kind =
      g_strcmp0 ((const gchar *)sqlite3_column_text (row, 4), "tiers") == 0
          ? AC_POLICY_TIERS
          : AC_POLICY_PER_MINUTES;
  self->attended_permille = sqlite3_column_int (row, 8);
  self->counts_replay = sqlite3_column_int (row, 9) != 0;
  for (guint i = 0; i < AC_N_DUTIES; i++)
    self->required_permille[i] = sqlite3_column_int64 (row, 10 + (gint)i);
  self->created_ms = sqlite3_column_int64 (row, 13);
  self->actor = sqlite3_column_int64 (row, 14);
  self->reason = ac_statement_text (row, 15);
  self->digest =
      g_bytes_new (sqlite3_column_blob (row, 16), sqlite3_column_bytes (row, 16));
  return self;
}

/* Steps @statement, which selects COLUMNS and is bound. */
static AcPolicyVersion *
read_one (AcStore *store, AcStatement *statement, GError **error)
{
  return ac_store_step (store, statement, error) == SQLITE_ROW ? read_row (statement)
                                                               : NULL;
}

AcPolicyVersion *
ac_policy_get (AcStore *store, gint64 id, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT " COLUMNS " FROM policies WHERE id = ?", error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", id);
  return read_one (store, statement, error);
}

AcPolicyVersion *
ac_policy_find (AcStore *store, const gchar *version, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT " COLUMNS " FROM policies WHERE version = ?", error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "t", version);
  return read_one (store, statement, error);
}

AcPolicyVersion *
ac_policy_on (AcStore *store, const gchar *day, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT " COLUMNS " FROM policies "
      "WHERE valid_from <= ?1 AND ifnull (valid_until, '9999-12-31') >= ?1 "
      "ORDER BY id DESC LIMIT 1",
      error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "t", day);
  return read_one (store, statement, error);
}

GPtrArray *
ac_policy_list (AcStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_version);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT " COLUMNS " FROM policies ORDER BY id", error);
  gint code;

  if (statement == NULL)
    return NULL;
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (list, read_row (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}
