#include "fixture.h"

#include "credit_error.h"
#include "policies.h"

typedef struct {
  AcPolicyVersion *policy;
  guint answered;
  GError *error;
} Addition;

static gboolean
add (AcStore *store, gpointer data, GError **error)
{
  return ac_policy_add (store, ((Addition *)data)->policy, error);
}

static void
added (gpointer data, const GError *error, gpointer unused)
{
  Addition *addition = data;

  addition->error = error != NULL ? g_error_copy (error) : NULL;
  addition->answered++;
}

/* Returns: (transfer full) (nullable): the error. */
static GError *
add_version (StoreFixture *self, const gchar *version, const gchar *from,
             const gchar *until, const AcPolicy *rule)
{
  g_autoptr (AcPolicyVersion) policy = ac_policy_version_new ();
  Addition addition = { policy };

  policy->version = g_strdup (version);
  policy->valid_from = g_strdup (from);
  policy->valid_until = g_strdup (until);
  policy->reason = g_strdup ("because");
  if (rule != NULL)
    policy->rule = *rule;
  ac_store_write (self->store, add, &addition, NULL, added, NULL);
  await (&addition.answered, 1);
  return addition.error;
}

static void
set_up (StoreFixture *self, gconstpointer unused)
{
  store_fixture_set_up (self);
}

static void
tear_down (StoreFixture *self, gconstpointer unused)
{
  store_fixture_tear_down (self);
}

/* What comes with the schema is the default, and its digest is what it says. */
static void
test_first (StoreFixture *self, gconstpointer unused)
{
  g_autoptr (AcPolicyVersion) policy = ac_policy_on (self->store, "2026-11-25", NULL);
  g_autoptr (AcPolicyVersion) plain = ac_policy_version_new ();
  g_autoptr (GBytes) digest = NULL;

  g_assert_cmpstr (policy->version, ==, "standard-1");
  g_assert_cmpint (policy->rule.kind, ==, AC_POLICY_PER_MINUTES);
  g_assert_cmpint (policy->rule.minutes, ==, 45);
  g_assert_cmpint (policy->rule.step_permille, ==, 500);
  g_assert_cmpint (policy->attended_permille, ==, 800);
  for (guint i = 0; i < AC_N_DUTIES; i++)
    g_assert_cmpint (policy->required_permille[i], ==, plain->required_permille[i]);
  g_assert_cmpint (policy->required_permille[AC_DUTY_COMMITTEE], ==, 56000);
  digest = ac_policy_digest (policy);
  g_assert_true (g_bytes_equal (digest, policy->digest));
}

static void
assert_on (StoreFixture *self, const gchar *day, const gchar *version)
{
  g_autoptr (AcPolicyVersion) policy = ac_policy_on (self->store, day, NULL);

  g_assert_cmpstr (policy->version, ==, version);
}

static void
test_validity (StoreFixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) list = NULL;

  g_assert_no_error (add_version (self, "a", "2027-01-01", NULL, NULL));
  g_assert_no_error (add_version (self, "b", "2027-07-01", "2027-12-31", NULL));
  g_assert_no_error (add_version (self, "c", "2020-02-29", "2020-02-29", NULL));
  assert_on (self, "2020-02-28", "standard-1");
  assert_on (self, "2020-02-29", "c");
  assert_on (self, "2020-03-01", "standard-1");
  assert_on (self, "2026-12-31", "standard-1");
  assert_on (self, "2027-01-01", "a");
  assert_on (self, "2027-07-01", "b");
  assert_on (self, "2027-12-31", "b");
  assert_on (self, "2028-01-01", "a");
  list = ac_policy_list (self->store, NULL);
  g_assert_cmpuint (list->len, ==, 4);
}

static void
test_tiers (StoreFixture *self, gconstpointer unused)
{
  AcPolicy rule = { 0 };
  g_autoptr (AcPolicyVersion) policy = NULL;
  g_autofree gchar *text = NULL;

  g_assert_true (ac_policy_parse_tiers ("1:0.25,15:0.5,30:1", &rule));
  g_assert_no_error (add_version (self, "t", "2027-01-01", NULL, &rule));
  policy = ac_policy_find (self->store, "t", NULL);
  text = ac_policy_tiers_to_text (&policy->rule);
  g_assert_cmpstr (text, ==, "1:0.25,15:0.5,30:1");
  g_assert_cmpint (ac_policy_credit (&policy->rule, 29 * 60000), ==, 500);
  g_assert_cmpint (ac_policy_credit (&policy->rule, 30 * 60000), ==, 1000);
}

