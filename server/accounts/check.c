#include "check.h"

#include "error.h"
#include "password.h"

#include <string.h>

GError *
ac_check_password (const gchar *password)
{
  gsize length = password != NULL ? strlen (password) : 0;

  if (length < AC_PASSWORD_MIN_BYTES || length > AC_PASSWORD_MAX_BYTES)
    return ac_accounts_error_new (AC_ACCOUNTS_ERROR_INVALID, "password", 0,
                                  "password: 8 to 128 bytes");
  return NULL;
}
