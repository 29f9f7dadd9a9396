/* field_check.h - what may be a number, a name, a phone. Pure.
 *
 * Return NULL, or AC_ORGANISATION_ERROR_INVALID that names the field. */
#pragma once

#include "organisation.h"

GError *ac_check_number (const gchar *number);
GError *ac_check_name (const gchar *name);
/* 1 to 32 of digits, letters and "-", "/", "_", "." */
GError *ac_check_certificate (const gchar *certificate);
/* What a ledger calls somebody: any text of 1 to 64 characters. */
GError *ac_check_key (const gchar *key);
/* @phone: "13800138000", "+86 138-0013-8000", "0797 8123456"
 * Returns: (transfer full) (nullable): its digits without China's +86, NULL when it is
 * no phone: 7 to 15 digits. */
gchar *ac_phone_normalize (const gchar *phone);

/* Control characters, and those that turn the direction of the text around them. */
gboolean ac_character_is_harmful (gunichar character);
