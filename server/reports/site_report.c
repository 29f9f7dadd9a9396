/* site_report.c - which room saw which lesson, and how many were there. */
#include "report_fill.h"

#include <string.h>

const AcReportColumn ac_report_site_columns[] = {
  { "day", "日期", "Day", AC_REPORT_DAY, 6 },
  { "lesson", "课程", "Lesson", AC_REPORT_TEXT, 8 },
  { "branch", "支部", "Branch", AC_REPORT_TEXT, 10 },
  { "site", "站点", "Site", AC_REPORT_TEXT, 12 },
  { "shown", "收看时长", "Shown", AC_REPORT_TIME, 5, TRUE },
  { "signed_in", "签到人数", "Checked in", AC_REPORT_COUNT, 4, TRUE },
  { "guests", "来宾", "Guests", AC_REPORT_COUNT, 3, TRUE },
  { "start", "开始清点", "Heads at start", AC_REPORT_COUNT, 4 },
  { "middle", "中途清点", "In the middle", AC_REPORT_COUNT, 4 },
  { "end", "结束清点", "At the end", AC_REPORT_COUNT, 4 },
  { "mismatch", "人数不符", "Mismatch", AC_REPORT_TEXT, 4 },
  { "late", "补传", "Sent later", AC_REPORT_TEXT, 3 },
  { "time", "参学时长合计", "Time studied", AC_REPORT_TIME, 6, TRUE },
  { NULL },
};

enum { START, MIDDLE, END, N_MOMENTS };

typedef struct {
  gint64 site, branch;
  gchar *name;
  gint64 shown_ms, n_signed_in, n_guests, time_ms;
  gint64 heads[N_MOMENTS]; /* -1: not counted */
  gboolean mismatch, late;
} Room;

static void
free_room (gpointer data)
{
  Room *room = data;

  g_free (room->name);
  g_free (room);
}

typedef struct {
  AcReportScope *scope;
  GHashTable *rooms; /* site: Room, of the lesson at hand */
} Log;

/* Calls @read with each row of @sql, whose first column is a site within the subtree;
 * the next two are its branch and name. */
static gboolean
each_room (Log *self, const AcReportLesson *lesson, AcStatement *statement,
           void (*read) (Room *room, AcStatement *row), GError **error)
{
  AcStore *store = ac_report_scope_store (self->scope);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson->id);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 site = sqlite3_column_int64 (statement, 0);
    Room *room = g_hash_table_lookup (self->rooms, &site);

    if (!ac_report_scope_has (self->scope, sqlite3_column_int64 (statement, 1), 0))
      continue;
    if (room == NULL) {
      room = g_new0 (Room, 1);
      room->site = site;
      room->branch = sqlite3_column_int64 (statement, 1);
      room->name = ac_statement_text (statement, 2);
      room->heads[START] = room->heads[MIDDLE] = room->heads[END] = -1;
      g_hash_table_insert (self->rooms, &room->site, room);
    }
    read (room, statement);
  }
  return code == SQLITE_DONE;
}

static void
read_shown (Room *room, AcStatement *row)
{
  room->shown_ms = sqlite3_column_int64 (row, 3);
  room->late |= sqlite3_column_int (row, 4) != 0;
}

static void
read_stays (Room *room, AcStatement *row)
{
  room->n_signed_in = sqlite3_column_int64 (row, 3);
  room->late |= sqlite3_column_int (row, 4) != 0;
}

static void
read_guests (Room *room, AcStatement *row)
{
  room->n_guests = sqlite3_column_int64 (row, 3);
}

static void
read_heads (Room *room, AcStatement *row)
{
  const gchar *moment = (const gchar *)sqlite3_column_text (row, 3);
  gint at = strcmp (moment, "start") == 0    ? START
            : strcmp (moment, "middle") == 0 ? MIDDLE
                                             : END;

  room->heads[at] = sqlite3_column_int64 (row, 4);
  room->mismatch |= sqlite3_column_int64 (row, 4) != sqlite3_column_int64 (row, 5);
}

static void
read_time (Room *room, AcStatement *row)
{
  room->time_ms = sqlite3_column_int64 (row, 3);
}

/* A stay of a log that nobody has approved yet is none. */
#define SITES "JOIN sites ON sites.id = site WHERE lesson = ? "

