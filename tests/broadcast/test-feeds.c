/* Who is on air, on a clock of the test's own. */
#include "feeds.h"

#include "kept_units.h"

#include <string.h>

#define PRIMARY 0
#define BACKUP 1

typedef struct {
  AcFeeds *feeds;
  AcFeed *of[4]; /* [PRIMARY], [BACKUP], and those that come later */
  gint64 now_ms;
  guint32 number; /* of the source that was begun last */
  GString *told;  /* begin(), unit(), end() and closed(), a word each */
} Fixture;

static void
on_begin (const AcWireSource *source, gpointer user_data)
{
  ((Fixture *)user_data)->number = source->number;
  g_string_append_printf (((Fixture *)user_data)->told, "begin%u%s%.0u", source->kind,
                          source->age_ms > 0 ? "-" : "", source->age_ms);
  if (source->position_ms > 0)
    g_string_append_printf (((Fixture *)user_data)->told, "@%" G_GINT64_FORMAT,
                            source->position_ms);
  g_string_append_c (((Fixture *)user_data)->told, ' ');
}

static void
on_unit (const AcFlvTag *unit, gpointer user_data)
{
  const gchar *body = g_bytes_get_data (unit->body, NULL);

  g_string_append_printf (((Fixture *)user_data)->told, "%.*s@%u ",
                          (gint)g_bytes_get_size (unit->body) - 2, body + 2,
                          unit->timestamp_ms);
}

static void
on_end (gpointer user_data)
{
  g_string_append (((Fixture *)user_data)->told, "end ");
}

static const AcFeedsHandler handler = { on_begin, on_unit, on_end };

