/* prompts.h - "are you there?": asked of a member at a random moment of play.
 *
 *   due -> asked -> shown -> answered
 *            |        '----> missed -> answered late, but pressed in time
 *            '-> never shown: closed, and nothing follows
 *
 * A member has at most one open prompt in a lesson, on however many devices. It is due
 * after 20 to 30 minutes of play that earns, drawn anew each time from the kernel's
 * random numbers; play in audio mode counts twice, so that listeners are asked each 10
 * to 15 minutes; rooms are not asked.
 *
 * Threads: inside a store job, unless said otherwise. Errors: AC_STORE_ERROR. */
#pragma once

#include "attendance.h"

#define AC_PROMPT_LIMIT_MS                                                             \
  180000                         /* to answer in, unless the settings say otherwise    \
                                  */
#define AC_PROMPT_GRACE_MS 15000 /* for what is on its way when the time is over */
/* So much later may an answer come that the page says was pressed in time. */
#define AC_PROMPT_LATE_MS (15 * 60 * 1000)

/* Returns: after how much play the next one is due: 20 to 30 minutes. Threads: any. */
gint64 ac_prompt_draw_ms (void);

typedef struct {
  gint64 id, lesson, member;
  gint64 limit_ms;
  gint64 left_ms; /* until it is missed; all of it while it is not shown */
} AcPrompt;

typedef struct {
  gint64 lesson, member;
  gint64 asker;    /* a lecturer, who asks whenever they like; 0: only when it is due */
  gint64 limit_ms; /* to answer in */
} AcPromptAsk;

/* @ret_id: (out): 0: one is open already, or none is due */
gboolean ac_prompt_ask (AcStore *store, const AcPromptAsk *ask,
                        const AcArrival *arrival, gint64 *ret_id, GError **error);

/* A page of @member shows it: from the first one on the time runs. What is not theirs
 * or not open is ignored. */
gboolean ac_prompt_shown (AcStore *store, gint64 prompt, gint64 member, gint64 session,
                          const AcArrival *arrival, GError **error);

typedef struct {
  gint64 prompt, member;
  gint64 pressed_after_ms; /* since it was shown, as the page says */
  const AcIntervalSet *creditable;
  gboolean accepted; /* out: it counts, now or since before */
} AcPromptAnswer;

/* A proof of presence. One that was missed already is given back what it took. */
gboolean ac_prompt_answer (AcStore *store, AcPromptAnswer *answer,
                           const AcArrival *arrival, GError **error);

typedef struct {
  gint64 prompt;
  const AcIntervalSet *creditable;
  gboolean closed, missed; /* out */
} AcPromptJudgement;

/* Closes the prompt when its time is over; nothing when it is not, or closed. What was
 * asked before the machine booted was not missed. */
gboolean ac_prompt_judge (AcStore *store, AcPromptJudgement *judgement,
                          const AcArrival *arrival, GError **error);

/* Returns: (transfer full): AcPrompt, those whose time is over, at most @limit. Also on
 * the main loop. */
GArray *ac_prompt_list_due (AcStore *store, const AcArrival *arrival, guint limit,
                            GError **error);
/* The open one of @member in @lesson; id 0: none. Also on the main loop. */
gboolean ac_prompt_find_open (AcStore *store, gint64 lesson, gint64 member,
                              const AcArrival *arrival, AcPrompt *ret_prompt,
                              GError **error);
