/* nearest_word.h - "did you mean ...?"
 *
 * Threads: any. */
#pragma once

#include <glib.h>

/* @words: NULL-terminated
 * Returns: (transfer none) (nullable): the one of @words at the least distance from
 * @typed (letters added, dropped, changed, or swapped with a neighbour: optimal string
 * alignment), when that is near enough to be a typing error: at most a third of it,
 * and three. Words over 64 bytes are near nothing. */
const gchar *ac_nearest_word (const gchar *typed, const gchar *const *words);