static void
on_closed (gpointer owner, const gchar *reason)
{
  Fixture *fixture = owner;

  g_string_append_printf (fixture->told, "closed(%s) ", reason);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->told = g_string_new (NULL);
  fixture->now_ms = 1000000;
  fixture->feeds =
      ac_feeds_new (7, &(AcFeedsPolicy){ 2000, 800, 5000 }, &handler, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  ac_feeds_free (fixture->feeds);
  g_string_free (fixture->told, TRUE);
}

static void
on_state (gpointer owner, const AcWireSourceState *state)
{
  Fixture *fixture = owner;

  g_string_append_printf (fixture->told, "state%d ", state->state);
}

static gint64
position_ms (gpointer owner)
{
  return ((Fixture *)owner)->now_ms - 1000000;
}

static const gchar *
attach (Fixture *fixture, guint at, AcSourceKind kind, gboolean backup)
{
  const AcFeedInfo info = {
    .source = { .kind = kind },
    .backup = backup,
    .label = "a feed",
    .closed = on_closed,
    .state = on_state,
    .position_ms = kind == AC_SOURCE_FILE ? position_ms : NULL,
    .owner = fixture,
  };

  return ac_feeds_attach (fixture->feeds, &info, fixture->now_ms, &fixture->of[at]);
}

/* @first: of the FLV body: 0x17 key frame, 0x27 another, 0xaf sound */
static void
unit (Fixture *fixture, guint at, guint8 first, const gchar *text)
{
  g_autofree gchar *body = g_strdup_printf ("%c\x01%s", first, text);
  AcFlvTag tag = { first == 0xaf ? 8 : 9, (guint32)(fixture->now_ms - 1000000),
                   g_bytes_new (body, strlen (body)) };

  ac_feeds_units (fixture->feeds, fixture->of[at], &tag, 1, fixture->now_ms);
  g_bytes_unref (tag.body);
}

static void
setup_unit (Fixture *fixture, guint at, const gchar *text)
{
  GByteArray *body = g_byte_array_new ();
  AcFlvTag tag = { .type = 9 };

  g_byte_array_append (body, (const guint8 *)"\x17", 2);
  g_byte_array_append (body, (const guint8 *)text, strlen (text));
  tag.body = g_byte_array_free_to_bytes (body);
  ac_feeds_units (fixture->feeds, fixture->of[at], &tag, 1, fixture->now_ms);
  g_bytes_unref (tag.body);
}

static void
check (Fixture *fixture, const gchar *expected)
{
  g_assert_cmpstr (fixture->told->str, ==, expected);
  g_string_truncate (fixture->told, 0);
}

static void
pass (Fixture *fixture, gint64 ms)
{
  fixture->now_ms += ms;
  ac_feeds_tick (fixture->feeds, fixture->now_ms);
}

/* Both send for @ms, a unit every 40 ms, a key frame every second. */
static void
both_send (Fixture *fixture, gint64 ms)
{
  for (gint64 at = 0; at < ms; at += 40) {
    guint8 first = fixture->now_ms % 1000 == 0 ? 0x17 : 0x27;

    unit (fixture, PRIMARY, first, "p");
    unit (fixture, BACKUP, first, "b");
    pass (fixture, 40);
  }
}

static void
test_alone (Fixture *fixture, gconstpointer unused)
{
  g_assert_true (ac_feeds_is_empty (fixture->feeds));
  g_assert_null (attach (fixture, PRIMARY, AC_SOURCE_FLV, FALSE));
  unit (fixture, PRIMARY, 0x17, "x");
  pass (fixture, 60000); /* silent, and there is no other */
  unit (fixture, PRIMARY, 0x27, "y");
  check (fixture, "begin0 x@0 y@60000 ");
  ac_feeds_detach (fixture->feeds, fixture->of[PRIMARY], fixture->now_ms);
  check (fixture, "end ");
  g_assert_true (ac_feeds_is_empty (fixture->feeds));
}

static void
test_same_key (Fixture *fixture, gconstpointer backup)
{
  const gchar *refusal;

  g_assert_null (attach (fixture, 0, AC_SOURCE_FLV, backup != NULL));
  unit (fixture, 0, 0x17, "x");
  pass (fixture, 1999);
  refusal = attach (fixture, 2, AC_SOURCE_TS, backup != NULL);
  g_assert_nonnull (refusal);
  g_assert_nonnull (strstr (refusal, "Another encoder is publishing"));
  check (fixture, "begin0 x@0 ");
  pass (fixture, 1);
  g_assert_null (attach (fixture, 2, AC_SOURCE_TS, backup != NULL));
  check (fixture, "end closed(another encoder took over) begin1 ");
}

static void
test_primary_leaves (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, PRIMARY, AC_SOURCE_FLV, FALSE);
  attach (fixture, BACKUP, AC_SOURCE_FLV, TRUE);
  check (fixture, "begin0 ");
  setup_unit (fixture, BACKUP, "config");
  unit (fixture, BACKUP, 0x17, "old");
  unit (fixture, BACKUP, 0x27, "older");
  pass (fixture, 500);
  unit (fixture, PRIMARY, 0x17, "p");
  unit (fixture, BACKUP, 0x17, "key");
  unit (fixture, BACKUP, 0xaf, "sound");
  pass (fixture, 40);
  unit (fixture, BACKUP, 0x27, "next");
  check (fixture, "p@500 ");
  g_assert_false (ac_feeds_backup_on_air (fixture->feeds));
  ac_feeds_detach (fixture->feeds, fixture->of[PRIMARY], fixture->now_ms);
  check (fixture, "end begin0-40 config@540 key@500 sound@500 next@540 ");
  g_assert_true (ac_feeds_backup_on_air (fixture->feeds));
  unit (fixture, BACKUP, 0x27, "live");
  check (fixture, "live@540 ");
}

static void
test_primary_silent (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, PRIMARY, AC_SOURCE_FLV, FALSE);
  attach (fixture, BACKUP, AC_SOURCE_FLV, TRUE);
  unit (fixture, PRIMARY, 0x17, "p");
  pass (fixture, 700);
  unit (fixture, BACKUP, 0x17, "b");
  pass (fixture, 99);
  check (fixture, "begin0 p@0 ");
  pass (fixture, 1);
  check (fixture, "end begin0-100 b@700 ");
}

