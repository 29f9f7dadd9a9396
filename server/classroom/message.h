/* message.h - the words of the classroom socket; docs/protocol.md describes them.
 *
 * Threads: any. */
#pragma once

#include "attendance.h"
#include "classroom.h"
#include "talk.h"

#define AC_MESSAGE_MAX_BYTES (8 * 1024)

/* Why a socket is closed (RFC 6455 7.4, and 4000 up are ours). */
#define AC_CLOSE_NOT_JSON 1007
#define AC_CLOSE_POLICY 1008
#define AC_CLOSE_TOO_BIG 1009
#define AC_CLOSE_SIGNED_OUT 4401
#define AC_CLOSE_PASSWORD_MADE 4403
#define AC_CLOSE_NO_LESSON 4404

typedef enum {
  AC_MESSAGE_OTHER, /* a type of another version: ignored */
  AC_MESSAGE_BEATS,
  AC_MESSAGE_PING,
  AC_MESSAGE_RESUME,
  AC_MESSAGE_PROMPT_SHOWN,
  AC_MESSAGE_PROMPT_ANSWER,
  AC_MESSAGE_BREAK,
  AC_MESSAGE_TALK, /* and an AcTalkKind */
} AcMessageType;

#define AC_MESSAGE_TYPES (AC_MESSAGE_TALK + AC_TALKS)

/* What a message of @type needs; AC_ACT_NONE, which nobody may, when it is in no table.
 */
AcAct ac_message_act (AcMessageType type);

typedef struct {
  AcMessageType type;
  guint n_beats;
  AcBeat beats[AC_BEAT_BATCH_MAX];
  gint64 since;       /* of a resume */
  gchar *id;          /* of what is said: the page's name for it; of a break nullable */
  JsonObject *fields; /* likewise: the whole message */
  gint64 prompt;
  gint64 pressed_after_ms;
  gboolean on; /* of a break */
} AcMessage;

void ac_message_clear (AcMessage *message);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcMessage, ac_message_clear)

/* @ret_message: to be cleared, whatever is returned
 * Returns: 0, or the code to close with; *@ret_reason is then a static text. */
guint16 ac_message_parse (GBytes *text, AcMessage *ret_message,
                          const gchar **ret_reason);

/* "?lesson=ID&client=HEX16", and "&since=SEQ" of who wants to hear the lesson's events.
 * @ret_since: (out): -1 without it */
gboolean ac_message_parse_query (const gchar *query, gint64 *ret_lesson,
                                 guint64 *ret_client, gint64 *ret_since);
/* Whether @origin names the same host and port as @host. */
gboolean ac_message_origin_matches (const gchar *origin, const gchar *host);

typedef struct {
  gint64 lesson;
  AcLessonState state;
  gint64 length_ms;
  AcAttendance attendance;
  gint64 last_seq;
  gboolean interrupted;
  gboolean on_break;
} AcWelcome;

GBytes *ac_message_welcome (const AcWelcome *welcome);
GBytes *ac_message_ack (const gint64 *seqs, guint n_seqs,
                        const AcAttendance *attendance);
GBytes *ac_message_retry (guint after_ms);
GBytes *ac_message_lesson (AcLessonState state, gint64 length_ms, gboolean interrupted);
GBytes *ac_message_pong (void);
/* @since: what the page had; what came after it is told as a state */
GBytes *ac_message_gap (gint64 since);
/* @presence: of ac_classroom_presence(); gets its type */
GBytes *ac_message_presence (JsonObject *presence);
/* @seq: of the event that it became; 0: none */
GBytes *ac_message_done (const gchar *id, gint64 seq);

typedef struct {
  const gchar *code;
  const gchar *field;  /* (nullable) */
  const gchar *detail; /* (nullable): for whoever writes a page */
  gint64 after_ms;     /* 0: not by waiting */
} AcRefusal;

/* @id: (nullable) */
GBytes *ac_message_refused (const gchar *id, const AcRefusal *refusal);
/* @left_ms: until it is missed, from when it is shown, or since */
GBytes *ac_message_prompt (gint64 prompt, gint64 limit_ms, gint64 left_ms);
GBytes *ac_message_prompt_closed (gint64 prompt, gboolean answered);

/* "planned", "open", "live", "ended", "cancelled" */
const gchar *ac_lesson_state_name (AcLessonState state);
