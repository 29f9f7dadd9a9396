#include "roster.h"

#include <string.h>

typedef struct {
  const gchar *name;
  const gchar
      *headings[12]; /* as compared: no spaces, lower case; the first is shown */
} Column;

static const Column columns[AC_ROSTER_COLUMNS] = {
  [AC_ROSTER_NUMBER] = { "number",
                         { "编号", "党员编号", "学员编号", "人员编号", "工号", "number",
                           "membernumber" } },
  [AC_ROSTER_NAME] = { "name", { "姓名", "名字", "党员姓名", "学员姓名", "name" } },
  [AC_ROSTER_KIND] = { "kind",
                       { "人员类别", "类别", "党员类别", "身份类别", "kind", "type" } },
  [AC_ROSTER_PHONE] = { "phone",
                        { "手机号码", "手机", "手机号", "电话", "联系电话", "联系方式",
                          "电话号码", "phone", "mobile", "telephone" } },
  [AC_ROSTER_HOME] = { "home",
                       { "流出地支部", "流出地党支部", "所在支部", "所在党支部",
                         "组织关系所在党支部", "支部", "党支部", "home", "homebranch",
                         "branch" } },
  [AC_ROSTER_HOME_FROM] = { "home-from",
                            { "流出地支部起始日期", "转入日期", "入支部日期",
                              "home-from", "homefrom" } },
  [AC_ROSTER_HOST] = { "host",
                       { "流入地支部", "流入地党支部", "流入支部", "host",
                         "hostbranch" } },
  [AC_ROSTER_HOST_FROM] = { "host-from",
                            { "流入地支部起始日期", "流入日期", "host-from",
                              "hostfrom" } },
  [AC_ROSTER_CERTIFICATE] = { "certificate",
                              { "流动党员证号", "流动党员证编号", "证书编号",
                                "证件编号", "证号", "certificate",
                                "certificatenumber" } },
  [AC_ROSTER_CERTIFICATE_STATE] = { "certificate-state",
                                    { "证书状态", "认证状态", "实名认证状态",
                                      "certificate-state", "certificatestate" } },
  [AC_ROSTER_IDENTITY] = { "identity",
                           { "身份证号", "身份证号码", "身份证", "公民身份号码",
                             "居民身份证号", "identity", "identity_number",
                             "identitynumber" } },
  [AC_ROSTER_KEY] = { "key-workers",
                      { "农民工台账编号", "农民工编号", "key-workers", "workerskey" } },
  [AC_ROSTER_KEY + 1] = { "key-enterprises",
                          { "集聚地企业台账编号", "集聚地企业编号", "企业台账编号",
                            "key-enterprises", "enterpriseskey" } },
  [AC_ROSTER_KEY + 2] = { "key-activists",
                          { "入党积极分子台账编号", "积极分子台账编号",
                            "入党积极分子编号", "key-activists", "activistskey" } },
  [AC_ROSTER_KEY + 3] = { "key-worker-members",
                          { "农民工党员台账编号", "农民工党员编号",
                            "key-worker-members", "workermemberskey" } },
};

const gchar *
ac_roster_column_name (AcRosterColumn column)
{
  return columns[column].name;
}

gboolean
ac_roster_column_from_name (const gchar *name, AcRosterColumn *ret_column)
{
  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++)
    if (g_strcmp0 (columns[i].name, name) == 0) {
      *ret_column = (AcRosterColumn)i;
      return TRUE;
    }
  return FALSE;
}

const gchar *
ac_roster_column_heading (AcRosterColumn column)
{
  return columns[column].headings[0];
}

/* Returns: (transfer full): without spaces, stars and what stands in brackets. */
static gchar *
simplify (const gchar *heading)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint brackets = 0;

  for (; *heading != '\0'; heading = g_utf8_next_char (heading)) {
    gunichar character = g_utf8_get_char (heading);

    if (character == '(' || character == 0xff08)
      brackets++;
    else if (character == ')' || character == 0xff09)
      brackets -= MIN (brackets, 1);
    else if (brackets == 0 && !g_unichar_isspace (character) && character != '*' &&
             character != ':' && character != 0xff1a)
      g_string_append_unichar (out, g_unichar_tolower (character));
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

gboolean
ac_roster_column_from_heading (const gchar *heading, AcRosterColumn *ret_column)
{
  g_autofree gchar *simple = simplify (heading);

  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++)
    if (g_strv_contains (columns[i].headings, simple)) {
      *ret_column = (AcRosterColumn)i;
      return TRUE;
    }
  return FALSE;
}
