#include "member.h"

#include "field_check.h"

static const gchar *const kind_names[] = {
  [AC_MEMBER_KIND_MEMBER] = "member",
  [AC_MEMBER_KIND_PROBATIONARY] = "probationary",
  [AC_MEMBER_KIND_ACTIVIST] = "activist",
  [AC_MEMBER_KIND_TRAINEE] = "trainee",
};

const gchar *
ac_member_kind_name (AcMemberKind kind)
{
  g_return_val_if_fail ((guint)kind < G_N_ELEMENTS (kind_names), NULL);

  return kind_names[kind];
}

gboolean
ac_member_kind_from_name (const gchar *name, AcMemberKind *ret_kind)
{
  gint kind = ac_organisation_find_word (kind_names, G_N_ELEMENTS (kind_names), name);

  if (kind < 0)
    return FALSE;
  *ret_kind = (AcMemberKind)kind;
  return TRUE;
}

void
ac_member_free (AcMember *member)
{
  g_free (member->number);
  g_free (member->name);
  g_free (member->phone);
  g_free (member->certificate);
  g_free (member);
}

static void
free_member (gpointer data)
{
  ac_member_free (data);
}

#define MEMBER_COLUMNS                                                                 \
  "id, number, name, role, kind, branch, created_ms, password IS NOT NULL, host, "     \
  "phone, certificate, certificate_state"

static AcMember *
read_member (AcStatement *statement)
{
  AcMember *member = g_new0 (AcMember, 1);

  member->id = sqlite3_column_int64 (statement, 0);
  member->number = ac_statement_text (statement, 1);
  member->name = ac_statement_text (statement, 2);
  /* The schema's CHECK admits these names only. */
  ac_role_from_name ((const gchar *)sqlite3_column_text (statement, 3), &member->role);
  ac_member_kind_from_name ((const gchar *)sqlite3_column_text (statement, 4),
                            &member->kind);
  member->branch = sqlite3_column_int64 (statement, 5);
  member->created_ms = sqlite3_column_int64 (statement, 6);
  member->has_password = sqlite3_column_int (statement, 7);
  member->host = sqlite3_column_int64 (statement, 8);
  member->phone = ac_statement_text (statement, 9);
  member->certificate = ac_statement_text (statement, 10);
  ac_certificate_state_from_name ((const gchar *)sqlite3_column_text (statement, 11),
                                  &member->certificate_state);
  return member;
}

AcMember *
ac_member_find (AcStore *store, const gchar *number, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT " MEMBER_COLUMNS " FROM members WHERE number = ?", error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "t", number);
  return ac_store_step (store, statement, error) == SQLITE_ROW ? read_member (statement)
                                                               : NULL;
}

AcMember *
ac_member_get (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT " MEMBER_COLUMNS " FROM members WHERE id = ?", error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", member);
  return ac_store_step (store, statement, error) == SQLITE_ROW ? read_member (statement)
                                                               : NULL;
}

AcMember *
ac_member_require (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT " MEMBER_COLUMNS " FROM members WHERE id = ? "
      "AND NOT EXISTS (SELECT 1 FROM erased_members WHERE member = members.id)",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", member);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_DONE)
    ac_organisation_refuse (error, AC_ORGANISATION_ERROR_NOT_FOUND, "member",
                            "member: no such member");
  return code == SQLITE_ROW ? read_member (statement) : NULL;
}

