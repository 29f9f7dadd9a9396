#include "person_tables.h"

/* Where a table has no index by member: the lessons that they were in. */
#define THEIR_LESSONS "(SELECT lesson FROM presence WHERE member = ?1)"

#define SECTION(name, table, column, select)                                           \
  {                                                                                    \
    name, table, column, "SELECT " select                                              \
  }

const AcPersonSection ac_person_sections[] = {
  SECTION ("person", "members", "id",
           "id, number, name, kind, role, phone, certificate, certificate_state, "
           "branch AS home, host, created_ms, password IS NOT NULL AS has_password "
           "FROM members WHERE id = ?1"),
  SECTION ("memberships", "memberships", "member",
           "side, from_day, branch FROM memberships WHERE member = ?1 "
           "ORDER BY side, from_day"),
  SECTION ("certificates", "certificates", "member",
           "number, state, note, wall_ms FROM certificates WHERE member = ?1 "
           "ORDER BY id"),
  SECTION ("ledger_keys", "import_keys", "member",
           "ledger, key FROM import_keys WHERE member = ?1"),
  SECTION ("roles", "grants", "member",
           "role, branch, wall_ms FROM grants WHERE member = ?1"),
  SECTION ("steward_of", "stewards", "member", "site FROM stewards WHERE member = ?1"),
  SECTION ("cards", "member_cards", "member",
           "id, made_ms, revoked_ms FROM member_cards WHERE member = ?1 ORDER BY id"),
  SECTION ("sessions", "sessions", "member",
           "id, created_ms, last_seen_ms, ended_ms, user_agent FROM sessions "
           "WHERE member = ?1 ORDER BY id"),
  SECTION ("standings", "standings", "member",
           "year, duty, exempt, reason, created_ms FROM standings WHERE member = ?1 "
           "ORDER BY id"),
  SECTION ("expected", "expected", "member",
           "lesson, home_branch, host_branch, kind, state, reason FROM expected "
           "WHERE member = ?1 ORDER BY lesson"),
  SECTION ("excuses", "excuses", "member",
           "lesson, state, reason, wall_ms FROM excuses WHERE member = ?1"),
  SECTION ("leaves", "leaves", "member",
           "id, lesson, reason, asked_ms, state, decided_ms, answer FROM leaves "
           "WHERE member = ?1 ORDER BY id"),
  SECTION ("reminders", "reminders", "member",
           "lesson, tries, sent_ms FROM reminders WHERE member = ?1"),
  SECTION ("lectures", "lesson_lecturers", "member",
           "lesson FROM lesson_lecturers WHERE member = ?1"),
  SECTION ("calendars", "calendars", "lecturer",
           "id, created_ms, revoked_ms FROM calendars WHERE lecturer = ?1"),
  SECTION ("presence", "presence", "member",
           "lesson, session, last_wall_ms, accepted_total_ms FROM presence "
           "WHERE member = ?1 ORDER BY lesson, session"),
  SECTION ("attendance", "attendance", "member",
           "lesson, beats, accepted_ms, earned_ms, group_ms, updated_ms "
           "FROM attendance WHERE member = ?1 ORDER BY lesson"),
  /* The beats themselves are one every ten seconds of play: their sums. */
  SECTION ("beats", "beats", "member",
           "beats.lesson, count (*) AS beats, min (wall_ms) AS first_wall_ms, "
           "max (wall_ms) AS last_wall_ms, sum (beats.accepted_ms) AS accepted_ms, "
           "sum (beats.earned_ms) AS earned_ms FROM attendance CROSS JOIN beats "
           "ON beats.lesson = attendance.lesson AND beats.member = attendance.member "
           "WHERE attendance.member = ?1 GROUP BY beats.lesson"),
  SECTION ("intervals", "intervals", "member",
           "lesson, start_ms, end_ms, earned_ms, mode, wall_ms FROM intervals "
           "WHERE lesson IN " THEIR_LESSONS " AND member = ?1"),
  SECTION ("prompts", "prompts", "member",
           "lesson, sent_ms, shown_ms, answered_ms, missed FROM prompts "
           "WHERE member = ?1 ORDER BY id"),
  SECTION ("proofs", "proofs", "member",
           "lesson, how, wall_ms FROM proofs WHERE lesson IN " THEIR_LESSONS
           " AND member = ?1"),
  SECTION ("room_stays", "room_stays", "member",
           "lesson, site, way, in_ms, out_ms, in_wall_ms, out_wall_ms, late "
           "FROM room_stays WHERE member = ?1 ORDER BY id"),
  SECTION ("room_logs", "room_logs", "member",
           "lesson, site, entry, at_ms, state, received_ms, decided_ms FROM room_logs "
           "WHERE member = ?1 ORDER BY site, device, seq"),
  SECTION ("ledger", "ledger", "member",
           "seq, kind, study, lesson, media, earned_ms, policy, home_branch, "
           "host_branch, lesson_year, year, created_ms, reason, evidence "
           "FROM ledger LEFT JOIN ledger_notes ON entry = seq WHERE member = ?1 "
           "ORDER BY seq"),
  SECTION ("corrections", "corrections", "member",
           "id, state, kind, study, lesson, earned_ms, reason, evidence, asked_ms, "
           "decided_ms, entry, answer FROM corrections WHERE member = ?1 ORDER BY id"),
  SECTION ("appeals", "appeals", "member",
           "id, lesson, text, opened_ms, answer, answered_ms, entry FROM appeals "
           "WHERE member = ?1 ORDER BY id"),
  SECTION ("transcripts", "transcripts", "member",
           "code, from_day, to_day, made_ms, lessons, group_permille, self_permille, "
           "ledger_seq FROM transcripts WHERE member = ?1 ORDER BY made_ms"),
  SECTION ("said", "lesson_events", "member",
           "lesson, seq, kind, wall_ms, media_ms, text, body, hidden "
           "FROM lesson_events WHERE member = ?1 ORDER BY lesson, seq"),
  SECTION ("voices", "lesson_voices", "member",
           "lesson, lines, questions, muted FROM lesson_voices "
           "WHERE lesson IN " THEIR_LESSONS " AND member = ?1"),
  SECTION ("hands", "hands", "member",
           "hands.lesson, hands.seq, state FROM lesson_events JOIN hands "
           "USING (lesson, seq) WHERE lesson_events.member = ?1 AND hands.member = ?1"),
  SECTION ("votes", "question_votes", "member",
           "lesson, question FROM question_votes WHERE lesson IN " THEIR_LESSONS
           " AND member = ?1"),
  SECTION ("poll_answers", "poll_answers", "member",
           "lesson, poll, choices FROM poll_answers WHERE lesson IN " THEIR_LESSONS
           " AND member = ?1"),
  SECTION ("who_looked", "audit", "member",
           "wall_ms, act, (SELECT number FROM members WHERE id = actor) AS actor, "
           "lesson, reason, detail FROM audit WHERE member = ?1 ORDER BY id"),
  SECTION ("acts", "audit", "actor",
           "wall_ms, act, (SELECT number FROM members WHERE id = audit.member) "
           "AS member, lesson, reason FROM audit WHERE actor = ?1 "
           "AND member IS NOT ?1 ORDER BY id"),
  { NULL },
};

