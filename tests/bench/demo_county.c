/* A county in a box: 13,092 members in 17 towns, 175 villages and 31 host branches, and
 * a year of 200 lessons with who was expected, who was there, rooms, guests,
 * corrections. Everything is made up from syllables by a generator with a fixed seed;
 * entries of the ledger go through the ledger's own code, so it verifies.
 *
 *   demo-county DATA_DIR YEAR    DATA_DIR as "airclass init" has made it */
#include "day.h"
#include "executor.h"
#include "ledger.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_MEMBERS 13092
#define N_TOWNS 17
#define N_VILLAGES 175
#define N_HOSTS 31
#define N_MIGRANTS 1209
#define N_LESSONS 200
#define LESSON_FOR_ALL 10 /* each so many lessons one is */

#define MINUTE_MS G_GINT64_CONSTANT (60000)
#define LENGTH_MS (100 * MINUTE_MS)
#define BREAK_FROM_MS (45 * MINUTE_MS)
#define BREAK_TO_MS (55 * MINUTE_MS)

/* Rows of branches, in this order: county, towns, villages, hosts. */
#define COUNTY 1
#define TOWN_FROM 2
#define VILLAGE_FROM (TOWN_FROM + N_TOWNS)
#define HOST_FROM (VILLAGE_FROM + N_VILLAGES)
#define N_BRANCHES (HOST_FROM + N_HOSTS - 1)

typedef struct {
  gint64 home, host; /* 0: none */
  gboolean room;     /* studies in a room rather than on a phone */
  gdouble zeal;      /* how likely they come */
} Person;

typedef struct {
  GRand *random;
  gint year;
  AcStore *store;
  Person people[N_MEMBERS + 1];
  gint64 lesson; /* at hand */
  gint64 started_ms;
} County;

static gboolean
chance (County *self, gdouble probability)
{
  return g_rand_double (self->random) < probability;
}

static gint
between (County *self, gint from, gint to)
{
  return g_rand_int_range (self->random, from, to + 1);
}

/* --- Names --- */

static const gchar *const surnames[] = {
  "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙",
  "马", "朱", "胡", "林", "郭", "何", "高", "罗", "郑", "梁", "谢", "宋"
};
static const gchar *const given[] = { "伟", "芳", "娜", "敏", "静", "强", "磊", "军",
                                      "洋", "勇", "艳", "杰", "涛", "明", "超", "兰",
                                      "霞", "平", "刚", "桂", "英", "华", "文", "玉",
                                      "建", "国", "春", "秀", "海", "红", "波", "辉" };
static const gchar *const ground[] = { "青", "龙", "石", "柳", "白", "清", "东", "南",
                                       "新", "上", "大", "长", "云", "双", "永", "太" };
static const gchar *const feature[] = { "山", "溪", "河", "桥", "塘", "坪",
                                        "岭", "湾", "家", "田", "泉", "坝" };
static const gchar *const cities[] = { "深圳", "东莞", "广州", "佛山", "苏州", "宁波",
                                       "杭州", "温州", "厦门", "泉州", "上海", "北京",
                                       "天津", "成都", "重庆", "武汉" };

#define PICK(list, at) ((list)[(guint)(at) % G_N_ELEMENTS (list)])

static gchar *
branch_name (gint64 branch)
{
  gint64 at;

  if (branch == COUNTY)
    return g_strdup ("演示县");
  if (branch < VILLAGE_FROM) {
    at = branch - TOWN_FROM;
    return g_strdup_printf ("%s%s镇", PICK (ground, at * 7 + 3),
                            PICK (feature, at * 5 + at / 12));
  }
  if (branch < HOST_FROM) {
    at = branch - VILLAGE_FROM;
    return g_strdup_printf ("%s%s村", PICK (ground, at),
                            PICK (feature, at / 16 + at * 5));
  }
  at = branch - HOST_FROM;
  return g_strdup_printf ("驻%s第%s流动党支部", PICK (cities, at),
                          at < 16 ? "一" : "二");
}

static gchar *
person_name (County *self)
{
  const gchar *surname = PICK (surnames, g_rand_int (self->random));
  const gchar *first = PICK (given, g_rand_int (self->random));

  return chance (self, 0.8) ? g_strdup_printf ("%s%s%s", surname, first,
                                               PICK (given, g_rand_int (self->random)))
                            : g_strdup_printf ("%s%s", surname, first);
}

/* --- Branches, people, courses --- */

