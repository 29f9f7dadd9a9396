/* talk_private.h - one thing that somebody does, on its way through its function. */
#pragma once

#include "conversation_error.h"
#include "talk.h"

typedef struct {
  AcStore *store;
  const AcSpeaker *who;
  JsonObject *fields;
  AcTalkResult *result;
} AcTalk;

/* Limits of a lesson; docs/protocol.md has them too. */
#define AC_EVENTS_MAX 100000
#define AC_QUESTIONS_MAX 2000
#define AC_HANDS_MAX 500
#define AC_POLLS_MAX 100
#define AC_POLLS_OPEN_MAX 5
#define AC_ANNOUNCEMENTS_MAX 200
#define AC_HANDOUTS_MAX 100
/* Limits of a member in a lesson. */
#define AC_ACTS_MAX 5000
#define AC_LINES_MAX 1000
#define AC_QUESTIONS_OF_MEMBER_MAX 50

/* The words of @field: 1 to @max_chars characters, none that is no letter to see; a
 * newline only when there may be @lines.
 * Returns: (transfer none) (nullable): NULL with INVALID. */
const gchar *ac_talk_read_words (AcTalk *talk, const gchar *field, guint max_chars,
                                 gboolean lines, GError **error);
gboolean ac_talk_read_flag (AcTalk *talk, const gchar *field, gboolean *ret_value,
                            GError **error);
gboolean ac_talk_read_number (AcTalk *talk, const gchar *field, gint64 min, gint64 max,
                              gint64 *ret_value, GError **error);
/* @names: of the values; ends with NULL */
gboolean ac_talk_read_choice (AcTalk *talk, const gchar *field,
                              const gchar *const names[], guint *ret_index,
                              GError **error);

/* Whether members may speak: STATE when the lesson is over, MUTED, LIMIT when more than
 * enough was said. The staff may always. */
gboolean ac_talk_check_voice (AcTalk *talk, GError **error);
/* LIMIT when @count, a statement that counts something of the lesson, gives @max. */
gboolean ac_talk_check_count (AcTalk *talk, const gchar *count, gint64 max,
                              const gchar *what, GError **error);
/* The first column of the first row of @sql, whose parameters are the lesson and @key.
 * @ret_found: (out): whether there is a row */
gboolean ac_talk_look_up (AcTalk *talk, const gchar *sql, gint64 key, gint64 *ret_value,
                          gboolean *ret_found, GError **error);
/* Adds one to @column of the member's voice. @sql: an upsert of (lesson, member) */
gboolean ac_talk_count (AcTalk *talk, const gchar *sql, GError **error);

/* Returns: (transfer full): of the lesson, at its time. */
AcLessonEvent *ac_talk_event (AcTalk *talk, const gchar *kind, AcAudience audience);
/* Adds @event, to be told. @event: (transfer full) @body: (transfer full) (nullable)
 * Returns: its number, 0 with an error. */
gint64 ac_talk_add (AcTalk *talk, AcLessonEvent *event, JsonObject *body,
                    GError **error);

/* One a kind: chat.c, question.c, hand.c, poll.c, notice.c. */
typedef gboolean (*AcTalkFunc) (AcTalk *talk, GError **error);
gboolean ac_chat_say (AcTalk *talk, GError **error);
gboolean ac_chat_hide (AcTalk *talk, GError **error);
gboolean ac_chat_set_mode (AcTalk *talk, GError **error);
gboolean ac_chat_mute (AcTalk *talk, GError **error);
gboolean ac_question_ask (AcTalk *talk, GError **error);
gboolean ac_question_vote (AcTalk *talk, GError **error);
gboolean ac_question_set_state (AcTalk *talk, GError **error);
gboolean ac_hand_show (AcTalk *talk, GError **error);
gboolean ac_hand_set_state (AcTalk *talk, GError **error);
gboolean ac_poll_open (AcTalk *talk, GError **error);
gboolean ac_poll_answer (AcTalk *talk, GError **error);
gboolean ac_poll_close (AcTalk *talk, GError **error);
gboolean ac_poll_show (AcTalk *talk, GError **error);
gboolean ac_announcement_add (AcTalk *talk, GError **error);
gboolean ac_announcement_withdraw (AcTalk *talk, GError **error);
gboolean ac_handout_add_link (AcTalk *talk, GError **error);
gboolean ac_handout_change (AcTalk *talk, GError **error);
