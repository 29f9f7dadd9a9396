#include "csv.h"
#include "roster_run.h"

static AcSheet *
sheet_of (const gchar *csv)
{
  g_autoptr (GBytes) file = g_bytes_new_static (csv, strlen (csv));
  g_autoptr (GError) error = NULL;
  AcSheet *sheet = ac_sheet_read (file, &error);

  g_assert_no_error (error);
  return sheet;
}

/* Branches: 1 县, 2 县/镇, 3 厂. */
static void
add_branches (StoreFixture *f)
{
  jobs_add_branch (f->store, "县", 0, NULL, NULL);
  jobs_add_branch (f->store, "镇", 1, NULL, NULL);
  jobs_add_branch (f->store, "厂", 0, "enterprise", NULL);
}

static AcRosterReport *
look (StoreFixture *f, const gchar *csv)
{
  g_autoptr (AcSheet) sheet = sheet_of (csv);

  return roster_import (f->store, sheet, NULL, NULL);
}

static void
apply (StoreFixture *f, const gchar *csv)
{
  g_autoptr (AcSheet) sheet = sheet_of (csv);
  g_autoptr (AcRosterReport) seen = roster_import (f->store, sheet, NULL, NULL);
  g_autoptr (AcRosterReport) done = NULL;

  g_assert_false (seen->applied);
  for (guint i = 0; i < seen->rows->len; i++)
    g_assert_cmpstr (((AcRosterRow *)seen->rows->pdata[i])->why.text, ==, NULL);
  done = roster_import (f->store, sheet, seen->digest, NULL);
  g_assert_true (done->applied);
}

/* "3:new 4:changed[name,phone] 5:refused[home]" */
static gchar *
fates (const AcRosterReport *report)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < report->rows->len; i++) {
    const AcRosterRow *row = report->rows->pdata[i];
    gboolean open = FALSE;

    g_string_append_printf (text, "%s%u:%s", i > 0 ? " " : "", row->number,
                            ac_roster_fate_name (row->fate));
    if (row->fate == AC_ROSTER_REFUSED)
      g_string_append_printf (
          text, "[%s]", row->column >= 0 ? ac_roster_column_name (row->column) : "row");
    if (row->fate != AC_ROSTER_CHANGED)
      continue;
    for (guint column = 0; column < AC_ROSTER_COLUMNS; column++)
      if ((row->changed & (1u << column)) != 0) {
        g_string_append_printf (text, "%s%s", open ? "," : "[",
                                ac_roster_column_name (column));
        open = TRUE;
      }
    g_string_append_c (text, ']');
  }
  return g_string_free (text, FALSE);
}

static void
assert_fates (StoreFixture *f, const gchar *csv, const gchar *expected)
{
  g_autoptr (AcRosterReport) report = look (f, csv);
  g_autofree gchar *text = fates (report);

  for (guint i = 0; i < report->rows->len; i++)
    if (((AcRosterRow *)report->rows->pdata[i])->why.text != NULL)
      g_test_message ("%s", ((AcRosterRow *)report->rows->pdata[i])->why.text);
  g_assert_cmpstr (text, ==, expected);
}

#define HEADINGS                                                                                       \
  "编号,姓名,人员类别,手机号码,流出地支部,转入日期,流入地支部,流入日期," \
  "流动党员证号,证书状态,农民工台账编号\n"

#define WANG                                                                           \
  "1001,王 明,党员,13800138000,县/镇,2026/1/5,厂,2026年2月1日,LD001,已认证,N1\n"
#define LI "1002,李雷,群众学员,,,,,,,,\n"

