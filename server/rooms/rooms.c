#include "rooms.h"

#include "clock.h"
#include "credit_error.h"
#include "log.h"
#include "sessions.h"
#include "throttle.h"

#include <string.h>

#define SEEN_MS (60 * 60 * 1000)

/* A hall has a screen or two; codes are 40 random bits. */
static const AcThrottleRule ask_rule = { 10, 60 * 1000, 5 * 1000, 10 * 60 * 1000 };
/* Six digits, two of a million are right; nobody types more often than this. */
static const AcThrottleRule guess_rule = { 5, 60 * 1000, 5 * 1000, 15 * 60 * 1000 };

struct _AcRooms {
  AcStore *store;
  guint8 key[AC_ROOM_CODE_KEY_BYTES];
  AcPairings *pairings;
  AcThrottle *asks;    /* by address */
  AcThrottle *guesses; /* by member and by address */
};

AcRooms *
ac_rooms_new (AcStore *store, const guint8 *key)
{
  AcRooms *self = g_rc_box_new0 (AcRooms);

  self->store = store;
  memcpy (self->key, key, sizeof self->key);
  self->pairings = ac_pairings_new ();
  self->asks = ac_throttle_new (&ask_rule);
  self->guesses = ac_throttle_new (&guess_rule);
  return self;
}

static void
clear_rooms (gpointer data)
{
  AcRooms *self = data;

  ac_pairings_free (self->pairings);
  ac_throttle_free (self->asks);
  ac_throttle_free (self->guesses);
}

/* A pairing that is on its way to the disk holds it. */
void
ac_rooms_free (AcRooms *self)
{
  g_rc_box_release_full (self, clear_rooms);
}

static guint
seconds (gint64 wait_ms)
{
  return (guint)((wait_ms + 999) / 1000);
}

/* --- Pairing --- */

guint
ac_rooms_ask_pairing (AcRooms *self, const gchar *address, AcPairing *ret_pairing)
{
  gint64 now_ms = ac_clock_monotonic_ms ();
  g_autofree gchar *key = ac_throttle_address_key (address);
  gint64 wait_ms = ac_throttle_wait_ms (self->asks, key, now_ms);

  if (wait_ms > 0)
    return seconds (wait_ms);
  ac_throttle_begin (self->asks, key, now_ms);
  ac_pairings_ask (self->pairings, now_ms, ret_pairing);
  return 0;
}

AcPairingState
ac_rooms_take_pairing (AcRooms *self, const gchar *secret, gchar **ret_token)
{
  return ac_pairings_take (self->pairings, secret, ac_clock_monotonic_ms (), ret_token);
}

typedef struct {
  AcRooms *rooms; /* referenced */
  AcScreen screen;
  gchar secret[AC_PAIRING_SECRET_CHARS + 1];
  gchar token[AC_SESSION_TOKEN_CHARS + 1];
  GBytes *token_hash;
  GError *error; /* of what is decided at once */
  AcRoomsScreenDone done;
  gpointer user_data;
} Pairing;

static void
pairing_free (gpointer data)
{
  Pairing *pairing = data;

  ac_rooms_free (pairing->rooms);
  g_free (pairing->screen.name);
  g_clear_pointer (&pairing->token_hash, g_bytes_unref);
  g_clear_error (&pairing->error);
  g_free (pairing);
}

static gboolean
write_pairing (AcStore *store, gpointer data, GError **error)
{
  Pairing *pairing = data;

  if (pairing->error != NULL) {
    g_propagate_error (error, g_error_copy (pairing->error));
    return FALSE;
  }
  return ac_screen_add (store, &pairing->screen, pairing->token_hash, error);
}

static void
paired (gpointer data, const GError *error, gpointer unused)
{
  Pairing *pairing = data;

  if (error == NULL)
    ac_pairings_let_in (pairing->rooms->pairings, pairing->secret, pairing->token);
  else if (pairing->error == NULL)
    ac_pairings_give_back (pairing->rooms->pairings, pairing->secret);
  pairing->done (error == NULL ? &pairing->screen : NULL, error, pairing->user_data);
}

