/* nearest_word.h - "did you mean ...?"
 *
 * Threads: any. */
#pragma once

#include <glib.h>

/* @words: NULL-terminated
 * Returns: (transfer none) (nullable): the one of @words with the smallest edit
 * distance (Levenshtein, 1966) to @typed, when that is at most a third of its length,
 * rounded up. @typed is read up to 64 bytes. */
const gchar *ac_nearest_word (const gchar *typed, const gchar *const *words);