/* A silent backup is no better. */
static void
test_both_silent (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, PRIMARY, AC_SOURCE_FLV, FALSE);
  attach (fixture, BACKUP, AC_SOURCE_FLV, TRUE);
  pass (fixture, 5000);
  check (fixture, "begin0 ");
  unit (fixture, BACKUP, 0x17, "b");
  check (fixture, "end begin0 b@5000 ");
  pass (fixture, 5000);
  check (fixture, "");
  unit (fixture, PRIMARY, 0x17, "p"); /* of two, the one that sends */
  check (fixture, "end begin0 p@10000 ");
}

static void
test_primary_returns (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, BACKUP, AC_SOURCE_FLV, TRUE);
  unit (fixture, BACKUP, 0x17, "b");
  check (fixture, "begin0 b@0 ");
  attach (fixture, PRIMARY, AC_SOURCE_FLV, FALSE);
  both_send (fixture, 4000);
  g_assert_true (ac_feeds_backup_on_air (fixture->feeds));
  for (guint i = 0; i < 2; i++) { /* a pause of it: the waiting begins again */
    pass (fixture, 500);
    unit (fixture, BACKUP, 0x17, "b");
  }
  both_send (fixture, 5000);
  g_assert_null (strchr (fixture->told->str, 'p'));
  g_assert_true (ac_feeds_backup_on_air (fixture->feeds));
  g_string_truncate (fixture->told, 0);
  unit (fixture, PRIMARY, 0x27, "no key");
  check (fixture, "");
  unit (fixture, PRIMARY, 0x17, "key");
  check (fixture, "end begin0 key@10000 ");
  unit (fixture, BACKUP, 0x27, "b");
  unit (fixture, PRIMARY, 0x27, "p");
  check (fixture, "p@10000 ");
}

static void
test_fetched (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, PRIMARY, AC_SOURCE_PULL, FALSE);
  attach (fixture, BACKUP, AC_SOURCE_FLV, TRUE);
  unit (fixture, BACKUP, 0x17, "b");
  check (fixture, "begin2 ");
  pass (fixture, 1500);
  ac_feeds_source_alive (fixture->feeds, fixture->now_ms);
  g_assert_nonnull (attach (fixture, 2, AC_SOURCE_FLV, FALSE));
  pass (fixture, 2499);
  unit (fixture, BACKUP, 0x17, "c");
  check (fixture, "");
  pass (fixture, 1);
  check (fixture, "end begin0-1 c@3999 ");
  /* It is asked again only when there is nothing else. */
  pass (fixture, 700);
  check (fixture, "");
  pass (fixture, 100);
  check (fixture, "end begin2 ");
}

static void
tell (Fixture *fixture, AcSourceState state)
{
  ac_feeds_source_state (fixture->feeds,
                         &(AcWireSourceState){ state, (gchar *)"no", fixture->number });
}

/* What the worker says of it reaches its owner, who tries again; an encoder may take
 * over meanwhile. */
static void
test_fetched_fails (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, PRIMARY, AC_SOURCE_PULL, FALSE);
  tell (fixture, AC_SOURCE_CONNECTED);
  g_assert_nonnull (attach (fixture, 2, AC_SOURCE_FLV, FALSE));
  tell (fixture, AC_SOURCE_FAILED);
  check (fixture, "begin2 state0 state2 ");
  g_assert_cmpstr (ac_feeds_fault (fixture->feeds), ==, "no");
  pass (fixture, 1000);
  g_assert_true (
      ac_feeds_fetch_again (fixture->feeds, fixture->of[PRIMARY], fixture->now_ms));
  check (fixture, "begin2 ");
  g_assert_null (attach (fixture, 2, AC_SOURCE_FLV, FALSE));
  check (fixture, "end closed(another encoder took over) begin0 ");
  g_assert_null (ac_feeds_fault (fixture->feeds));
  tell (fixture, AC_SOURCE_FAILED);
  check (fixture, ""); /* of the one before */
}