#define IN_OFFICE "done in office: it is about others, and told to them"

const AcPersonException ac_person_exceptions[] = {
  { "identities", "member", "told as \"identity\", see person_export.h" },
  { "erased_members", "member", "nobody is left to tell it to" },
  { "erased_members", "actor", IN_OFFICE },
  { "member_time", "member", "when something was earned: intervals tell it" },
  { "room_attendance", "member", "up to where the ledger has room_stays" },
  { "lesson_acts", "member", "numbers by which a page sends something only once" },
  { "asked_once", "member", "likewise, and gone after a day" },
  { "certificates", "actor", IN_OFFICE },
  { "policies", "actor", IN_OFFICE },
  { "standings", "actor", IN_OFFICE },
  { "ledger", "actor", IN_OFFICE },
  { "ledger", "approver", IN_OFFICE },
  { "corrections", "asker", IN_OFFICE },
  { "corrections", "decider", IN_OFFICE },
  { "appeals", "answerer", IN_OFFICE },
  { "closed_years", "actor", IN_OFFICE },
  { "screens", "paired_by", IN_OFFICE },
  { "room_stays", "steward", IN_OFFICE },
  { "room_stays", "approved_by", IN_OFFICE },
  { "room_guests", "steward", IN_OFFICE },
  { "head_counts", "steward", IN_OFFICE },
  { "room_logs", "sender", IN_OFFICE },
  { "room_logs", "decided_by", IN_OFFICE },
  { "lesson_breaks", "actor", IN_OFFICE },
  { "prompts", "asker", IN_OFFICE },
  { "courses", "actor", IN_OFFICE },
  { "series", "actor", IN_OFFICE },
  { "excuses", "actor", IN_OFFICE },
  { "leaves", "decider", IN_OFFICE },
  { "expected", "actor", IN_OFFICE },
  { "calendars", "actor", IN_OFFICE },
  { "transcripts", "actor", IN_OFFICE },
  { "lesson_events", "actor", IN_OFFICE },
  { NULL },
};

