#include "cell.h"
#include "roster_run.h"

static void
test_headings (void)
{
  static const struct {
    const gchar *text;
    gint column; /* -1: none */
  } rows[] = {
    { "编号", AC_ROSTER_NUMBER },
    { "姓 名", AC_ROSTER_NAME },
    { "*姓名（必填）", AC_ROSTER_NAME },
    { "Name", AC_ROSTER_NAME },
    { "Home Branch", AC_ROSTER_HOME },
    { "手机号码(11位)", AC_ROSTER_PHONE },
    { "联系\n电话", AC_ROSTER_PHONE },
    { "流动党员证号:", AC_ROSTER_CERTIFICATE },
    { "农民工党员台账编号", AC_ROSTER_KEY + 3 },
    { "农民工台账编号", AC_ROSTER_KEY },
    { "备注", -1 },
    { "", -1 },
    { "（姓名）", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    AcRosterColumn column = AC_ROSTER_NUMBER;
    gboolean known = ac_roster_column_from_heading (rows[i].text, &column);

    g_test_message ("%s", rows[i].text);
    g_assert_true (known == (rows[i].column >= 0));
    if (known)
      g_assert_cmpint (column, ==, rows[i].column);
  }
  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++) {
    AcRosterColumn column;

    g_assert_true (
        ac_roster_column_from_heading (ac_roster_column_heading (i), &column));
    g_assert_cmpint (column, ==, i);
    g_assert_true (ac_roster_column_from_heading (ac_roster_column_name (i), &column));
    g_assert_cmpint (column, ==, i);
  }
}

/* Branches: 1 县, 2 县/甲镇, 3 县/甲镇/东村, 4 县/乙镇, 5 县/乙镇/东村, 6 厂（东莞）.
 */
static void
test_cells (StoreFixture *f, gconstpointer unused)
{
  static const struct {
    AcRosterColumn column;
    const gchar *text, *value; /* NULL: nothing, or refused */
    gboolean refused;
  } rows[] = {
    { AC_ROSTER_NUMBER, "１００１", "1001" },
    { AC_ROSTER_NUMBER, " 10 01 ", "1001" },
    { AC_ROSTER_NUMBER, "", NULL },
    { AC_ROSTER_NUMBER, "编号一", NULL, TRUE },
    { AC_ROSTER_NAME, "王　明", "王明" },
    { AC_ROSTER_NAME, "王 小 明", "王小明" },
    { AC_ROSTER_NAME, "John  Smith", "John Smith" },
    { AC_ROSTER_NAME, "阿卜杜•热西提", "阿卜杜·热西提" },
    { AC_ROSTER_NAME, "无", NULL, TRUE },
    { AC_ROSTER_KIND, "预备党员", "probationary" },
    { AC_ROSTER_KIND, "正式党员", "member" },
    { AC_ROSTER_KIND, "trainee", "trainee" },
    { AC_ROSTER_KIND, "国王", NULL, TRUE },
    { AC_ROSTER_PHONE, "１３８ ００１３ ８０００", "13800138000" },
    { AC_ROSTER_PHONE, "+86-13800138000", "13800138000" },
    { AC_ROSTER_PHONE, "没有", NULL, TRUE },
    { AC_ROSTER_PHONE, "无", "" },
    { AC_ROSTER_PHONE, "－", "" },
    { AC_ROSTER_HOME, "县", "1" },
    { AC_ROSTER_HOME, "甲镇", "2" },
    { AC_ROSTER_HOME, "甲镇/东村", "3" },
    { AC_ROSTER_HOME, "县／乙镇／东村", "5" },
    { AC_ROSTER_HOME, "东村", NULL, TRUE }, /* which? */
    { AC_ROSTER_HOME, "西村", NULL, TRUE },
    { AC_ROSTER_HOME, "厂(东莞)", NULL, TRUE }, /* the other side */
    { AC_ROSTER_HOST, "厂(东莞)", "6" },
    { AC_ROSTER_HOST, "厂（东莞）", "6" },
    { AC_ROSTER_HOST, "县", NULL, TRUE },
    { AC_ROSTER_HOME_FROM, "2026年1月5日", "2026-01-05" },
    { AC_ROSTER_HOME_FROM, "46027", "2026-01-05" },
    { AC_ROSTER_HOME_FROM, "去年", NULL, TRUE },
    { AC_ROSTER_CERTIFICATE, "LD 001", "LD001" },
    { AC_ROSTER_CERTIFICATE, "流001", NULL, TRUE },
    { AC_ROSTER_CERTIFICATE, "无", NULL, TRUE },
    { AC_ROSTER_CERTIFICATE_STATE, "已认证", "verified" },
    { AC_ROSTER_CERTIFICATE_STATE, "好", NULL, TRUE },
    { AC_ROSTER_KEY, "农2024-1", "农2024-1" },
    { AC_ROSTER_KEY, "无", "" },
  };
  g_autoptr (AcBranchIndex) branches = NULL;

  jobs_add_branch (f->store, "县", 0, NULL, NULL);
  jobs_add_branch (f->store, "甲镇", 1, NULL, NULL);
  jobs_add_branch (f->store, "东村", 2, NULL, NULL);
  jobs_add_branch (f->store, "乙镇", 1, NULL, NULL);
  jobs_add_branch (f->store, "东村", 4, NULL, NULL);
  jobs_add_branch (f->store, "厂（东莞）", 0, "enterprise", NULL);
  branches = ac_branch_index_new (f->store, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (AcRosterWhy) why = { 0 };
    g_autofree gchar *value =
        ac_roster_cell_read (rows[i].column, rows[i].text, branches, &why);

    g_test_message ("%s: %s", rows[i].text, why.text);
    g_assert_cmpstr (value, ==, rows[i].value);
    g_assert_true ((why.text != NULL) == rows[i].refused);
    g_assert_true ((why.text_zh != NULL) == rows[i].refused);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cell/headings", test_headings);
  g_test_add ("/cell/cells", StoreFixture, NULL, jobs_set_up, test_cells,
              jobs_tear_down);
  return g_test_run ();
}
