/* card_export.h - cards that the daemon has made, drawn into a file to be printed.
 *
 * Their codes are told once: when the file cannot be written they are lost, and the
 * failure says how to make others.
 *
 * Threads: main. */
#pragma once

#include "offline.h"

/* Before the cards are made. FALSE with @ret_answer filled. */
gboolean ac_card_export_check (const gchar *path, AcAnswer *ret_answer);
/* @answer: the daemon's; becomes {"file", "cards", "pages"} or a failure */
void ac_card_export_write (const gchar *path, AcAnswer *answer);