static void
test_new (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (AcMember) wang = NULL;
  g_autoptr (GPtrArray) certificates = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  AcMembership membership;

  add_branches (f);
  assert_fates (f, "县党员花名册,,,\n\n" HEADINGS WANG ",,,\n" LI, "4:new 6:new");
  g_assert_cmpint (query_number (f->store, "SELECT count (*) FROM members"), ==, 0);
  apply (f, HEADINGS WANG LI);
  wang = ac_member_find (f->store, "1001", NULL);
  g_assert_cmpstr (wang->name, ==, "王明");
  g_assert_cmpstr (wang->phone, ==, "13800138000");
  g_assert_cmpint (wang->certificate_state, ==, AC_CERTIFICATE_VERIFIED);
  g_assert_false (wang->has_password);
  ac_membership_at (f->store, wang->id, JOBS_NOW_MS, &membership, NULL);
  g_assert_cmpint (membership.home, ==, 2);
  g_assert_cmpint (membership.host, ==, 3);
  certificates = ac_certificate_history (f->store, wang->id, NULL);
  g_assert_cmpuint (certificates->len, ==, 1);
  keys = ac_import_key_list (f->store, wang->id, NULL);
  g_assert_cmpstr (keys->pdata[AC_LEDGER_WORKERS], ==, "N1");
  assert_fates (f, HEADINGS WANG LI, "2:same 3:same");
}

static void
test_changed (StoreFixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *csv, *fates;
  } rows[] = {
    { "编号,姓名\n1001,王小明\n", "2:changed[name]" },
    { "编号,姓名\n1001,\n", "2:same" },             /* empty says nothing */
    { "姓名,农民工台账编号\n王明,N1\n", "2:same" }, /* found by a ledger's key */
    { "姓名,证号\n王明,ld001\n", "2:same" },
    { "编号,姓名,手机\n1001,王明,无\n", "2:changed[phone]" },
    { "编号,姓名,流出地支部\n1001,王明,县\n", "2:changed[home]" },
    { "编号,姓名,流出地支部,转入日期\n1001,王明,县,2026-03-01\n",
      "2:changed[home,home-from]" },
    { "编号,姓名,流出地支部,转入日期\n1001,王明,镇,2025-12-01\n",
      "2:changed[home-from]" },
    { "编号,姓名,流入地支部\n1001,王明,无\n", "2:changed[host]" },
    { "编号,姓名,证书状态\n1001,王明,已注销\n", "2:changed[certificate-state]" },
    { "编号,姓名,证号\n1001,王明,LD9\n", "2:changed[certificate]" },
    { "编号,姓名,农民工台账编号\n1001,王明,无\n", "2:changed[key-workers]" },
    { "编号,姓名,人员类别,备注\n1001,王明,预备党员,x\n", "2:changed[kind]" },
  };

  add_branches (f);
  apply (f, HEADINGS WANG LI);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_fates (f, rows[i].csv, rows[i].fates);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].csv);
    apply (f, rows[i].csv);
    assert_fates (f, rows[i].csv, "2:same");
    if (strstr (rows[i].csv, "LD9") != NULL)
      g_assert_cmpint (query_number (f->store,
                                     "SELECT certificate_state = 'unverified' "
                                     "FROM members WHERE number = '1001'"),
                       ==, 1);
    jobs_tear_down (f, NULL);
    jobs_set_up (f, NULL);
    add_branches (f);
    apply (f, HEADINGS WANG LI);
  }
}

