/* nearest.h - the word that somebody probably meant. */
#pragma once

#include <glib.h>

/* @candidates: n of them
 * Returns: the one at the least distance from @word (letters added, dropped, changed or
 * swapped), when it is near enough to be a typing error; else NULL. */
const gchar *ac_nearest_word (const gchar *word, const gchar *const *candidates,
                              guint n);