static gboolean
read_rooms (Log *self, const AcReportLesson *lesson, GError **error)
{
  AcStore *store = ac_report_scope_store (self->scope);
  g_autoptr (AcStatement) shown = ac_store_prepare (
      store,
      "SELECT site, branch, name, sum (end_ms - start_ms), max (late) "
      "FROM room_intervals " SITES "GROUP BY site",
      error);
  g_autoptr (AcStatement) stays = ac_store_prepare (
      store,
      "SELECT site, branch, name, count (DISTINCT member), max (late) "
      "FROM room_stays " SITES "AND (late = 0 OR approved_ms) GROUP BY site",
      error);
  g_autoptr (AcStatement) guests = ac_store_prepare (
      store,
      "SELECT site, branch, sites.name, count (*) FROM room_guests " SITES
      "GROUP BY site",
      error);
  g_autoptr (AcStatement) heads = ac_store_prepare (
      store,
      "SELECT site, branch, name, moment, heads, signed_in FROM head_counts " SITES
      "ORDER BY head_counts.id",
      error);
  /* What the ledger has of those who sat there. */
  g_autoptr (AcStatement) time = ac_store_prepare (
      store,
      "SELECT site, branch, name, "
      "  (SELECT ifnull (sum (earned_ms), 0) FROM ledger WHERE ledger.lesson = ?1 "
      "   AND study = 'group' AND ledger.member IN "
      "     (SELECT member FROM room_stays AS stay WHERE stay.lesson = ?1 "
      "      AND stay.site = room.site AND (stay.late = 0 OR stay.approved_ms))) "
      "FROM (SELECT DISTINCT site FROM room_stays WHERE lesson = ?1 "
      "      AND (late = 0 OR approved_ms)) AS room "
      "JOIN sites ON sites.id = site",
      error);

  return each_room (self, lesson, shown, read_shown, error) &&
         each_room (self, lesson, stays, read_stays, error) &&
         each_room (self, lesson, guests, read_guests, error) &&
         each_room (self, lesson, heads, read_heads, error) &&
         each_room (self, lesson, time, read_time, error);
}

static gint
compare (gconstpointer a, gconstpointer b, gpointer scope)
{
  const Room *x = *(Room *const *)a, *y = *(Room *const *)b;
  guint p = ac_report_scope_place (scope, x->branch);
  guint q = ac_report_scope_place (scope, y->branch);

  return p != q ? (p < q ? -1 : 1) : strcmp (x->name, y->name);
}

static void
put_mark (AcReport *report, gboolean marked)
{
  ac_report_put_text (report, marked ? ac_report_word (report, "是", "yes") : "");
}

static void
add_room (Log *self, AcReport *report, const AcReportLesson *lesson, const Room *room)
{
  ac_report_begin_row (report);
  ac_report_put_text (report, lesson->day);
  ac_report_put_text (report, lesson->title);
  ac_report_put_branch (report, self->scope, room->branch);
  ac_report_put_text (report, room->name);
  ac_report_put_number (report, room->shown_ms);
  ac_report_put_number (report, room->n_signed_in);
  ac_report_put_number (report, room->n_guests);
  for (guint i = 0; i < N_MOMENTS; i++)
    if (room->heads[i] >= 0)
      ac_report_put_number (report, room->heads[i]);
    else
      ac_report_put_none (report);
  put_mark (report, room->mismatch);
  put_mark (report, room->late);
  ac_report_put_number (report, room->time_ms);
}

static gboolean
add_lesson (Log *self, AcReport *report, const AcReportLesson *lesson, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer room;

  g_hash_table_remove_all (self->rooms);
  if (!read_rooms (self, lesson, error))
    return FALSE;
  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &room))
    g_ptr_array_add (sorted, room);
  g_ptr_array_sort_with_data (sorted, compare, self->scope);
  for (guint i = 0; i < sorted->len; i++)
    add_room (self, report, lesson, sorted->pdata[i]);
  return TRUE;
}

gboolean
ac_report_fill_sites (AcReportScope *scope, AcReport *report, GError **error)
{
  const GPtrArray *lessons = ac_report_scope_lessons (scope);
  g_autoptr (GHashTable) rooms =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_room);
  Log self = { scope, rooms };

  for (guint i = 0; i < lessons->len; i++) {
    const AcReportLesson *lesson = lessons->pdata[i];

    if (lesson->in_period && !add_lesson (&self, report, lesson, error))
      return FALSE;
  }
  ac_report_add_count (report, ac_report_word (report, "站次", "Rooms"),
                       ac_report_n_rows (report));
  ac_report_add_note (
      report, ac_report_word (
                  report, "参学时长合计取自台账：在该站点签到人员本课的集中学习时长。",
                  "Time studied is the ledger's: group study of this lesson "
                  "by those who were checked in there."));
  ac_report_add_branch_signatures (report);
  return TRUE;
}
