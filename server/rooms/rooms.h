/* rooms.h - what rooms need beyond the database: screens that wait to be let in, the
 * key of the digits, how often somebody may guess.
 *
 * A screen is a session of its own kind: its id is the screen's, negative, and
 * AcAccessWho.screen and .site say so; it is no member.
 *
 * Threads:   main loop.
 * Ownership: plain; what it is made of outlives it. */
#pragma once

#include "accounts.h"
#include "pairing.h"
#include "room_code.h"
#include "roll.h"
#include "screen.h"

typedef struct _AcRooms AcRooms;

/* The cookie of a screen, which lives ten years unless it is revoked. */
#define AC_ROOMS_COOKIE "airclass_screen"
#define AC_ROOMS_COOKIE_AGE_S (10 * 365 * 24 * 60 * 60)

/* @key: AC_ROOM_CODE_KEY_BYTES, copied; may serve other purposes, too */
AcRooms *ac_rooms_new (AcStore *store, const guint8 *key);
void ac_rooms_free (AcRooms *self);

/* Who tries; (nullable) parts count for nothing. */
typedef struct {
  gint64 member;
  const gchar *address;
} AcRoomsGuest;

/* Returns: 0, or how many seconds @address has to wait with its next question. */
guint ac_rooms_ask_pairing (AcRooms *self, const gchar *address,
                            AcPairing *ret_pairing);
AcPairingState ac_rooms_take_pairing (AcRooms *self, const gchar *secret,
                                      gchar **ret_token);

typedef void (*AcRoomsScreenDone) (const AcScreen *screen, const GError *error,
                                   gpointer user_data);
/* Lets the screen that shows @code in as one of @site.
 * @by: the member who does it, 0: the operator
 * @done: after the commit, or soon; @screen NULL with an error
 * Errors: AC_CREDIT_ERROR NOT_FOUND "code", "site"; INVALID "name"; STATE (too many
 * screens; too many wrong codes: wait a minute); AC_STORE_ERROR. */
void ac_rooms_pair (AcRooms *self, const gchar *code, gint64 site, const gchar *name,
                    gint64 by, AcRoomsScreenDone done, gpointer user_data);

/* @token: the cookie's value, any text or NULL
 * Returns: (transfer full) (nullable): the screen's session. Notes that it was seen. */
AcSession *ac_rooms_screen_session (AcRooms *self, const gchar *token);

/* The digits of a room now. @ret_left_ms: until the next ones */
void ac_rooms_digits (AcRooms *self, AcRoomKey room, gchar *ret_digits,
                      gint64 *ret_left_ms);
/* Whether @digits are those of @room, which wrong ones make slow.
 * @ret_wait_s: seconds to wait before the next try; 0: it was made */
gboolean ac_rooms_check_digits (AcRooms *self, AcRoomKey room, const gchar *digits,
                                const AcRoomsGuest *guest, guint *ret_wait_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRooms, ac_rooms_free)