static gboolean
add_branch (County *self, gint64 id, gint64 parent, const gchar *kind, GError **error)
{
  g_autofree gchar *name = branch_name (id);
  g_autofree gchar *site = g_strconcat (name, "会议室", NULL);

  return ac_store_run (self->store, error,
                       "INSERT INTO branches (id, parent, name, kind, created_ms) "
                       "VALUES (?, ?, ?, ?, 0)",
                       "intt", id, parent, name, kind) &&
         ac_store_run (self->store, error,
                       "INSERT INTO sites (id, branch, name, created_ms) "
                       "VALUES (?1, ?1, ?2, 0)",
                       "it", id, site);
}

static gboolean
add_branches (County *self, GError **error)
{
  gboolean good = add_branch (self, COUNTY, 0, "county", error);

  for (gint64 id = TOWN_FROM; good && id < VILLAGE_FROM; id++)
    good = add_branch (self, id, COUNTY, "town", error);
  for (gint64 id = VILLAGE_FROM; good && id < HOST_FROM; id++)
    good = add_branch (self, id, TOWN_FROM + (id - VILLAGE_FROM) % N_TOWNS, "village",
                       error);
  for (gint64 id = HOST_FROM; good && id <= N_BRANCHES; id++)
    good = add_branch (self, id, 0, "network", error);
  return good;
}

static const gchar *
kind_of (gint64 member)
{
  if (member % 50 == 7)
    return "probationary";
  if (member % 60 == 11)
    return "activist";
  return member % 55 == 13 ? "trainee" : "member";
}

static gboolean
add_membership (County *self, gint64 member, const gchar *side, gint64 branch,
                const gchar *day, GError **error)
{
  return ac_store_run (self->store, error,
                       "INSERT INTO memberships (member, side, from_day, branch) "
                       "VALUES (?, ?, ?, ?)",
                       "ittn", member, side, day, branch);
}

static gboolean
add_person (County *self, gint64 id, GError **error)
{
  Person *person = &self->people[id];
  g_autofree gchar *name = person_name (self);
  g_autofree gchar *number = g_strdup_printf ("36002600%010" G_GINT64_FORMAT, id);
  g_autofree gchar *phone = g_strdup_printf ("199%08" G_GINT64_FORMAT, id * 7001);

  person->home = VILLAGE_FROM + between (self, 0, N_VILLAGES - 1);
  person->host = id % (N_MEMBERS / N_MIGRANTS) == 0 && id / 10 <= N_MIGRANTS
                     ? HOST_FROM + between (self, 0, N_HOSTS - 1)
                     : 0;
  person->room = chance (self, person->host != 0 ? 0.35 : 0.6);
  person->zeal = 0.3 + 0.65 * g_rand_double (self->random);
  return ac_store_run (self->store, error,
                       "INSERT INTO members (id, number, name, kind, branch, host, "
                       "  phone, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                       "itttint", id, number, name, kind_of (id), person->home,
                       person->host, phone) &&
         add_membership (self, id, "home", person->home, "2020-01-01", error) &&
         (person->host == 0 ||
          add_membership (self, id, "host", person->host, "2021-03-01", error));
}

static const struct {
  const gchar *kind, *title;
} courses[] = {
  { "party", "党课" },          { "party", "主题教育" },
  { "policy", "惠农政策" },     { "policy", "社会保障" },
  { "skills", "电工技能" },     { "skills", "家政服务" },
  { "skills", "电商直播" },     { "skills", "种养技术" },
  { "enterprise", "返乡创业" }, { "branch-life", "组织生活会" },
};

static gboolean
add_courses (County *self, GError **error)
{
  gboolean good = TRUE;

  for (guint i = 0; good && i < G_N_ELEMENTS (courses); i++)
    good = ac_store_run (self->store, error,
                         "INSERT INTO courses (id, kind, title, created_ms) "
                         "VALUES (?, ?, ?, 0)",
                         "itt", (gint64)i + 1, courses[i].kind, courses[i].title);
  return good;
}

static gboolean
add_organisation (AcStore *store, gpointer data, GError **error)
{
  County *self = data;
  gboolean good = add_branches (self, error) && add_courses (self, error);

  for (gint64 id = 1; good && id <= N_MEMBERS; id++)
    good = add_person (self, id, error);
  return good;
}

/* --- A lesson --- */

