/* Transcripts: their codes, and what can be told of a paper later. */
#include "county.h"

#include "credit_error.h"
#include "transcript.h"

typedef struct {
  const AcReportAsk *ask;
  gchar *code;
} Noting;

static gboolean
note (AcStore *store, gpointer data, GError **error)
{
  Noting *noting = data;

  return ac_transcript_note (store, noting->ask, 0, &noting->code, error);
}

/* Returns: (transfer full). */
static gchar *
note_transcript (County *self)
{
  Noting noting = { self->ask, NULL };

  county_run (self, note, &noting);
  return noting.code;
}

static const CountyEntry whole = { AC_ENTRY_AUTO, AC_STUDY_GROUP, 1, 1,
                                   "0-7200000",   MINUTES (120) };
static const CountyEntry more = { AC_ENTRY_AUTO, AC_STUDY_SELF, 2, 1,
                                  "0-2700000",   MINUTES (45) };

static void
test_report (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report = NULL;

  county_enter (self, &whole);
  county_enter (self, &more);
  self->ask->member = 1;
  report = county_report (self, AC_REPORT_TRANSCRIPT);
  g_assert_cmpuint (ac_report_n_rows (report), ==, 2);
  g_assert_cmpstr (ac_report_cell (report, 0, 0)->text, ==, "2025-03-10");
  g_assert_cmpint (county_sum (report, "group_credit"), ==, 2500);
  g_assert_cmpint (county_sum (report, "self_credit"), ==, 1000);
  g_assert_cmpstr (county_fact (report, "姓名"), ==, "王小明");
}

static void
test_holds (County *self, gconstpointer unused)
{
  g_autofree gchar *code = NULL;
  g_autofree gchar *again = NULL;
  g_autofree gchar *other = NULL;
  g_autoptr (AcTranscriptCheck) then = NULL;
  g_autoptr (AcTranscriptCheck) now = NULL;

  county_enter (self, &whole);
  self->ask->member = 1;
  code = note_transcript (self);
  g_assert_cmpuint (strlen (code), ==, AC_TRANSCRIPT_CODE_PRINTED);
  again = note_transcript (self);
  g_assert_cmpstr (code, ==, again);
  then = ac_transcript_check (self->store.store, code, NULL);
  g_assert_true (then->holds);
  g_assert_cmpint (then->group_permille, ==, 2500);
  g_assert_cmpint (then->n_lessons, ==, 1);
  g_assert_cmpint (then->ledger_seq, ==, 1);
  g_assert_cmpstr (then->name, ==, "王*明");
  g_assert_cmpstr (then->from, ==, "2025-01-01");

  county_enter (self, &more);
  now = ac_transcript_check (self->store.store, code, NULL);
  g_assert_false (now->holds);
  g_assert_cmpint (now->group_permille, ==, 2500); /* as on the paper */
  other = note_transcript (self);
  g_assert_cmpstr (code, !=, other);
}

/* Others' entries change nothing, and nothing is left of who was erased. */
static void
test_erased (County *self, gconstpointer unused)
{
  static const CountyEntry others = { AC_ENTRY_AUTO, AC_STUDY_GROUP, 1, 3,
                                      "0-7200000",   MINUTES (120) };
  g_autofree gchar *code = NULL;
  g_autoptr (AcTranscriptCheck) check = NULL;
  g_autoptr (GError) error = NULL;

  county_enter (self, &whole);
  self->ask->member = 1;
  code = note_transcript (self);
  county_enter (self, &others);
  check = ac_transcript_check (self->store.store, code, NULL);
  g_assert_true (check->holds);
  write_sql (self->store.store,
             "INSERT INTO erased_members (member, erased_ms) VALUES (1, 1)");
  g_assert_null (ac_transcript_check (self->store.store, code, &error));
  g_assert_error (error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_NOT_FOUND);
}

/* Every single wrong character is found, and what people mistake is read. */
static void
test_codes (County *self, gconstpointer unused)
{
  static const gchar letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  g_autofree gchar *printed = NULL;
  g_autofree gchar *code = NULL;
  g_autofree gchar *small = NULL;
  g_autofree gchar *parsed = NULL;

  county_enter (self, &whole);
  self->ask->member = 1;
  printed = note_transcript (self);
  code = ac_transcript_code_parse (printed);
  g_assert_nonnull (code);
  small = g_ascii_strdown (printed, -1);
  for (gchar *at = small; *at != '\0'; at++)
    *at = *at == '0' ? 'o' : *at == '1' ? 'l' : *at;
  parsed = ac_transcript_code_parse (small);
  g_assert_cmpstr (parsed, ==, code);
  for (guint at = 0; at < AC_TRANSCRIPT_CODE_CHARS; at++)
    for (guint i = 0; i < 32; i++) {
      g_autofree gchar *wrong = g_strdup (code);
      g_autofree gchar *found = NULL;

      wrong[at] = letters[i];
      found = ac_transcript_code_parse (wrong);
      g_assert_true ((found != NULL) == (wrong[at] == code[at]));
    }
  g_assert_null (ac_transcript_code_parse (""));
  g_assert_null (ac_transcript_code_parse ("7K3QW-0M9XR-4TBC"));
  g_assert_null (ac_transcript_code_parse ("7K3QW-0M9XR-4TBC!"));
  g_assert_null (ac_transcript_code_parse ("王"));
}

static void
test_limit (County *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *code = NULL;

  county_enter (self, &whole);
  self->ask->member = 1;
  write_sql (self->store.store,
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
             "WHERE i < 199) INSERT INTO transcripts SELECT 'x' || i, 1, '2025-01-01', "
             "'2025-12-31', 1, NULL, 0, 0, 0, 0, x'', x'' FROM n");
  code = note_transcript (self);
  county_enter (self, &more);
  g_assert_cmpint (
      query_number (self->store.store, "SELECT count (*) FROM transcripts"), ==,
      AC_TRANSCRIPTS_PER_MEMBER_MAX);
  g_assert_false (ac_transcript_note (self->store.store, self->ask, 0, &code, &error));
  g_assert_error (error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_STATE);
}

int
main (int argc, char **argv)
{
  static const CountyTest tests[] = {
    { "report", test_report }, { "holds", test_holds }, { "erased", test_erased },
    { "codes", test_codes },   { "limit", test_limit },
  };

  g_test_init (&argc, &argv, NULL);
  county_add_tests ("/transcripts/", tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
