/* room_code.h - the six digits that a room's screen shows, as text and in its QR code.
 *
 * HMAC-SHA256 over lesson, site and a slot of 30 seconds of the wall clock, cut to
 * digits as in RFC 4226, section 5.3. Who copies them has to hurry: the digits of a
 * slot are good until the end of the next one. They tell that somebody is in the room,
 * or knows somebody there, nothing else: they open nothing without a sign-in.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

#define AC_ROOM_CODE_KEY_BYTES 32
#define AC_ROOM_CODE_DIGITS 6
#define AC_ROOM_CODE_SLOT_MS 30000

typedef struct {
  gint64 lesson, site;
} AcRoomCodeOf;

/* @key: AC_ROOM_CODE_KEY_BYTES; may serve other purposes, too
 * @ret_digits: AC_ROOM_CODE_DIGITS + 1 */
void ac_room_code_make (const guint8 *key, AcRoomCodeOf of, gint64 wall_ms,
                        gchar *ret_digits);
/* Whether @digits are those of this slot or the last; @digits: any text or NULL. */
gboolean ac_room_code_check (const guint8 *key, AcRoomCodeOf of, const gchar *digits,
                             gint64 wall_ms);
