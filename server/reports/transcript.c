#include "transcript.h"

#include "credit_error.h"
#include "digest.h"
#include "mask.h"
#include "ledger.h"
#include "report_fill.h"

#include <sodium.h>
#include <string.h>

/* --- Codes --- */

static const gchar letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
#define RANDOM_CHARS (AC_TRANSCRIPT_CODE_CHARS - 1)

/* Returns: 0 to 31; -1: no letter of a code. */
static gint
value_of (gchar letter)
{
  const gchar *at;

  letter = g_ascii_toupper (letter);
  letter = letter == 'O' ? '0' : letter == 'I' || letter == 'L' ? '1' : letter;
  at = letter != '\0' ? strchr (letters, letter) : NULL;
  return at != NULL ? (gint)(at - letters) : -1;
}

/* A sum with odd weights, modulo 32, finds every single wrong character, and neighbours
 * that changed places unless they lie 16 apart. */
static gchar
check_letter (const gchar *code)
{
  guint sum = 0;

  for (guint i = 0; i < RANDOM_CHARS; i++)
    sum += (2 * i + 1) * (guint)value_of (code[i]);
  return letters[sum % 32];
}

gchar *
ac_transcript_code_parse (const gchar *text)
{
  gchar code[AC_TRANSCRIPT_CODE_CHARS + 1] = { 0 };
  guint n = 0;

  for (; *text != '\0'; text++) {
    gint value = value_of (*text);

    if (*text == '-')
      continue;
    if (value < 0 || n == AC_TRANSCRIPT_CODE_CHARS)
      return NULL;
    code[n++] = letters[value];
  }
  if (n != AC_TRANSCRIPT_CODE_CHARS || check_letter (code) != code[RANDOM_CHARS])
    return NULL;
  return g_strdup (code);
}

gchar *
ac_transcript_code_print (const gchar *code)
{
  return g_strdup_printf ("%.5s-%.5s-%.5s", code, code + 5, code + 10);
}

static void
make_code (gchar *code)
{
  for (guint i = 0; i < RANDOM_CHARS; i++)
    code[i] = letters[randombytes_uniform (32)];
  code[RANDOM_CHARS] = check_letter (code);
  code[AC_TRANSCRIPT_CODE_CHARS] = '\0';
}

/* --- What a paper says --- */

typedef struct {
  AcDigest *digest;
  gint64 group_permille, self_permille, n_lessons;
} Said;

static void
add_lesson (const AcStudyFigure *figure, gpointer data)
{
  Said *said = data;
  gint64 self = figure->credit.credit_permille - figure->credit.group_permille;

  ac_digest_int (said->digest, figure->lesson->id);
  ac_digest_text (said->digest, figure->lesson->day);
  ac_digest_text (said->digest, ac_record_state_name (figure->state));
  ac_digest_int (said->digest, figure->time.group_ms);
  ac_digest_int (said->digest, figure->time.self_ms);
  ac_digest_int (said->digest, figure->credit.group_permille);
  ac_digest_int (said->digest, self);
  said->group_permille += figure->credit.group_permille;
  said->self_permille += self;
  said->n_lessons++;
}

/* Returns: (transfer full) (nullable): the digest; NULL with @error. */
static GBytes *
read_said (AcStore *store, const AcReportAsk *ask, Said *ret_said, GError **error)
{
  g_autoptr (AcReportScope) scope = ac_report_scope_new (store, ask, error);
  g_autoptr (GBytes) digest = NULL;
  gboolean good;

  if (scope == NULL)
    return NULL;
  *ret_said = (Said){ .digest = ac_digest_new ("airclass transcript 1") };
  ac_digest_int (ret_said->digest, ask->member);
  ac_digest_text (ret_said->digest, ask->from);
  ac_digest_text (ret_said->digest, ask->to);
  good = ac_ledger_pass_member (scope, ask->member, add_lesson, ret_said, error);
  digest = ac_digest_end (ret_said->digest);
  return good ? g_steal_pointer (&digest) : NULL;
}

/* --- Noting --- */

/* @ret_code: NULL when there is none of that digest */
static gboolean
find_same (AcStore *store, gint64 member, GBytes *digest, gchar **ret_code,
           GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT (SELECT code FROM transcripts WHERE member = ?1 AND digest = ?2), "
      "  (SELECT count (*) FROM transcripts WHERE member = ?1), "
      "  EXISTS (SELECT 1 FROM members WHERE id = ?1)",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ib", member, digest);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_code = ac_statement_text (statement, 0);
  if (sqlite3_column_int (statement, 2) == 0)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "member",
                             "there is no member %" G_GINT64_FORMAT, member);
  if (*ret_code == NULL &&
      sqlite3_column_int (statement, 1) >= AC_TRANSCRIPTS_PER_MEMBER_MAX)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, "member",
                             "%u different transcripts were made already: ask for a "
                             "period that was asked for before",
                             AC_TRANSCRIPTS_PER_MEMBER_MAX);
  return TRUE;
}

