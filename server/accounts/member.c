#include "member.h"

static const gchar *const role_names[] = {
  [AC_ROLE_MEMBER] = "member",
  [AC_ROLE_STEWARD] = "steward",
  [AC_ROLE_LECTURER] = "lecturer",
  [AC_ROLE_ADMINISTRATOR] = "administrator",
};

static const gchar *const kind_names[] = {
  [AC_MEMBER_KIND_MEMBER] = "member",
  [AC_MEMBER_KIND_PROBATIONARY] = "probationary",
  [AC_MEMBER_KIND_ACTIVIST] = "activist",
  [AC_MEMBER_KIND_TRAINEE] = "trainee",
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
ac_role_name (AcRole role)
{
  g_return_val_if_fail ((guint)role < G_N_ELEMENTS (role_names), NULL);

  return role_names[role];
}

gboolean
ac_role_from_name (const gchar *name, AcRole *ret_role)
{
  gint role = find_name (role_names, G_N_ELEMENTS (role_names), name);

  if (role < 0)
    return FALSE;
  *ret_role = (AcRole)role;
  return TRUE;
}

const gchar *
ac_member_kind_name (AcMemberKind kind)
{
  g_return_val_if_fail ((guint)kind < G_N_ELEMENTS (kind_names), NULL);

  return kind_names[kind];
}

gboolean
ac_member_kind_from_name (const gchar *name, AcMemberKind *ret_kind)
{
  gint kind = find_name (kind_names, G_N_ELEMENTS (kind_names), name);

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
  g_free (member);
}

static void
free_member (gpointer data)
{
  ac_member_free (data);
}

#define MEMBER_COLUMNS                                                                 \
  "id, number, name, role, kind, branch, created_ms, password IS NOT NULL"

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

GPtrArray *
ac_member_list (AcStore *store, gint64 after, guint limit, GError **error)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (free_member);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT " MEMBER_COLUMNS " FROM members WHERE id > ? ORDER BY id LIMIT ?",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii", after, (gint64)limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (members, read_member (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&members) : NULL;
}
