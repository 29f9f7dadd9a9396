/* identity_number.h - numbers of identity cards, as GB 11643-1999 has them. Pure. */
#pragma once

#include <glib.h>

#define AC_IDENTITY_NUMBER_CHARS 18

/* @text: with spaces, full-width forms and a small x as people and tables write it
 * Returns: (transfer full) (nullable): 17 digits and a digit or "X"; NULL when @text is
 * no such number: its day of birth is none, or its last character is not what ISO 7064
 * MOD 11-2 makes of the others. */
gchar *ac_identity_number_normalize (const gchar *text);

/* Returns: (transfer full) (nullable): only the last four are told,
 * "**************1234"; NULL for NULL. */
gchar *ac_identity_number_mask (const gchar *number);