/* What the worker had said of one source when it was told of the next. */
static void
test_old_news (Fixture *fixture, gconstpointer unused)
{
  AcWireSourceState old = { AC_SOURCE_FAILED, (gchar *)"the old one" };

  attach (fixture, PRIMARY, AC_SOURCE_PULL, FALSE);
  old.source_number = fixture->number;
  tell (fixture, AC_SOURCE_FAILED);
  g_assert_true (
      ac_feeds_fetch_again (fixture->feeds, fixture->of[PRIMARY], fixture->now_ms));
  check (fixture, "begin2 state2 begin2 ");
  ac_feeds_source_state (fixture->feeds, &old);
  check (fixture, "");
  tell (fixture, AC_SOURCE_CONNECTED);
  check (fixture, "state0 ");
  g_assert_null (ac_feeds_fault (fixture->feeds));
  ac_feeds_begin_again (fixture->feeds, fixture->now_ms); /* for another worker */
  old.source_number = fixture->number - 1;
  ac_feeds_source_state (fixture->feeds, &old);
  check (fixture, "begin2 ");
}

/* One that failed leaves the air to a backup, and is not asked while that sends. */
static void
test_fetched_fails_beside_a_backup (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, PRIMARY, AC_SOURCE_PULL, FALSE);
  attach (fixture, BACKUP, AC_SOURCE_FLV, TRUE);
  unit (fixture, BACKUP, 0x17, "b");
  tell (fixture, AC_SOURCE_FAILED);
  unit (fixture, BACKUP, 0x17, "c");
  check (fixture, "begin2 state2 end begin0 c@0 ");
  g_assert_false (
      ac_feeds_fetch_again (fixture->feeds, fixture->of[PRIMARY], fixture->now_ms));
  check (fixture, "");
}

/* A file is asked where it goes on whenever a worker begins it. */
static void
test_file_position (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, PRIMARY, AC_SOURCE_FILE, FALSE);
  check (fixture, "begin3 ");
  fixture->now_ms += 7000;
  ac_feeds_begin_again (fixture->feeds, fixture->now_ms);
  check (fixture, "begin3@7000 ");
}

/* It is not made to prove what nobody can see. */
static void
test_fetched_at_once (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, BACKUP, AC_SOURCE_FLV, TRUE);
  unit (fixture, BACKUP, 0x17, "b");
  attach (fixture, PRIMARY, AC_SOURCE_WEBRTC, FALSE);
  check (fixture, "begin0 b@0 end begin4 ");
}

static void
test_begin_again (Fixture *fixture, gconstpointer unused)
{
  ac_feeds_begin_again (fixture->feeds, fixture->now_ms);
  check (fixture, "");
  attach (fixture, PRIMARY, AC_SOURCE_FLV, FALSE);
  setup_unit (fixture, PRIMARY, "config");
  unit (fixture, PRIMARY, 0x17, "poison");
  g_string_truncate (fixture->told, 0);
  ac_feeds_begin_again (fixture->feeds, fixture->now_ms);
  check (fixture,
         "begin0 config@0 "); /* what may have killed a worker is not repeated */
}

static void
test_close (Fixture *fixture, gconstpointer unused)
{
  attach (fixture, PRIMARY, AC_SOURCE_FLV, FALSE);
  attach (fixture, BACKUP, AC_SOURCE_FLV, TRUE);
  ac_feeds_close (fixture->feeds, "over");
  check (fixture, "begin0 closed(over) closed(over) ");
  g_assert_true (ac_feeds_is_empty (fixture->feeds));
}

/* --- what is kept ----------------------------------------------------------------- */

static void
count_unit (const AcFlvTag *tag, gpointer count)
{
  (*(guint *)count)++;
}

static guint
flushed (AcKeptUnits *kept)
{
  guint count = 0;

  ac_kept_units_flush (kept, count_unit, &count);
  return count;
}

static void
keep (AcKeptUnits *kept, guint8 first, gsize size)
{
  guint8 *body = g_malloc0 (size);
  AcFlvTag tag = { first == 0xaf ? 8 : 9, 0, NULL };

  body[0] = first;
  body[1] = 1;
  tag.body = g_bytes_new_take (body, size);
  ac_kept_units_push (kept, &tag, 0);
  g_bytes_unref (tag.body);
}

