/* pairing.h - screens that wait to be let in. Pure but for its table.
 *
 * A screen asks and gets a code, which it shows, and a secret, which it keeps. Somebody
 * who may reads the code from the screen and says which site it belongs to; then the
 * screen, by its secret, takes the token that it is known by from then on (the shape of
 * RFC 8628). In memory only: who restarts the server asks again.
 *
 * Threads:   main loop.
 * Ownership: plain. At most AC_PAIRINGS_MAX; the oldest is forgotten first. */
#pragma once

#include <glib.h>

#define AC_PAIRING_CODE_CHARS 8
#define AC_PAIRING_SECRET_CHARS 64
#define AC_PAIRING_LIFE_MS (10 * 60 * 1000)
#define AC_PAIRINGS_MAX 1024

typedef struct _AcPairings AcPairings;

typedef struct {
  gchar code[AC_PAIRING_CODE_CHARS + 1];     /* of "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" */
  gchar secret[AC_PAIRING_SECRET_CHARS + 1]; /* hexadecimal digits */
} AcPairing;

AcPairings *ac_pairings_new (void);
void ac_pairings_free (AcPairings *self);

void ac_pairings_ask (AcPairings *self, gint64 now_ms, AcPairing *ret_pairing);
/* The first who types a code has it: it is worthless to everybody else.
 * @code: as people type it: small letters, blanks and '-' are no matter
 * @ret_secret: AC_PAIRING_SECRET_CHARS + 1: whose code it is
 * Returns: FALSE when none waits by that code. */
gboolean ac_pairings_claim (AcPairings *self, const gchar *code, gint64 now_ms,
                            gchar *ret_secret);
/* The screen of @secret was not let in after all: its code is good again. */
void ac_pairings_give_back (AcPairings *self, const gchar *secret);
/* The screen of @secret, whose code was claimed, is let in: @token waits for it.
 * Returns: FALSE when it was forgotten, or let in before. */
gboolean ac_pairings_let_in (AcPairings *self, const gchar *secret, const gchar *token);

typedef enum {
  AC_PAIRING_UNKNOWN, /* never asked, too late, or taken before */
  AC_PAIRING_WAITING,
  AC_PAIRING_LET_IN,
} AcPairingState;

/* @ret_token: (out) (transfer full) (nullable): the token, once */
AcPairingState ac_pairings_take (AcPairings *self, const gchar *secret, gint64 now_ms,
                                 gchar **ret_token);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPairings, ac_pairings_free)