static void
test_refused (StoreFixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *csv, *fates;
  } rows[] = {
    { "编号,姓名\n1003,\n", "2:refused[name]" },
    { "编号,姓名\n,韩梅梅\n", "2:refused[number]" },
    { "编号,姓名\n1003,韩梅梅\n1003,韩梅梅\n", "2:new 3:refused[number]" },
    { "编号,姓名\n1001,王明\n1001,王明\n", "2:same 3:refused[number]" },
    { "编号,姓名,证号\n1002,李雷,LD001\n", "2:refused[certificate]" },
    { "编号,姓名,证号\n1003,甲,LD7\n1004,乙,ld7\n", "2:new 3:refused[certificate]" },
    { "编号,姓名,农民工台账编号\n1002,李雷,N1\n", "2:refused[key-workers]" },
    { "编号,姓名,流出地支部\n1003,甲,县外\n", "2:refused[home]" },
    { "编号,姓名,流出地支部\n1003,甲,厂\n", "2:refused[home]" },
    { "编号,姓名,转入日期\n1002,李雷,2026-01-01\n", "2:refused[home-from]" },
    { "编号,姓名,流出地支部,转入日期\n1003,甲,县,2026-03-11\n",
      "2:refused[home-from]" },
    { "编号,姓名,流出地支部,转入日期\n1001,王明,县,2026-01-01\n",
      "2:refused[home-from]" },
    { "编号,姓名,流出地支部,转入日期\n1001,王明,镇,2026-01-06\n",
      "2:refused[home-from]" },
    { "编号,姓名,证书状态\n1002,李雷,已认证\n", "2:refused[certificate-state]" },
    { "编号,姓名,手机\n1002,李雷,12\n1003,乙,\n", "2:refused[phone] 3:new" },
  };

  add_branches (f);
  apply (f, HEADINGS WANG LI);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_fates (f, rows[i].csv, rows[i].fates);
  apply (f, "编号,姓名,流出地支部,转入日期\n1001,王明,县,2026-03-01\n");
  assert_fates (f, "编号,姓名,流出地支部,转入日期\n1001,王明,县,2026-01-05\n",
                "2:refused[home-from]");
}

/* 王明 leads the town: to whoever is not over it, another phone is another's way in. */
static void
test_phone_of_an_office (StoreFixture *f, gconstpointer unused)
{
  static const gchar *const offices[] = {
    "INSERT INTO grants (member, role, branch, wall_ms) "
    "SELECT id, 'secretary', 2, 1 FROM members WHERE number = '1001'",
    "INSERT INTO grants (member, role, branch, wall_ms) "
    "SELECT id, 'steward', NULL, 1 FROM members WHERE number = '1001'",
  };
  static const gchar csv[] =
      "编号,姓名,手机\n1001,王明,13900139000\n1002,李雷,13900139001\n";

  for (guint i = 0; i < G_N_ELEMENTS (offices); i++) {
    add_branches (f);
    apply (f, HEADINGS WANG LI);
    write_sql (f->store, offices[i]);
    jobs_add_member (f->store, "9001");
    write_sql (f->store, "INSERT INTO grants (member, role, branch, wall_ms) "
                         "SELECT id, 'staff', NULL, 1 FROM members "
                         "WHERE number = '9001'");
    assert_fates (f, csv, "2:changed[phone] 3:changed[phone]"); /* the operator's */
    roster_actor = query_number (f->store, "SELECT id FROM members "
                                           "WHERE number = '9001'");
    assert_fates (f, csv, "2:refused[phone] 3:changed[phone]");
    assert_fates (f, "编号,姓名,手机\n1001,王小明,13800138000\n", "2:changed[name]");
    assert_fates (f, "编号,姓名,手机\n1001,王明,无\n", "2:refused[phone]");
    write_sql (f->store, "UPDATE grants SET role = 'administrator' "
                         "WHERE branch IS NULL");
    assert_fates (f, csv, "2:changed[phone] 3:changed[phone]");
    roster_actor = query_number (f->store, "SELECT id FROM members "
                                           "WHERE number = '1001'");
    assert_fates (f, "编号,姓名,手机\n1001,王明,13900139000\n", "2:changed[phone]");
    roster_actor = 0;
    jobs_tear_down (f, NULL);
    jobs_set_up (f, NULL);
  }
}

static void
assert_import_fails (StoreFixture *f, const gchar *csv, const gchar *digest,
                     const gchar *field)
{
  g_autoptr (AcSheet) sheet = sheet_of (csv);
  GError *error = NULL;

  g_assert_null (roster_import (f->store, sheet, digest, &error));
  g_test_message ("%s", error->message);
  jobs_assert_refused (error, AC_ORGANISATION_ERROR_INVALID, field);
}