static void
test_kept_bounds (void)
{
  g_autoptr (AcKeptUnits) kept = ac_kept_units_new ();

  keep (kept, 0x27, 10);
  keep (kept, 0xaf, 10);
  g_assert_cmpuint (flushed (kept), ==, 0); /* no key frame, nothing to begin with */
  keep (kept, 0x17, 10);
  g_assert_true (ac_kept_units_is_fresh (kept));
  for (guint i = 1; i < AC_KEPT_UNITS_MAX; i++)
    keep (kept, 0x27, 10);
  g_assert_false (ac_kept_units_is_fresh (kept));
  g_assert_cmpuint (flushed (kept), ==, AC_KEPT_UNITS_MAX);

  keep (kept, 0x17, 10);
  for (guint i = 0; i < AC_KEPT_UNITS_MAX; i++)
    keep (kept, 0xaf, 10);
  keep (kept, 0x27, 10);
  g_assert_cmpuint (flushed (kept), ==, 0); /* full, and no key frame since */

  keep (kept, 0x17, AC_KEPT_UNITS_MAX_BYTES);
  g_assert_cmpuint (flushed (kept), ==, 1);
  keep (kept, 0x17, 10);
  keep (kept, 0x27, AC_KEPT_UNITS_MAX_BYTES);
  keep (kept, 0x27, 10);
  g_assert_cmpuint (flushed (kept), ==, 0);
  keep (kept, 0x17, AC_KEPT_UNITS_MAX_BYTES + 1);
  g_assert_cmpuint (flushed (kept), ==, 0);
}

static void
test_kept_sound (void)
{
  g_autoptr (AcKeptUnits) kept = ac_kept_units_new ();

  keep (kept, 0xaf, 10);
  g_assert_true (ac_kept_units_is_fresh (kept));
  g_assert_cmpuint (flushed (kept), ==, 0);
}

/* A packet as an encoder makes it: PAT, a video frame's beginning, or what follows. */
static GBytes *
ts_unit (const gchar *what)
{
  guint8 *packets = g_malloc0 (strlen (what) * 188);

  for (guint i = 0; what[i] != '\0'; i++) {
    guint8 *packet = packets + (gsize)i * 188;

    packet[0] = 0x47;
    packet[1] = what[i] == 't' ? 0x40 : what[i] == '.' ? 1 : 0x41;
    packet[3] = 0x30;
    packet[4] = 7;
    packet[5] = what[i] == 'K' || what[i] == 'a' ? 0x40 : 0;
    memcpy (packet + 12, what[i] == 'a' ? "\0\0\1\xc0" : "\0\0\1\xe0", 4);
  }
  return g_bytes_new_take (packets, strlen (what) * 188);
}

static void
keep_ts (AcKeptUnits *kept, const gchar *what, gint64 now_ms)
{
  AcFlvTag unit = { 0x47, 0, ts_unit (what) };

  ac_kept_units_push (kept, &unit, now_ms);
  g_bytes_unref (unit.body);
}

/* t: tables, K: a key frame begins, v: another, a: sound, .: what follows */
static void
test_kept_ts (void)
{
  g_autoptr (AcKeptUnits) kept = ac_kept_units_new ();

  keep_ts (kept, "v..", 100);
  keep_ts (kept, "tv.a", 200);
  g_assert_cmpuint (ac_kept_units_age_ms (kept, 300), ==, 0);
  keep_ts (kept, ".t.", 300);
  keep_ts (kept, "a", 310);
  g_assert_false (ac_kept_units_is_fresh (kept));
  keep_ts (kept, "K.", 320);
  g_assert_true (ac_kept_units_is_fresh (kept));
  keep_ts (kept, "v.t", 400); /* tables after the key frame: no new beginning */
  g_assert_false (ac_kept_units_is_fresh (kept));
  g_assert_cmpuint (ac_kept_units_age_ms (kept, 1300), ==, 1000);
  g_assert_cmpuint (flushed (kept), ==, 4); /* from the tables at 300 */

  keep_ts (kept, "tK", 2000);
  g_assert_cmpuint (ac_kept_units_age_ms (kept, 2000), ==, 0);
  g_assert_true (ac_kept_units_is_fresh (kept));
  keep_ts (kept, "v", 2040);
  keep_ts (kept, "t", 2080);
  keep_ts (kept, "K", 2120);
  g_assert_cmpuint (flushed (kept), ==, 2);
  keep_ts (kept, "tv", 3000); /* no key frame yet */
  g_assert_cmpuint (flushed (kept), ==, 0);
}

