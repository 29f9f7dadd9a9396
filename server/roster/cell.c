#include "cell.h"

#include "certificate.h"
#include "day.h"
#include "field_check.h"
#include "identity_number.h"
#include "member.h"

#include <string.h>

/* Words in tables, the first of each value is written. */
typedef struct {
  const gchar *value;
  const gchar *words[6];
} Word;

static const Word kinds[] = {
  { "member", { "正式党员", "党员", "中共党员", "member" } },
  { "probationary", { "预备党员", "probationary" } },
  { "activist", { "入党积极分子", "积极分子", "activist" } },
  { "trainee", { "群众学员", "学员", "群众", "trainee" } },
};

static const Word states[] = {
  { "unverified", { "未认证", "未核验", "未实名认证", "unverified" } },
  { "verified", { "已认证", "已核验", "已实名认证", "verified" } },
  { "revoked", { "已注销", "已撤销", "注销", "revoked" } },
};

gchar *
ac_roster_narrow (const gchar *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar character = g_utf8_get_char (text);

    if (character >= 0xff01 && character <= 0xff5e)
      character -= 0xff01 - '!';
    g_string_append_unichar (out, character);
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gchar *
without_spaces (const gchar *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isspace (g_utf8_get_char (text)))
      g_string_append_unichar (out, g_utf8_get_char (text));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* "王　明" is padded to look like three characters; "John Smith" is not. Dots between
 * the parts of a name are all the same one. */
static gchar *
read_name (const gchar *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean space = FALSE, han = FALSE;

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar character = g_utf8_get_char (text);
    gboolean is_han = g_unichar_iswide (character);

    if (g_unichar_isspace (character)) {
      space = TRUE;
      continue;
    }
    if (character == 0x2022 || character == 0x30fb || character == 0x2027)
      character = 0xb7;
    if (space && !(han && is_han))
      g_string_append_c (out, ' ');
    g_string_append_unichar (out, character);
    space = FALSE;
    han = is_han;
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

void
ac_roster_why_clear (AcRosterWhy *why)
{
  g_clear_pointer (&why->text, g_free);
  g_clear_pointer (&why->text_zh, g_free);
}

static gchar *
refuse (AcRosterWhy *ret_why, const gchar *why, const gchar *why_zh)
{
  ret_why->text = g_strdup (why);
  ret_why->text_zh = g_strdup (why_zh);
  return NULL;
}

static gchar *
read_word (const Word *words, guint n_words, const gchar *text, const AcRosterWhy *why,
           AcRosterWhy *ret_why)
{
  for (guint i = 0; i < n_words; i++)
    if (g_strv_contains (words[i].words, text))
      return g_strdup (words[i].value);
  return refuse (ret_why, why->text, why->text_zh);
}

/* Takes @text; (nullable) @error is freed. */
static gchar *
checked (gchar *text, GError *error, const gchar *why_zh, AcRosterWhy *ret_why)
{
  g_autoptr (GError) owned = error;

  if (owned == NULL)
    return text;
  g_free (text);
  return refuse (ret_why, owned->message, why_zh);
}

static gchar *
read_branch (AcRosterColumn column, const gchar *text, AcBranchIndex *branches,
             AcRosterWhy *ret_why)
{
  gint64 branch = ac_branch_index_find (branches, text);

  if (branch == AC_BRANCH_INDEX_NONE) {
    ret_why->text = g_strdup_printf (
        "there is no branch \"%s\": check its name, or add it first", text);
    ret_why->text_zh = g_strdup_printf (
        "没有叫“%s”的支部，请核对名称；确实没有的，先到“支部”里添加", text);
    return NULL;
  }
  if (branch == AC_BRANCH_INDEX_AMBIGUOUS) {
    ret_why->text = g_strdup_printf (
        "several branches are called \"%s\": write its town before it, with a slash",
        text);
    ret_why->text_zh = g_strdup_printf (
        "有多个支部叫“%s”，请在前面写上所属乡镇并用斜杠隔开，如“甲镇/%s”", text, text);
    return NULL;
  }
  if (ac_branch_index_is_host (branches, branch) != (column == AC_ROSTER_HOST)) {
    ret_why->text = g_strdup_printf ("\"%s\" is a branch of the other side", text);
    ret_why->text_zh = g_strdup_printf ("“%s”是%s支部，请填到对应的列", text,
                                        column == AC_ROSTER_HOST ? "流出地" : "流入地");
    return NULL;
  }
  return g_strdup_printf ("%" G_GINT64_FORMAT, branch);
}

static gchar *
read_phone (const gchar *text, AcRosterWhy *ret_why)
{
  gchar *phone = ac_phone_normalize (text);

  return phone != NULL
             ? phone
             : refuse (ret_why, "a phone has 11 digits, one from abroad 7 to 15",
                       "手机号应为 11 位数字；境外号码 7 至 15 位");
}

static gchar *
read_day (const gchar *text, AcRosterWhy *ret_why)
{
  gchar day[AC_DAY_CHARS + 1];

  if (ac_day_parse (text, day))
    return g_strdup (day);
  return refuse (
      ret_why,
      "there is no such day, or it is not written 2026-01-05, 2026/1/5 or 2026年1月5日",
      "没有这一天，或写法不对；应如 2026-01-05、2026/1/5 或 2026年1月5日");
}

/* What is refused is not said again: it may be most of a number. */
static gchar *
read_identity (const gchar *text, AcRosterWhy *ret_why)
{
  gchar *number = ac_identity_number_normalize (text);

  return number != NULL
             ? number
             : refuse (ret_why,
                       "this is no identity number: 18 characters, the last one checks "
                       "the others",
                       "身份证号不正确：应为 18 位，请核对末位校验码");
}

static gboolean
can_be_taken_away (AcRosterColumn column)
{
  return column == AC_ROSTER_PHONE || column == AC_ROSTER_HOME ||
         column == AC_ROSTER_HOST || column >= AC_ROSTER_IDENTITY;
}

static gchar *
read_number (const gchar *text, AcRosterWhy *ret_why)
{
  gchar *number = without_spaces (text);

  return checked (number, ac_check_number (number),
                  "编号只能用数字、英文字母和连字符，1 至 32 位", ret_why);
}

static gchar *
read_certificate (const gchar *text, AcRosterWhy *ret_why)
{
  gchar *number = without_spaces (text);

  return checked (number, ac_check_certificate (number),
                  "证号只能用数字、英文字母和 - / _ .，1 至 32 位", ret_why);
}

static gchar *
read_value (AcRosterColumn column, const gchar *text, AcBranchIndex *branches,
            AcRosterWhy *ret_why)
{
  static const AcRosterWhy no_kind = {
    (gchar *)"the kind is 正式党员, 预备党员, 入党积极分子 or 群众学员",
    (gchar *)"人员类别应为正式党员、预备党员、入党积极分子或群众学员",
  };
  static const AcRosterWhy no_state = {
    (gchar *)"the state is 未认证, 已认证 or 已注销",
    (gchar *)"证书状态应为未认证、已认证或已注销",
  };
  gchar *name;

  switch (column) {
  case AC_ROSTER_NUMBER:
    return read_number (text, ret_why);
  case AC_ROSTER_NAME:
    name = read_name (text);
    return checked (name, ac_check_name (name), "姓名应为 1 至 64 个字，不含控制字符",
                    ret_why);
  case AC_ROSTER_KIND:
    return read_word (kinds, G_N_ELEMENTS (kinds), text, &no_kind, ret_why);
  case AC_ROSTER_PHONE:
    return read_phone (text, ret_why);
  case AC_ROSTER_HOME:
  case AC_ROSTER_HOST:
    return read_branch (column, text, branches, ret_why);
  case AC_ROSTER_HOME_FROM:
  case AC_ROSTER_HOST_FROM:
    return read_day (text, ret_why);
  case AC_ROSTER_CERTIFICATE:
    return read_certificate (text, ret_why);
  case AC_ROSTER_CERTIFICATE_STATE:
    return read_word (states, G_N_ELEMENTS (states), text, &no_state, ret_why);
  case AC_ROSTER_IDENTITY:
    return read_identity (text, ret_why);
  default:
    return checked (g_strdup (text), ac_check_key (text),
                    "台账编号应为 1 至 64 个字，不含控制字符", ret_why);
  }
}

gchar *
ac_roster_cell_read (AcRosterColumn column, const gchar *text, AcBranchIndex *branches,
                     AcRosterWhy *ret_why)
{
  static const gchar *const nothing[] = { "无", "-", "none", NULL };
  g_autofree gchar *narrowed = NULL;

  *ret_why = (AcRosterWhy){ 0 };
  if (*text == '\0')
    return NULL;
  narrowed = ac_roster_narrow (text);
  if (g_strv_contains (nothing, narrowed))
    return can_be_taken_away (column)
               ? g_strdup ("")
               : refuse (ret_why, "this cannot be taken away: leave the cell empty",
                         "此项不能清除，如无变化请留空");
  return read_value (column, narrowed, branches, ret_why);
}

static gchar *
write_word (const Word *words, guint n_words, const gchar *value)
{
  for (guint i = 0; i < n_words; i++)
    if (strcmp (words[i].value, value) == 0)
      return g_strdup (words[i].words[0]);
  return g_strdup (value);
}

gchar *
ac_roster_cell_write (AcRosterColumn column, const gchar *value,
                      AcBranchIndex *branches)
{
  if (value == NULL)
    return g_strdup ("");
  switch (column) {
  case AC_ROSTER_KIND:
    return write_word (kinds, G_N_ELEMENTS (kinds), value);
  case AC_ROSTER_CERTIFICATE_STATE:
    return write_word (states, G_N_ELEMENTS (states), value);
  case AC_ROSTER_HOME:
  case AC_ROSTER_HOST:
    return g_strdup (
        ac_branch_index_path (branches, g_ascii_strtoll (value, NULL, 10)));
  default:
    return g_strdup (value);
  }
}