static void
test_all_or_nothing (StoreFixture *f, gconstpointer unused)
{
  static const gchar *const good = "编号,姓名\n1,甲\n2,乙\n";
  static const gchar *const bad = "编号,姓名\n1,甲\n2,\n";
  g_autoptr (AcRosterReport) good_report = look (f, good);
  g_autoptr (AcRosterReport) again = look (f, good);
  g_autoptr (AcRosterReport) bad_report = look (f, bad);

  g_assert_cmpuint (strlen (good_report->digest), ==, 32);
  g_assert_cmpstr (good_report->digest, ==, again->digest);
  assert_import_fails (f, bad, bad_report->digest, "file");
  assert_import_fails (f, "编号,姓名\n1,甲\n2,丙\n", good_report->digest, "apply");
  assert_import_fails (f, good, "0", "apply");
  assert_import_fails (f, "姓名\n甲\n", NULL, "file");
  assert_import_fails (f, "", NULL, "file");
  assert_import_fails (f, "编号,姓名,名字\n1,甲,乙\n", NULL, "file");
  g_assert_cmpint (query_number (f->store, "SELECT count (*) FROM members"), ==, 0);
  /* The roster has changed since it was looked at. */
  jobs_add_member (f->store, "1");
  assert_import_fails (f, good, good_report->digest, "apply");
}

static void
assert_round_trip (StoreFixture *f, gint64 branch, guint n_rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSheet) sheet = ac_roster_export (f->store, branch, roster_keys, &error);
  g_autoptr (GBytes) file = NULL;
  g_autoptr (AcSheet) read = NULL;
  g_autoptr (AcRosterReport) report = NULL;
  g_autofree gchar *text = NULL;

  g_assert_no_error (error);
  file = ac_csv_write (sheet);
  read = ac_sheet_read (file, &error);
  g_assert_no_error (error);
  report = roster_import (f->store, read, NULL, NULL);
  text = fates (report);
  g_test_message ("%s", text);
  g_assert_cmpuint (report->rows->len, ==, n_rows);
  g_assert_cmpuint (report->counts[AC_ROSTER_SAME], ==, n_rows);
  g_assert_cmpuint (report->ignored->len, ==, 0);
}

static void
test_round_trip (StoreFixture *f, gconstpointer unused)
{
  add_branches (f);
  jobs_add_branch (f->store, "网（深圳）支部", 3, "network", NULL);
  apply (f, HEADINGS WANG LI
         "1003,John Smith,activist,07978123456,镇,,网(深圳)支部,,,,农2024/1\n");
  write_sql (f->store, "UPDATE members SET name = '=cmd' WHERE number = '1002'");
  assert_round_trip (f, 0, 3);
  assert_round_trip (f, 1, 2);
  assert_round_trip (f, 3, 2);
  assert_round_trip (f, 4, 1);
}

#define ADD(name, function)                                                            \
  g_test_add ("/roster/" name, StoreFixture, NULL, jobs_set_up, function,              \
              jobs_tear_down)

#define WANG_IDENTITY "360700199001010018"
#define LI_IDENTITY "36070019851231019X"

static gboolean
tells_digits (const AcRosterReport *report)
{
  for (guint i = 0; i < report->rows->len; i++) {
    const AcRosterRow *row = report->rows->pdata[i];

    if (row->why.text != NULL && strstr (row->why.text, "1990") != NULL)
      return TRUE;
  }
  return FALSE;
}

/* The four ledgers may know no number of ours: the card's number finds the member. What
 * is told of a plan never holds one. */
