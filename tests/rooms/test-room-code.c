/* The digits of a room, and screens that wait to be let in. */
#include "pairing.h"
#include "room_code.h"

#include <sodium.h>
#include <string.h>

static const guint8 key[AC_ROOM_CODE_KEY_BYTES] = { 1, 2, 3 };
#define NOW_MS G_GINT64_CONSTANT (1773115200000)

static void
test_digits (void)
{
  const AcRoomCodeOf of = { 7, 3 };
  gchar digits[7], later[7];

  ac_room_code_make (key, of, NOW_MS, digits);
  g_assert_cmpuint (strspn (digits, "0123456789"), ==, 6);
  ac_room_code_make (key, of, NOW_MS + AC_ROOM_CODE_SLOT_MS - 1, later);
  g_assert_cmpstr (digits, ==, later);
  ac_room_code_make (key, of, NOW_MS + AC_ROOM_CODE_SLOT_MS, later);
  g_assert_cmpstr (digits, !=, later);
  g_assert_true (ac_room_code_check (key, of, digits, NOW_MS));
  g_assert_true (
      ac_room_code_check (key, of, digits, NOW_MS + 2 * AC_ROOM_CODE_SLOT_MS - 1));
  g_assert_false (
      ac_room_code_check (key, of, digits, NOW_MS + 2 * AC_ROOM_CODE_SLOT_MS));
  g_assert_false (ac_room_code_check (key, of, digits, NOW_MS - 1));
}

/* Of one lesson and site, by one key. */
static void
test_bound (void)
{
  const AcRoomCodeOf of = { 7, 3 };
  const guint8 other_key[AC_ROOM_CODE_KEY_BYTES] = { 1, 2, 4 };
  static const gchar *const bad[] = { NULL, "", "12345", "1234567", "abcdef" };
  gchar digits[7];

  ac_room_code_make (key, of, NOW_MS, digits);
  g_assert_false (ac_room_code_check (key, (AcRoomCodeOf){ 8, 3 }, digits, NOW_MS));
  g_assert_false (ac_room_code_check (key, (AcRoomCodeOf){ 7, 4 }, digits, NOW_MS));
  g_assert_false (ac_room_code_check (key, (AcRoomCodeOf){ 3, 7 }, digits, NOW_MS));
  g_assert_false (ac_room_code_check (other_key, of, digits, NOW_MS));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (ac_room_code_check (key, of, bad[i], NOW_MS));
}

/* Each digit turns up at each place about as often. */
static void
test_spread (void)
{
  guint counts[6][10] = { { 0 } };

  for (gint64 slot = 0; slot < 10000; slot++) {
    gchar digits[7];

    ac_room_code_make (key, (AcRoomCodeOf){ 1, 1 }, slot * AC_ROOM_CODE_SLOT_MS,
                       digits);
    for (guint i = 0; i < 6; i++)
      counts[i][digits[i] - '0']++;
  }
  for (guint i = 0; i < 60; i++) {
    g_assert_cmpuint (counts[i / 10][i % 10], >, 850);
    g_assert_cmpuint (counts[i / 10][i % 10], <, 1150);
  }
}

static void
test_pairing (void)
{
  g_autoptr (AcPairings) pairings = ac_pairings_new ();
  g_autofree gchar *typed = NULL;
  g_autofree gchar *token = NULL;
  gchar secret[AC_PAIRING_SECRET_CHARS + 1];
  AcPairing one, other;

  ac_pairings_ask (pairings, 0, &one);
  ac_pairings_ask (pairings, 0, &other);
  g_assert_cmpstr (one.code, !=, other.code);
  g_assert_cmpuint (strspn (one.code, "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"), ==, 8);
  typed = g_strdup_printf (" %.4s-%s", one.code, one.code + 4);
  for (gchar *at = typed; *at != '\0'; at++)
    *at = g_ascii_tolower (*at);
  g_assert_true (ac_pairings_claim (pairings, typed, 1, secret));
  g_assert_cmpstr (secret, ==, one.secret);
  g_assert_false (ac_pairings_claim (pairings, one.code, 1, secret)); /* it is taken */
  ac_pairings_give_back (pairings, one.secret);
  g_assert_true (ac_pairings_claim (pairings, one.code, 1, secret));
  g_assert_false (ac_pairings_claim (pairings, "ABCDEFG0", 1, secret));
  g_assert_false (ac_pairings_claim (pairings, "", 1, secret));
  g_assert_cmpint (ac_pairings_take (pairings, one.secret, 1, &token), ==,
                   AC_PAIRING_WAITING);
  g_assert_true (ac_pairings_let_in (pairings, one.secret, "token"));
  g_assert_false (ac_pairings_let_in (pairings, one.secret, "again"));
  ac_pairings_give_back (pairings, one.secret); /* too late */
  g_assert_false (ac_pairings_claim (pairings, one.code, 1, secret));
  g_assert_cmpint (ac_pairings_take (pairings, one.secret, 1, &token), ==,
                   AC_PAIRING_LET_IN);
  g_assert_cmpstr (token, ==, "token");
  g_clear_pointer (&token, g_free);
  g_assert_cmpint (ac_pairings_take (pairings, one.secret, 1, &token), ==,
                   AC_PAIRING_UNKNOWN); /* once */
  g_assert_cmpint (ac_pairings_take (pairings, other.secret, 1, &token), ==,
                   AC_PAIRING_WAITING);
}

static void
test_pairing_ends (void)
{
  g_autoptr (AcPairings) pairings = ac_pairings_new ();
  g_autofree gchar *token = NULL;
  gchar secret[AC_PAIRING_SECRET_CHARS + 1];
  AcPairing first, last = { 0 };

  ac_pairings_ask (pairings, 0, &first);
  g_assert_true (
      ac_pairings_claim (pairings, first.code, AC_PAIRING_LIFE_MS - 1, secret));
  g_assert_false (ac_pairings_claim (pairings, first.code, AC_PAIRING_LIFE_MS, secret));
  g_assert_cmpint (
      ac_pairings_take (pairings, first.secret, AC_PAIRING_LIFE_MS, &token), ==,
      AC_PAIRING_UNKNOWN);
  for (guint i = 0; i < AC_PAIRINGS_MAX; i++)
    ac_pairings_ask (pairings, 1, &last);
  g_assert_false (ac_pairings_claim (pairings, first.code, 1, secret)); /* pushed out */
  g_assert_true (ac_pairings_claim (pairings, last.code, 1, secret));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/room-code/digits", test_digits);
  g_test_add_func ("/room-code/bound", test_bound);
  g_test_add_func ("/room-code/spread", test_spread);
  g_test_add_func ("/room-code/pairing", test_pairing);
  g_test_add_func ("/room-code/pairing-ends", test_pairing_ends);
  return g_test_run ();
}