#define A_BOOT "the name of a boot of this machine"

const AcPersonException ac_person_kept[] = {
  { "corrections", "study", "group or self" },
  { "presence", "boot", A_BOOT },
  { "member_time", "boot", A_BOOT },
  { "prompts", "boot", A_BOOT },
  { "proofs", "boot", A_BOOT },
  { "member_time", "used", "intervals of time" },
  { "ledger", "media", "intervals of media" },
  { "ledger", "prev_hash", "of the entry before" },
  { "ledger", "hash", "of the entry, which names nobody" },
  { "ledger", "note_digest", "salted, and the salt is gone with the note" },
  { "expected", "kind", "one of the kinds of members" },
  { "lesson_events", "kind", "what sort of event it was" },
  { "lesson_events", "body", "nobody's words" },
  { "room_logs", "device", "digits that a device chose" },
  { "room_logs", "prev_hash", "of the entry before" },
  { "room_logs", "hash", "of the text that was sent, which is gone" },
  { "audit", "act", "one of the acts" },
  { NULL },
};

const AcPersonException ac_person_elsewhere[] = {
  { "branches", NULL, "names of branches" },
  { "closed_years", NULL, "the ledger's hash then" },
  { "courses", NULL, "what is taught" },
  { "feeds", NULL, "who is told of the ledger" },
  { "handouts", NULL, "what the staff hand out, by its own titles" },
  { "head_counts", NULL, "how many were there" },
  { "latency", NULL, "how far behind lessons are watched, in counts of a minute" },
  { "lesson_terms", NULL, "a day" },
  { "lessons", NULL, "titles, sources, keys; why one was cancelled" },
  { "policies", NULL, "rules, and why they changed" },
  { "poll_options", NULL, "what there is to choose from" },
  { "quality", NULL, "how well lessons are watched, in sums of a minute" },
  { "questions", NULL, "states; the words are in lesson_events" },
  { "refused_statements", NULL, "a pseudonym, see statements.h" },
  { "screen_presence", NULL, A_BOOT },
  { "screens", NULL, "names of screens" },
  { "series", NULL, "rules of repetition" },
  { "sites", NULL, "names of rooms" },
  { "webhook_events", NULL, "numbers of rows, see webhook.h" },
  { "webhooks", NULL, "who is told what happens" },
  { NULL },
};