static void
test_identities (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (AcRosterReport) report = NULL;

  roster_keys = ac_identity_keys_new (NULL);
  add_branches (f);
  apply (f, "编号,姓名,身份证号\n1001,王明," WANG_IDENTITY "\n1002,李红,\n");
  assert_fates (f,
                "编号,姓名,身份证号\n1001,王明,３６０７００１９９００１０１００１８\n",
                "2:same");
  assert_fates (f, "姓名,身份证号,手机号码\n王明," WANG_IDENTITY ",13800138000\n",
                "2:changed[phone]");
  report = look (f, "编号,姓名,身份证号\n1002,李红," WANG_IDENTITY "\n"
                    "1003,张三,360700199001010019\n1004,李四," LI_IDENTITY "\n"
                    "1005,李五," LI_IDENTITY "\n");
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (((AcRosterRow *)report->rows->pdata[i])->fate, ==,
                     i == 2 ? AC_ROSTER_NEW : AC_ROSTER_REFUSED);
  g_assert_false (tells_digits (report));
  apply (f, "编号,身份证号\n1001,无\n");
  apply (f, "编号,身份证号\n1002," LI_IDENTITY "\n");
  assert_round_trip (f, 0, 2);
  g_clear_pointer (&roster_keys, ac_identity_keys_unref);
  /* Without a key the rest of a table goes on. */
  assert_import_fails (f, "编号,身份证号\n1002," LI_IDENTITY "\n", NULL, "file");
  assert_fates (f, "编号,姓名\n1002,李红\n", "2:same");
}

/* What a county's own spreadsheet does: a title over all columns, digits as an input
 * method leaves them, spaces in names, days in three styles and as serial numbers. */
static void
test_county_style (StoreFixture *f, gconstpointer unused)
{
  add_branches (f);
  apply (f, "县流动党员花名册,,,,\n编 号,姓　名,联系电话（必填）,流出地支部,转入日期\n"
            "１００１,王　明,１３８００１３８０００,县／镇,2026/3/5\n"
            "1002,欧阳 小 明,,镇,2026.03.05\n1003,李雷,,镇,2026年3月5日\n"
            "1004,韩梅梅,,镇,46086\n");
  g_assert_cmpint (query_number (f->store, "SELECT count (*) FROM memberships "
                                           "WHERE from_day = '2026-03-05'"),
                   ==, 4);
  g_assert_cmpint (query_number (f->store,
                                 "SELECT count (*) FROM members WHERE name = '王明' "
                                 "AND number = '1001' AND phone = '13800138000'"),
                   ==, 1);
  g_assert_cmpint (query_number (f->store, "SELECT count (*) FROM members "
                                           "WHERE name = '欧阳小明'"),
                   ==, 1);
}

static void
test_corrections (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (AcSheet) sheet = NULL;
  g_autoptr (AcRosterReport) report = NULL;
  g_autofree gchar *text = NULL;
  g_autoptr (GError) error = NULL;

  add_branches (f);
  sheet = sheet_of ("名册\n\n编号,姓名,手机\n1001,王明,12\n\n1002,,\n1003,乙,\n");
  g_assert_true (ac_roster_correct (sheet, 4, AC_ROSTER_PHONE, "无", &error));
  g_assert_true (ac_roster_correct (sheet, 6, AC_ROSTER_NAME, "李 雷", &error));
  g_assert_true (ac_roster_correct (sheet, 6, AC_ROSTER_HOME, "镇", &error));
  g_assert_true (ac_roster_leave_out (sheet, 7, &error));
  g_assert_no_error (error);
  g_assert_false (ac_roster_correct (sheet, 5, AC_ROSTER_NAME, "x", &error));
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_NOT_FOUND,
                       "row");
  g_assert_false (ac_roster_leave_out (sheet, 3, &error));
  jobs_assert_refused (g_steal_pointer (&error), AC_ORGANISATION_ERROR_NOT_FOUND,
                       "row");
  report = roster_import (f->store, sheet, NULL, NULL);
  text = fates (report);
  g_assert_cmpstr (text, ==, "4:new 6:new");
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("new", test_new);
  ADD ("changed", test_changed);
  ADD ("refused", test_refused);
  ADD ("phone-of-an-office", test_phone_of_an_office);
  ADD ("all-or-nothing", test_all_or_nothing);
  ADD ("round-trip", test_round_trip);
  ADD ("identities", test_identities);
  ADD ("county-style", test_county_style);
  ADD ("corrections", test_corrections);
  return g_test_run ();
}