/* Held in the evening, spread over the year. */
static gint64
hour_of (const County *self, gint64 lesson)
{
  g_autoptr (GDateTime) new_year = g_date_time_new_local (self->year, 1, 1, 19, 30, 0);
  g_autoptr (GDateTime) day =
      g_date_time_add_days (new_year, (gint)((lesson - 1) * 364 / N_LESSONS));

  return g_date_time_to_unix (day) * 1000;
}

static guint
course_of (gint64 lesson)
{
  return (guint)((lesson * 7) % G_N_ELEMENTS (courses));
}

static gboolean
add_target (County *self, gint64 branch, GError **error)
{
  return ac_store_run (self->store, error,
                       "INSERT OR IGNORE INTO lesson_targets (lesson, branch) "
                       "VALUES (?, ?)",
                       "ii", self->lesson, branch);
}

/* The county, or a few towns, now and then host branches too. */
static gboolean
add_targets (County *self, GError **error)
{
  gboolean for_all = self->lesson % LESSON_FOR_ALL == 0;
  gint n_towns = for_all ? 0 : between (self, 1, 4);
  gint n_hosts = for_all ? N_HOSTS : between (self, 0, 3);
  gboolean good = !for_all || add_target (self, COUNTY, error);

  for (gint i = 0; good && i < n_towns; i++)
    good = add_target (self, TOWN_FROM + between (self, 0, N_TOWNS - 1), error);
  for (gint i = 0; good && i < n_hosts; i++)
    good = add_target (self, HOST_FROM + (for_all ? i : between (self, 0, N_HOSTS - 1)),
                       error);
  return good;
}

static gboolean
add_lesson_row (County *self, GError **error)
{
  g_autofree gchar *title =
      g_strdup_printf ("%s第%d讲", courses[course_of (self->lesson)].title,
                       (gint)(self->lesson + 9) / 10);
  g_autofree gchar *key = g_strdup_printf ("demo %" G_GINT64_FORMAT, self->lesson);
  g_autoptr (GBytes) hash = g_bytes_new (key, strlen (key));

  self->started_ms = hour_of (self, self->lesson);
  return ac_store_run (self->store, error,
                       "INSERT INTO lessons (id, title, key_hash, state, created_ms, "
                       "  planned_ms, planned_length_ms, course) "
                       "VALUES (?, ?, ?, 'planned', 0, ?, ?, ?)",
                       "itbiii", self->lesson, title, hash, self->started_ms, LENGTH_MS,
                       (gint64)course_of (self->lesson) + 1) &&
         ac_store_run (self->store, error,
                       "INSERT INTO lesson_lecturers (lesson, member) VALUES (?, ?)",
                       "ii", self->lesson, (gint64)1 + self->lesson % 24 * 501) &&
         add_targets (self, error);
}

#define EXPECT                                                                         \
  "WITH RECURSIVE aim (branch) AS (SELECT branch FROM lesson_targets WHERE lesson = "  \
  "?1 UNION SELECT id FROM branches JOIN aim ON parent = aim.branch) "                 \
  "INSERT INTO expected (lesson, member, home_branch, host_branch, kind, state) "      \
  "SELECT ?1, id, branch, host, kind, "                                                \
  "  CASE abs (random ()) % 40 WHEN 0 THEN 'excused' ELSE 'expected' END "             \
  "FROM members WHERE branch IN aim OR host IN aim"

static gboolean
begin_and_end (County *self, GError **error)
{
  g_autofree gchar *creditable =
      g_strdup_printf ("0-%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
                       BREAK_FROM_MS, BREAK_TO_MS, LENGTH_MS);

  return ac_store_run (self->store, error, EXPECT, "i", self->lesson) &&
         ac_store_run (self->store, error,
                       "UPDATE lessons SET state = 'ended', opened_ms = ?2 - 900000, "
                       "  started_ms = ?2, ended_ms = ?2 + ?3, length_ms = ?3, "
                       "  creditable = ?4 WHERE id = ?1",
                       "iiit", self->lesson, self->started_ms, LENGTH_MS, creditable);
}

/* --- Who was there --- */

/* Returns: (transfer full): media from @from_ms to @to_ms without the break. */
static gchar *
media_text (gint64 from_ms, gint64 to_ms, gint64 *ret_ms)
{
  g_autoptr (AcIntervalSet) media = ac_interval_set_new ();

  ac_interval_set_add (media, from_ms, to_ms);
  ac_interval_set_remove (media, BREAK_FROM_MS, BREAK_TO_MS);
  *ret_ms = ac_interval_set_measure (media);
  return ac_interval_set_to_text (media);
}

