/* transcript.h - papers that anybody can check by their code.
 *
 * A code is 15 characters of Crockford's base32, 14 random ones (70 bits) and one to
 * check them, written in groups of five: "7K3QW-0M9XR-4TBC2". Reading it takes small
 * letters, I and L for 1, O for 0.
 *
 * What a paper said is kept as a digest (digest.h) over "airclass transcript 1",
 * member, from, to, and for each row of the report lesson, day, state's name
 * (study_record.h), both times and both credits; so it can be told later whether the
 * ledger still says the same. The same paper asked for again has the same code.
 *
 * Threads: writes inside a store job, reads on either side (store.h). */
#pragma once

#include "report.h"

#define AC_TRANSCRIPT_CODE_CHARS 15
/* With the hyphens, as it is printed. */
#define AC_TRANSCRIPT_CODE_PRINTED (AC_TRANSCRIPT_CODE_CHARS + 2)

/* Returns: (transfer full) (nullable): the code's characters without hyphens; NULL when
 * @text is no code, or mistyped. */
gchar *ac_transcript_code_parse (const gchar *text);
/* Returns: (transfer full): as it is printed. @code: of _parse() */
gchar *ac_transcript_code_print (const gchar *code);

/* Papers of one member that say different things. */
#define AC_TRANSCRIPTS_PER_MEMBER_MAX 200

/* Inside a store job: the code of a transcript, made and noted unless the same one was
 * before. The text is in @ask's language, the code does not depend on it.
 * @ask: of the member
 * @actor: who asks; 0: the operator
 * @ret_code: (out) (transfer full): as it is printed
 * Errors: as ac_report_make(); AC_CREDIT_ERROR STATE when there are too many. */
gboolean ac_transcript_note (AcStore *store, const AcReportAsk *ask, gint64 actor,
                             gchar **ret_code, GError **error);

/* What a paper said, and whether that still holds. */
typedef struct {
  gchar *name; /* masked */
  gchar *from, *to;
  gint64 made_ms;
  gint64 group_permille, self_permille;
  gint64 n_lessons;
  gint64 ledger_seq;  /* entries of the ledger then */
  gchar *ledger_head; /* hexadecimal */
  gboolean holds;     /* the ledger says the same now */
} AcTranscriptCheck;

void ac_transcript_check_free (AcTranscriptCheck *self);
/* Returns: (transfer full): Errors: AC_CREDIT_ERROR NOT_FOUND "code"; AC_STORE_ERROR.
 */
AcTranscriptCheck *ac_transcript_check (AcStore *store, const gchar *code,
                                        GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcTranscriptCheck, ac_transcript_check_free)