/* Returns: (nullable): why not. */
static GError *
claim_code (AcRooms *self, const gchar *code, gint64 by, gchar *ret_secret)
{
  g_autofree gchar *key = g_strdup_printf ("pair %" G_GINT64_FORMAT, by);
  gint64 now_ms = ac_clock_monotonic_ms ();
  GError *error = NULL;

  if (ac_throttle_wait_ms (self->guesses, key, now_ms) > 0) {
    ac_credit_refuse_because (&error, AC_CREDIT_ERROR_STATE, "code",
                              AC_REASON_CODE_GUESSES,
                              "too many wrong codes: wait a minute");
    return error;
  }
  ac_throttle_begin (self->guesses, key, now_ms);
  if (ac_pairings_claim (self->pairings, code, now_ms, ret_secret))
    ac_throttle_take_back (self->guesses, key);
  else
    ac_credit_refuse_because (
        &error, AC_CREDIT_ERROR_NOT_FOUND, "code", AC_REASON_CODE_UNKNOWN,
        "no screen shows this code: it changes after ten minutes");
  return error;
}

void
ac_rooms_pair (AcRooms *self, const gchar *code, gint64 site, const gchar *name,
               gint64 by, AcRoomsScreenDone done, gpointer user_data)
{
  Pairing *pairing = g_new0 (Pairing, 1);

  pairing->rooms = g_rc_box_acquire (self);
  pairing->screen = (AcScreen){ .site = site,
                                .name = g_strdup (name),
                                .paired_ms = ac_clock_wall_ms (),
                                .paired_by = by };
  pairing->done = done;
  pairing->user_data = user_data;
  pairing->error = claim_code (self, code, by, pairing->secret);
  pairing->token_hash = ac_session_token_make (pairing->token);
  ac_store_write (self->store, write_pairing, pairing, pairing_free, paired, NULL);
}

/* --- Screens that are let in --- */

static gboolean
write_seen (AcStore *store, gpointer data, GError **error)
{
  return ac_screen_seen (store, *(gint64 *)data, ac_clock_wall_ms (), error);
}

AcSession *
ac_rooms_screen_session (AcRooms *self, const gchar *token)
{
  g_autoptr (GBytes) hash = ac_session_token_hash (token);
  g_autoptr (GError) error = NULL;
  g_autoptr (AcScreen) screen =
      hash != NULL ? ac_screen_find (self->store, hash, &error) : NULL;

  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read a screen: %s", error->message);
  if (screen == NULL)
    return NULL;
  if (ac_clock_wall_ms () - screen->last_seen_ms >= SEEN_MS)
    ac_store_write (self->store, write_seen, g_memdup2 (&screen->id, sizeof screen->id),
                    g_free, NULL, NULL);
  return ac_session_new_for_screen (screen->id, screen->site, screen->name);
}

/* --- Digits --- */

void
ac_rooms_digits (AcRooms *self, AcRoomKey room, gchar *ret_digits, gint64 *ret_left_ms)
{
  gint64 now_ms = ac_clock_wall_ms ();

  ac_room_code_make (self->key, (AcRoomCodeOf){ room.lesson, room.site }, now_ms,
                     ret_digits);
  *ret_left_ms = AC_ROOM_CODE_SLOT_MS - now_ms % AC_ROOM_CODE_SLOT_MS;
}

gboolean
ac_rooms_check_digits (AcRooms *self, AcRoomKey room, const gchar *digits,
                       const AcRoomsGuest *guest, guint *ret_wait_s)
{
  g_autofree gchar *address = ac_throttle_address_key (guest->address);
  /* Thirty phones of a hall share an address: it is the member who is slowed. */
  g_autofree gchar *key = guest->member != 0
                              ? g_strdup_printf ("m%" G_GINT64_FORMAT, guest->member)
                              : g_strconcat ("a", address, NULL);
  gint64 now_ms = ac_clock_monotonic_ms ();
  gint64 wait_ms = ac_throttle_wait_ms (self->guesses, key, now_ms);

  *ret_wait_s = seconds (wait_ms);
  if (wait_ms > 0)
    return FALSE;
  ac_throttle_begin (self->guesses, key, now_ms);
  if (!ac_room_code_check (self->key, (AcRoomCodeOf){ room.lesson, room.site }, digits,
                           ac_clock_wall_ms ()))
    return FALSE;
  ac_throttle_take_back (self->guesses, key);
  return TRUE;
}