static gboolean
enter (County *self, const AcLedgerTerms *terms, AcLedgerEntry *entry, gint64 from_ms,
       gint64 to_ms, GError **error)
{
  entry->media = media_text (from_ms, to_ms, &entry->earned_ms);
  return entry->earned_ms <= 0 ||
         ac_ledger_append (self->store, terms, entry, NULL, error);
}

static gboolean
add_stay (County *self, gint64 member, gint64 site, gint64 from_ms, gint64 to_ms,
          GError **error)
{
  return ac_store_run (
      self->store, error,
      "INSERT INTO room_stays (lesson, site, member, way, in_ms, out_ms, in_wall_ms, "
      "  out_wall_ms, steward) VALUES (?, ?, ?, 'roster', ?, ?, ?, ?, ?)",
      "iiiiiiii", self->lesson, site, member, from_ms, to_ms,
      self->started_ms + from_ms, self->started_ms + to_ms, (gint64)1 + site % 100);
}

/* Most stay to the end, some come late or leave. */
static gboolean
attend (County *self, const AcLedgerTerms *terms, gint64 member, GError **error)
{
  const Person *person = &self->people[member];
  gint64 site = person->host != 0 ? person->host : person->home;
  gint64 from_ms = chance (self, 0.25) ? between (self, 1, 30 * 60) * 1000 : 0;
  gint64 to_ms =
      chance (self, 0.2) ? between (self, 40 * 60, 99 * 60) * 1000 : LENGTH_MS;
  g_auto (AcLedgerEntry)
      group = { .kind = person->room ? AC_ENTRY_STEWARD : AC_ENTRY_AUTO,
                .study = AC_STUDY_GROUP,
                .member = member,
                .created_ms = self->started_ms + LENGTH_MS };
  g_auto (AcLedgerEntry) alone = { .kind = AC_ENTRY_AUTO,
                                   .study = AC_STUDY_SELF,
                                   .member = member,
                                   .created_ms = self->started_ms + 3 * LENGTH_MS };

  return enter (self, terms, &group, from_ms, to_ms, error) &&
         (!person->room || add_stay (self, member, site, from_ms, to_ms, error)) &&
         (from_ms == 0 || !chance (self, 0.4) ||
          enter (self, terms, &alone, 0, from_ms, error));
}