static void
test_refused (StoreFixture *self, gconstpointer unused)
{
  static const struct {
    const gchar *version, *from, *until;
    AcPolicy rule;
    const gchar *field;
  } rows[] = {
    { "", "2027-01-01", NULL, { .minutes = 45, .step_permille = 500 }, "version" },
    { "a\nb", "2027-01-01", NULL, { .minutes = 45, .step_permille = 500 }, "version" },
    { "a", "2027-02-29", NULL, { .minutes = 45, .step_permille = 500 }, "from" },
    { "a", "2027-1-1", NULL, { .minutes = 45, .step_permille = 500 }, "from" },
    { "a", "2027-01-01", "soon", { .minutes = 45, .step_permille = 500 }, "until" },
    { "a",
      "2027-01-01",
      "2026-12-31",
      { .minutes = 45, .step_permille = 500 },
      "until" },
    { "a", "2027-01-01", NULL, { .minutes = 0, .step_permille = 500 }, "minutes" },
    { "a", "2027-01-01", NULL, { .minutes = 45, .step_permille = 0 }, "step" },
  };
  g_autoptr (GError) taken = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error =
        add_version (self, rows[i].version, rows[i].from, rows[i].until, &rows[i].rule);

    g_assert_error (error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_INVALID);
    g_assert_cmpstr (ac_credit_error_field (error), ==, rows[i].field);
    g_assert_cmpuint (strlen (error->message), >, 10);
  }
  taken = add_version (self, "standard-1", "2027-01-01", NULL, NULL);
  g_assert_error (taken, AC_CREDIT_ERROR, AC_CREDIT_ERROR_EXISTS);
}

static void
test_texts (void)
{
  static const struct {
    const gchar *text;
    gint64 permille; /* -1: refused */
    const gchar *again;
  } hours[] = {
    { "0.5", 500, "0.5" },  { "32", 32000, "32" }, { "0.25", 250, "0.25" },
    { "1.000", 1000, "1" }, { "0", 0, "0" },       { "0.001", 1, "0.001" },
    { "", -1, NULL },       { ".5", -1, NULL },    { "1.", -1, NULL },
    { "-1", -1, NULL },     { "1,5", -1, NULL },   { "0.0001", -1, NULL },
    { "123456", -1, NULL }, { " 1", -1, NULL },    { "1 ", -1, NULL },
  };
  static const gchar *const bad_tiers[] = {
    "",          "15",        "15:",
    ":1",        "15:1,15:2", "30:1,15:2",
    "15:1,30:1", "15:1,",     "1:1,2:2,3:3,4:4,5:5,6:6,7:7,8:8,9:9",
    "2000:1",    "15:1;30:2",
  };
  AcPolicy rule = { 0 };
  gint64 permille;

  for (guint i = 0; i < G_N_ELEMENTS (hours); i++) {
    g_autofree gchar *again = NULL;

    g_test_message ("%s", hours[i].text);
    g_assert_cmpint (ac_policy_parse_hours (hours[i].text, &permille), ==,
                     hours[i].permille >= 0);
    if (hours[i].permille < 0)
      continue;
    g_assert_cmpint (permille, ==, hours[i].permille);
    again = ac_policy_hours_to_text (permille);
    g_assert_cmpstr (again, ==, hours[i].again);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad_tiers); i++)
    g_assert_false (ac_policy_parse_tiers (bad_tiers[i], &rule));
}

#define ADD(name, function)                                                            \
  g_test_add ("/policies/" name, StoreFixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("first", test_first);
  ADD ("validity", test_validity);
  ADD ("tiers", test_tiers);
  ADD ("refused", test_refused);
  g_test_add_func ("/policies/texts", test_texts);
  return g_test_run ();
}
