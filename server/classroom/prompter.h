/* prompter.h - prompts on their way to pages and back. What they are, and what follows
 * from them, is in prompts.h; here are the sockets and the clock.
 *
 * Threads: main loop. */
#pragma once

#include "occupant.h"

/* The member of @occupant has played enough: they are asked, on all their pages. */
void ac_prompter_due (AcOccupant *occupant);
/* A page came: it gets the prompt that is open. */
void ac_prompter_came (AcOccupant *occupant);
void ac_prompter_shown (AcOccupant *occupant, gint64 prompt);
void ac_prompter_answered (AcOccupant *occupant, gint64 prompt,
                           gint64 pressed_after_ms);