/* Returns: (transfer full): members that were expected. */
static GArray *
read_expected (County *self, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      "SELECT member FROM expected WHERE lesson = ? AND state = 'expected'", error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", self->lesson);
  while ((code = ac_store_step (self->store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);

    g_array_append_val (members, member);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&members) : NULL;
}

static gboolean
attend_all (County *self, const AcLedgerTerms *terms, GError **error)
{
  g_autoptr (GArray) members = read_expected (self, error);
  gboolean good = members != NULL;

  for (guint i = 0; good && i < members->len; i++) {
    gint64 member = g_array_index (members, gint64, i);

    if (chance (self, self->people[member].zeal))
      good = attend (self, terms, member, error);
  }
  for (guint i = 0; good && i < 20; i++) /* some who were not asked */
    good = attend (self, terms, between (self, 1, N_MEMBERS), error);
  return good;
}

/* --- Rooms --- */

static gboolean
add_rooms (County *self, GError **error)
{
  static const gchar *const steps[] = {
    "INSERT INTO room_intervals (lesson, site, start_ms, end_ms, earned_ms, late, "
    "  wall_ms) "
    "SELECT DISTINCT lesson, site, 0, 6000000, 6000000, 0, 0 FROM room_stays "
    "WHERE lesson = ?",
    "INSERT INTO room_guests (lesson, site, name, in_wall_ms, steward) "
    "SELECT DISTINCT lesson, site, '来宾' || site, 0, 1 FROM room_stays "
    "WHERE lesson = ? AND site % 5 = 0",
    "INSERT INTO head_counts (lesson, site, moment, heads, signed_in, wall_ms, "
    "  steward) "
    "SELECT lesson, site, moment, count (DISTINCT member) + (site % 5 = 0) + "
    "  (site % 37 = 0), count (DISTINCT member) + (site % 5 = 0), 0, 1 FROM room_stays "
    "JOIN (SELECT 'start' AS moment UNION SELECT 'middle' UNION SELECT 'end') "
    "WHERE lesson = ? GROUP BY lesson, site, moment",
  };
  gboolean good = TRUE;

  for (guint i = 0; good && i < G_N_ELEMENTS (steps); i++)
    good = ac_store_run (self->store, error, steps[i], "i", self->lesson);
  return good;
}

/* --- By hand --- */

static gboolean
correct (County *self, const AcLedgerTerms *terms, AcEntryKind kind, gint64 earned_ms,
         GError **error)
{
  static const AcLedgerNote note = { "线路中断，会议室有签到记录", "纸质签到表" };
  g_auto (AcLedgerEntry) entry = { .kind = kind,
                                   .study = AC_STUDY_GROUP,
                                   .member = between (self, 1, N_MEMBERS),
                                   .earned_ms = earned_ms,
                                   .actor = 1,
                                   .approver = kind == AC_ENTRY_WAIVE ? 0 : 2,
                                   .created_ms = self->started_ms + 30 * LENGTH_MS };

  return ac_ledger_append (self->store, terms, &entry, &note, error);
}

static gboolean
add_corrections (County *self, const AcLedgerTerms *terms, GError **error)
{
  return correct (self, terms, AC_ENTRY_ADJUST, 15 * MINUTE_MS, error) &&
         correct (self, terms, AC_ENTRY_MAKEUP, 45 * MINUTE_MS, error) &&
         correct (self, terms, AC_ENTRY_WAIVE, 0, error);
}

static gboolean
add_lesson (AcStore *store, gpointer data, GError **error)
{
  County *self = data;
  g_auto (AcLedgerTerms) terms = { 0 };

  return add_lesson_row (self, error) && begin_and_end (self, error) &&
         ac_ledger_terms_load (store, self->lesson, self->started_ms + LENGTH_MS,
                               &terms, error) &&
         attend_all (self, &terms, error) && add_rooms (self, error) &&
         add_corrections (self, &terms, error);
}

/* --- Running --- */

typedef struct {
  gboolean answered;
} Waiting;

static void
job_answered (gpointer data, const GError *error, gpointer waiting)
{
  if (error != NULL) {
    fprintf (stderr, "demo-county: %s\n", error->message);
    exit (1);
  }
  ((Waiting *)waiting)->answered = TRUE;
}

static void
run_job (County *self, AcStoreJob job)
{
  Waiting waiting = { FALSE };

  ac_store_write (self->store, job, self, NULL, job_answered, &waiting);
  while (!waiting.answered)
    g_main_context_iteration (NULL, TRUE);
}

static void
print_counts (const County *self)
{
  static const gchar *const tables[] = {
    "branches", "members",    "memberships", "lessons",     "expected",
    "ledger",   "room_stays", "room_guests", "head_counts", "room_intervals",
  };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree gchar *sql = g_strdup_printf ("SELECT count (*) FROM %s", tables[i]);
    sqlite3_stmt *statement =
        ac_store_prepare (self->store, g_intern_string (sql), NULL);

    if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
      printf ("%-16s %8lld rows\n", tables[i], sqlite3_column_int64 (statement, 0));
    ac_statement_reset (statement);
  }
}

int
main (int argc, char **argv)
{
  g_autofree County *self = g_new0 (County, 1);
  g_autofree gchar *path = NULL;
  g_autoptr (GError) error = NULL;
  gint64 began_us = g_get_monotonic_time ();
  GStatBuf status;

  if (argc != 3) {
    fprintf (stderr, "usage: demo-county DATA_DIR YEAR\n");
    return 64;
  }
  self->store = ac_store_open (argv[1], ac_executor_for_context (NULL), &error);
  if (self->store == NULL) {
    fprintf (stderr, "demo-county: %s\n", error->message);
    return 1;
  }
  self->year = (gint)g_ascii_strtoll (argv[2], NULL, 10);
  self->random = g_rand_new_with_seed (13092);
  run_job (self, add_organisation);
  for (self->lesson = 1; self->lesson <= N_LESSONS; self->lesson++) {
    run_job (self, add_lesson);
    if (self->lesson % 20 == 0)
      fprintf (stderr, "%d of %d lessons\n", (gint)self->lesson, N_LESSONS);
  }
  print_counts (self);
  g_rand_free (self->random);
  ac_store_close (self->store);
  path = g_build_filename (argv[1], "airclass.db", NULL);
  if (g_stat (path, &status) == 0)
    printf ("%-16s %8.1f MiB\n", "database", (gdouble)status.st_size / 1048576);
  printf ("%-16s %8.1f s\n", "made in",
          (gdouble)(g_get_monotonic_time () - began_us) / 1e6);
  return 0;
}
