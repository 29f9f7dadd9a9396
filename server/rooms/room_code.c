#include "room_code.h"

#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT (AC_ROOM_CODE_KEY_BYTES == crypto_auth_hmacsha256_KEYBYTES);

/* Keeps a MAC of this key from meaning anything elsewhere. */
static const guint8 purpose[] = "airclass room code 1";

static void
add_number (crypto_auth_hmacsha256_state *state, gint64 number)
{
  guint64 big = GUINT64_TO_BE ((guint64)number);

  crypto_auth_hmacsha256_update (state, (const guint8 *)&big, sizeof big);
}

static void
make (const guint8 *key, AcRoomCodeOf of, gint64 slot, gchar *ret_digits)
{
  crypto_auth_hmacsha256_state state;
  guint8 mac[crypto_auth_hmacsha256_BYTES];
  guint32 number;

  crypto_auth_hmacsha256_init (&state, key, AC_ROOM_CODE_KEY_BYTES);
  crypto_auth_hmacsha256_update (&state, purpose, sizeof purpose);
  add_number (&state, of.lesson);
  add_number (&state, of.site);
  add_number (&state, slot);
  crypto_auth_hmacsha256_final (&state, mac);
  memcpy (&number, mac + (mac[sizeof mac - 1] & 0xf), sizeof number);
  number = (GUINT32_FROM_BE (number) & 0x7fffffff) % 1000000;
  g_snprintf (ret_digits, AC_ROOM_CODE_DIGITS + 1, "%06u", number);
}

void
ac_room_code_make (const guint8 *key, AcRoomCodeOf of, gint64 wall_ms,
                   gchar *ret_digits)
{
  make (key, of, wall_ms / AC_ROOM_CODE_SLOT_MS, ret_digits);
}

gboolean
ac_room_code_check (const guint8 *key, AcRoomCodeOf of, const gchar *digits,
                    gint64 wall_ms)
{
  gboolean right = FALSE;

  if (digits == NULL || strlen (digits) != AC_ROOM_CODE_DIGITS)
    return FALSE;
  for (gint64 back = 0; back <= 1; back++) {
    gchar good[AC_ROOM_CODE_DIGITS + 1];

    make (key, of, wall_ms / AC_ROOM_CODE_SLOT_MS - back, good);
    right |= sodium_memcmp (good, digits, AC_ROOM_CODE_DIGITS) == 0;
  }
  return right;
}