static gboolean
insert (AcStore *store, const AcReportAsk *ask, gint64 actor, const Said *said,
        GBytes *digest, const gchar *code, GError **error)
{
  g_autoptr (GBytes) head = NULL;
  gint64 seq;

  return ac_ledger_head (store, &seq, &head, error) &&
         ac_store_run (store, error,
                       "INSERT INTO transcripts (code, member, from_day, to_day, "
                       "  made_ms, actor, lessons, group_permille, self_permille, "
                       "  ledger_seq, head, digest) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       "tittiniiiibb", code, ask->member, ask->from, ask->to,
                       ask->made_ms, actor, said->n_lessons, said->group_permille,
                       said->self_permille, seq, head, digest);
}

gboolean
ac_transcript_note (AcStore *store, const AcReportAsk *ask, gint64 actor,
                    gchar **ret_code, GError **error)
{
  gchar code[AC_TRANSCRIPT_CODE_CHARS + 1];
  g_autofree gchar *same = NULL;
  g_autoptr (GBytes) digest = NULL;
  Said said;

  digest = read_said (store, ask, &said, error);
  if (digest == NULL || !find_same (store, ask->member, digest, &same, error))
    return FALSE;
  if (same == NULL) {
    make_code (code);
    if (!insert (store, ask, actor, &said, digest, code, error))
      return FALSE;
  }
  *ret_code = ac_transcript_code_print (same != NULL ? same : code);
  return TRUE;
}

/* --- Checking --- */

void
ac_transcript_check_free (AcTranscriptCheck *self)
{
  g_free (self->name);
  g_free (self->from);
  g_free (self->to);
  g_free (self->ledger_head);
  g_free (self);
}

static AcTranscriptCheck *
read_check (AcStatement *row)
{
  AcTranscriptCheck *check = g_new0 (AcTranscriptCheck, 1);
  g_autoptr (GBytes) head =
      g_bytes_new (sqlite3_column_blob (row, 8), (gsize)sqlite3_column_bytes (row, 8));

  check->name = ac_mask_name ((const gchar *)sqlite3_column_text (row, 1));
  check->from = ac_statement_text (row, 2);
  check->to = ac_statement_text (row, 3);
  check->made_ms = sqlite3_column_int64 (row, 4);
  check->n_lessons = sqlite3_column_int64 (row, 5);
  check->group_permille = sqlite3_column_int64 (row, 6);
  check->self_permille = sqlite3_column_int64 (row, 7);
  check->ledger_head = ac_digest_to_text (head);
  check->ledger_seq = sqlite3_column_int64 (row, 9);
  return check;
}

/* Fills @ask and @ret_digest too, of which the paper was made. */
static AcTranscriptCheck *
find (AcStore *store, const gchar *text, AcReportAsk *ask, GBytes **ret_digest,
      GError **error)
{
  g_autofree gchar *code = ac_transcript_code_parse (text);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT member, name, from_day, to_day, made_ms, lessons, group_permille, "
      "  self_permille, head, ledger_seq, digest "
      "FROM transcripts JOIN members ON members.id = member WHERE code = ?",
      error);
  AcTranscriptCheck *check;
  gint step = SQLITE_DONE;

  if (statement == NULL)
    return NULL;
  if (code != NULL) {
    ac_statement_bind (statement, "t", code);
    step = ac_store_step (store, statement, error);
  }
  if (step == SQLITE_DONE)
    ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "code",
                      "no transcript has this code");
  if (step != SQLITE_ROW)
    return NULL;
  check = read_check (statement);
  ask->member = sqlite3_column_int64 (statement, 0);
  *ret_digest = g_bytes_new (sqlite3_column_blob (statement, 10),
                             (gsize)sqlite3_column_bytes (statement, 10));
  return check;
}

AcTranscriptCheck *
ac_transcript_check (AcStore *store, const gchar *code, GError **error)
{
  g_autoptr (AcReportAsk) ask = ac_report_ask_new ();
  g_autoptr (GBytes) then = NULL;
  g_autoptr (GBytes) now = NULL;
  g_autoptr (AcTranscriptCheck) check = find (store, code, ask, &then, error);
  Said said;

  if (check == NULL || !ac_report_ask_set_period (ask, check->from, check->to, error))
    return NULL;
  now = read_said (store, ask, &said, error);
  if (now == NULL)
    return NULL;
  check->holds = g_bytes_equal (now, then);
  return g_steal_pointer (&check);
}
