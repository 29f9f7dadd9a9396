/* talk.h - what people do in a lesson beside watching it, decided inside the job that
 * writes it.
 *
 * A page gives each thing that it does an identifier. One that is known already changes
 * nothing and is answered with what it became the first time, over a restart too.
 *
 * Threads: inside a store job, but for the names. Errors: AC_CONVERSATION_ERROR,
 * AC_STORE_ERROR. */
#pragma once

#include "lesson_event.h"

typedef enum {
  AC_TALK_CHAT,
  AC_TALK_CHAT_HIDE,
  AC_TALK_CHAT_MODE,
  AC_TALK_CHAT_MUTE,
  AC_TALK_QUESTION,
  AC_TALK_QUESTION_VOTE,
  AC_TALK_QUESTION_STATE,
  AC_TALK_HAND,
  AC_TALK_HAND_STATE,
  AC_TALK_POLL,
  AC_TALK_POLL_ANSWER,
  AC_TALK_POLL_CLOSE,
  AC_TALK_POLL_SHOW,
  AC_TALK_ANNOUNCEMENT,
  AC_TALK_ANNOUNCEMENT_WITHDRAW,
  AC_TALK_HANDOUT,
  AC_TALK_HANDOUT_CHANGE,
} AcTalkKind;

#define AC_TALKS (AC_TALK_HANDOUT_CHANGE + 1)

/* "chat", "chat-hide", ...: the types of docs/protocol.md */
const gchar *ac_talk_name (AcTalkKind kind);
gboolean ac_talk_from_name (const gchar *name, AcTalkKind *ret_kind);

typedef struct {
  gint64 lesson;
  gint64 member;
  gboolean staff;  /* may moderate the lesson */
  gint64 clock_ms; /* monotonic */
  gint64 wall_ms;
  gint64 media_ms; /* the live edge */
} AcSpeaker;

#define AC_TALK_ID_MAX_CHARS 36

/* 1 to 36 of [0-9A-Za-z-] */
gboolean ac_talk_id_is_valid (const gchar *id);

/* What came of it. */
typedef struct {
  gint64 seq;        /* of the event it became; 0: it became none */
  GPtrArray *events; /* AcLessonEvent to be told after the commit */
  gboolean tally;    /* votes or answers to polls have changed */
  gchar *let_go;     /* NULL, or the file of a hand-out that nobody may have any more:
                        to be unlinked after the commit */
} AcTalkResult;

void ac_talk_result_clear (AcTalkResult *result);

/* @fields: what the page sent; read here and checked here
 * @ret_result: zeroed; cleared by the caller, after an error too */
gboolean ac_talk_run (AcStore *store, AcTalkKind kind, const AcSpeaker *who,
                      const gchar *id, JsonObject *fields, AcTalkResult *ret_result,
                      GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcTalkResult, ac_talk_result_clear)