/* A browser that has lost the air is told so: it cannot come back by itself. */
static void
test_browser_loses_air (Fixture *fixture, gconstpointer unused)
{
  g_assert_null (attach (fixture, PRIMARY, AC_SOURCE_WEBRTC, FALSE));
  g_assert_null (attach (fixture, BACKUP, AC_SOURCE_FLV, TRUE));
  check (fixture, "begin4 ");
  for (guint i = 0; i < 100; i++) {
    unit (fixture, BACKUP, i % 25 == 0 ? 0x17 : 0x27, "b");
    pass (fixture, 40);
  }
  g_assert_true (g_str_has_prefix (fixture->told->str,
                                   "end closed(another encoder took over) begin0"));
  g_assert_true (ac_feeds_backup_on_air (fixture->feeds));
  g_string_truncate (fixture->told, 0);

  g_assert_null (attach (fixture, PRIMARY, AC_SOURCE_WEBRTC, FALSE));
  check (fixture, "end begin4 ");
}

static void
test_browser_and_worker (Fixture *fixture, gconstpointer unused)
{
  AcWireSourceState answered = { .state = AC_SOURCE_ANSWERED };

  g_assert_null (attach (fixture, PRIMARY, AC_SOURCE_WEBRTC, FALSE));
  check (fixture, "begin4 ");
  /* Not answered yet: the next worker can do it. */
  ac_feeds_worker_gone (fixture->feeds, fixture->now_ms);
  check (fixture, "");
  ac_feeds_begin_again (fixture->feeds, fixture->now_ms);
  check (fixture, "begin4 ");

  answered.source_number = fixture->number;
  ac_feeds_source_state (fixture->feeds, &answered);
  ac_feeds_worker_gone (fixture->feeds, fixture->now_ms);
  check (fixture, "state3 end closed(its connection was lost with the worker) ");
  g_assert_true (ac_feeds_is_empty (fixture->feeds));
  g_assert_null (attach (fixture, PRIMARY, AC_SOURCE_WEBRTC, FALSE));
  check (fixture, "begin4 ");
}

static void
test_worker_of_others (Fixture *fixture, gconstpointer unused)
{
  g_assert_null (attach (fixture, PRIMARY, AC_SOURCE_PULL, FALSE));
  check (fixture, "begin2 ");
  ac_feeds_worker_gone (fixture->feeds, fixture->now_ms);
  check (fixture, "");
  g_assert_false (ac_feeds_is_empty (fixture->feeds));
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *path, *data;
    void (*run) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/feeds/alone", NULL, test_alone },
    { "/feeds/same-key/primary", NULL, test_same_key },
    { "/feeds/same-key/backup", "backup", test_same_key },
    { "/feeds/primary-leaves", NULL, test_primary_leaves },
    { "/feeds/primary-silent", NULL, test_primary_silent },
    { "/feeds/both-silent", NULL, test_both_silent },
    { "/feeds/primary-returns", NULL, test_primary_returns },
    { "/feeds/fetched", NULL, test_fetched },
    { "/feeds/fetched-at-once", NULL, test_fetched_at_once },
    { "/feeds/old-news", NULL, test_old_news },
    { "/feeds/fetched-fails", NULL, test_fetched_fails },
    { "/feeds/fetched-fails-beside-a-backup", NULL,
      test_fetched_fails_beside_a_backup },
    { "/feeds/file-position", NULL, test_file_position },
    { "/feeds/begin-again", NULL, test_begin_again },
    { "/feeds/browser-loses-air", NULL, test_browser_loses_air },
    { "/feeds/browser-and-worker", NULL, test_browser_and_worker },
    { "/feeds/worker-of-others", NULL, test_worker_of_others },
    { "/feeds/close", NULL, test_close },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].data, set_up, tests[i].run, tear_down);
  g_test_add_func ("/kept-units/bounds", test_kept_bounds);
  g_test_add_func ("/kept-units/sound", test_kept_sound);
  g_test_add_func ("/kept-units/ts", test_kept_ts);
  return g_test_run ();
}