/* @statement: (nullable): bound; NULL with @error set */
static GPtrArray *
read_members (AcStore *store, AcStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (free_member);
  gint code = -1;

  while (statement != NULL &&
         (code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (members, read_member (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&members) : NULL;
}

GPtrArray *
ac_member_list (AcStore *store, gint64 after, guint limit, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT " MEMBER_COLUMNS " FROM members WHERE id > ? ORDER BY id LIMIT ?",
      error);

  if (statement != NULL)
    ac_statement_bind (statement, "ii", after, (gint64)limit);
  return read_members (store, statement, error);
}

GPtrArray *
ac_member_list_within (AcStore *store, gint64 branch, gint64 after, guint limit,
                       GError **error)
{
  g_autoptr (AcStatement) statement = NULL;

  if (branch == 0)
    return ac_member_list (store, after, limit, error);
  statement = ac_store_prepare (
      store,
      "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "
      "  SELECT branches.id FROM branches JOIN down ON parent = at) "
      "SELECT " MEMBER_COLUMNS " FROM members WHERE id > ?2 AND "
      "  (branch IN (SELECT at FROM down) OR host IN (SELECT at FROM down)) "
      "ORDER BY id LIMIT ?3",
      error);
  if (statement != NULL)
    ac_statement_bind (statement, "iii", branch, after, (gint64)limit);
  return read_members (store, statement, error);
}

/* --- Looking for somebody --- */

/* ?1 branch, ?2 text, ?3 phone, ?4 kind, ?5 state of the certificate, ?6 whether one
 * can sign in; each NULL for any. */
#define SEARCHED                                                                       \
  "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "                                      \
  "  SELECT branches.id FROM branches JOIN down ON parent = at) "
#define FOUND                                                                          \
  "(?1 IS NULL OR branch IN (SELECT at FROM down) OR host IN (SELECT at FROM down)) "  \
  "AND (?2 IS NULL OR instr (name, ?2) > 0 OR phone = ?3 "                             \
  "  OR substr (number, 1, length (?2)) = ?2 COLLATE NOCASE "                          \
  "  OR substr (certificate, 1, length (?2)) = ?2 COLLATE NOCASE) "                    \
  "AND (?4 IS NULL OR kind = ?4) "                                                     \
  "AND (?5 IS NULL OR ifnull (certificate_state, 'none') = ?5) "                       \
  "AND (?6 IS NULL OR (password IS NOT NULL) = ?6 - 1) "                               \
  "AND NOT EXISTS (SELECT 1 FROM erased_members WHERE member = members.id) "

/* @phone: lives until the statement is reset */
static void
bind_query (AcStatement *statement, const AcMemberQuery *query, const gchar *phone)
{
  const gchar *certificate = NULL;

  if (query->certificate == AC_MEMBER_NO_CERTIFICATE)
    certificate = "none";
  else if (query->certificate >= 0)
    certificate = ac_certificate_state_name ((AcCertificateState)query->certificate);
  ac_statement_bind (statement, "nttttn", query->branch, query->text, phone,
                     query->kind >= 0 ? ac_member_kind_name ((AcMemberKind)query->kind)
                                      : NULL,
                     certificate, (gint64)query->can_sign_in + 1);
}

GPtrArray *
ac_member_search (AcStore *store, const AcMemberQuery *query, GError **error)
{
  g_autofree gchar *phone = ac_phone_normalize (query->text);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        SEARCHED "SELECT " MEMBER_COLUMNS " FROM members WHERE " FOUND
                                 "AND id > ?7 ORDER BY id LIMIT ?8",
                        error);

  if (statement != NULL) {
    bind_query (statement, query, phone);
    sqlite3_bind_int64 (statement, 7, query->after);
    sqlite3_bind_int64 (statement, 8, query->limit);
  }
  return read_members (store, statement, error);
}

gint64
ac_member_count (AcStore *store, const AcMemberQuery *query, GError **error)
{
  g_autofree gchar *phone = ac_phone_normalize (query->text);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, SEARCHED "SELECT count (*) FROM members WHERE " FOUND, error);

  if (statement == NULL)
    return -1;
  bind_query (statement, query, phone);
  return ac_store_step (store, statement, error) == SQLITE_ROW
             ? sqlite3_column_int64 (statement, 0)
             : -1;
}

/* --- Changes --- */

/* @ret_phone: (transfer full): as it is stored */
static gboolean
check_member (const AcMember *member, gchar **ret_phone, GError **error)
{
  GError *refusal = ac_check_number (member->number);

  if (refusal == NULL)
    refusal = ac_check_name (member->name);
  if (refusal != NULL) {
    g_propagate_error (error, refusal);
    return FALSE;
  }
  *ret_phone = ac_phone_normalize (member->phone);
  return member->phone == NULL || *ret_phone != NULL ||
         ac_organisation_refuse_because (error, AC_ORGANISATION_ERROR_INVALID, "phone",
                                         AC_REASON_PHONE_FORM, "phone: 7 to 15 digits");
}

gboolean
ac_member_add (AcStore *store, const AcMember *member, const gchar *password_hash,
               gint64 wall_ms, gint64 *ret_member, GError **error)
{
  g_autofree gchar *phone = NULL;
  g_autoptr (AcStatement) statement = NULL;

  if (!check_member (member, &phone, error))
    return FALSE;
  statement = ac_store_prepare (store,
                                "INSERT INTO members (number, name, kind, phone, "
                                "  password, created_ms) VALUES (?, ?, ?, ?, ?, ?) "
                                "RETURNING id",
                                error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ttttti", member->number, member->name,
                     ac_member_kind_name (member->kind), phone, password_hash, wall_ms);
  return ac_organisation_insert (store, statement, "number", ret_member, error);
}

gboolean
ac_member_update (AcStore *store, const AcMember *member, GError **error)
{
  g_autofree gchar *phone = NULL;
  g_autoptr (AcStatement) statement = NULL;
  gint code;

  if (!check_member (member, &phone, error))
    return FALSE;
  statement = ac_store_prepare (
      store,
      "UPDATE members SET name = ?, kind = ?, phone = ? WHERE id = ? RETURNING id",
      error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ttti", member->name,
                     ac_member_kind_name (member->kind), phone, member->id);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_DONE)
    return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_NOT_FOUND, "member",
                                   "member: no such member");
  return code == SQLITE_ROW;
}
