#include "pairing.h"

#include <sodium.h>
#include <string.h>

/* Without 0, O, 1 and I, which look alike on a projector. */
static const gchar letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

typedef struct {
  AcPairing pairing;
  gint64 expires_ms;
  gchar *token; /* NULL: nobody has let it in */
  GList link;   /* in oldest, its data this */
} Waiting;

struct _AcPairings {
  GHashTable *by_secret; /* pairing.secret: Waiting, owned */
  GHashTable *by_code;   /* pairing.code: Waiting, of those whose code is good */
  GQueue oldest;
};

static void
free_waiting (gpointer data)
{
  Waiting *waiting = data;

  g_free (waiting->token);
  g_free (waiting);
}

AcPairings *
ac_pairings_new (void)
{
  AcPairings *self = g_new0 (AcPairings, 1);

  self->by_secret = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_waiting);
  self->by_code = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->oldest);
  return self;
}

void
ac_pairings_free (AcPairings *self)
{
  g_hash_table_unref (self->by_code);
  g_hash_table_unref (self->by_secret);
  g_free (self);
}

static void
forget (AcPairings *self, Waiting *waiting)
{
  g_queue_unlink (&self->oldest, &waiting->link);
  if (g_hash_table_lookup (self->by_code, waiting->pairing.code) == waiting)
    g_hash_table_remove (self->by_code, waiting->pairing.code);
  g_hash_table_remove (self->by_secret, waiting->pairing.secret);
}

static void
make_code (AcPairings *self, gchar *ret_code)
{
  do {
    for (guint i = 0; i < AC_PAIRING_CODE_CHARS; i++)
      ret_code[i] = letters[randombytes_uniform (sizeof letters - 1)];
    ret_code[AC_PAIRING_CODE_CHARS] = '\0';
  } while (g_hash_table_contains (self->by_code, ret_code));
}

void
ac_pairings_ask (AcPairings *self, gint64 now_ms, AcPairing *ret_pairing)
{
  Waiting *waiting = g_new0 (Waiting, 1);
  guint8 secret[AC_PAIRING_SECRET_CHARS / 2];

  while (self->oldest.length > 0) {
    Waiting *oldest = g_queue_peek_head (&self->oldest);

    if (oldest->expires_ms > now_ms && self->oldest.length < AC_PAIRINGS_MAX)
      break;
    forget (self, oldest);
  }
  make_code (self, waiting->pairing.code);
  randombytes_buf (secret, sizeof secret);
  sodium_bin2hex (waiting->pairing.secret, sizeof waiting->pairing.secret, secret,
                  sizeof secret);
  waiting->expires_ms = now_ms + AC_PAIRING_LIFE_MS;
  waiting->link.data = waiting;
  g_queue_push_tail_link (&self->oldest, &waiting->link);
  g_hash_table_insert (self->by_secret, waiting->pairing.secret, waiting);
  g_hash_table_insert (self->by_code, waiting->pairing.code, waiting);
  *ret_pairing = waiting->pairing;
}

/* Returns: FALSE when @code cannot be one. */
static gboolean
tidy (const gchar *code, gchar *ret_code)
{
  guint n = 0;

  for (; *code != '\0'; code++) {
    gchar letter = g_ascii_toupper (*code);

    if (letter == ' ' || letter == '-')
      continue;
    if (n == AC_PAIRING_CODE_CHARS || strchr (letters, letter) == NULL)
      return FALSE;
    ret_code[n++] = letter;
  }
  ret_code[n] = '\0';
  return n == AC_PAIRING_CODE_CHARS;
}

gboolean
ac_pairings_claim (AcPairings *self, const gchar *code, gint64 now_ms,
                   gchar *ret_secret)
{
  gchar tidied[AC_PAIRING_CODE_CHARS + 1];
  const Waiting *waiting;

  if (!tidy (code, tidied))
    return FALSE;
  waiting = g_hash_table_lookup (self->by_code, tidied);
  if (waiting == NULL || waiting->expires_ms <= now_ms)
    return FALSE;
  memcpy (ret_secret, waiting->pairing.secret, sizeof waiting->pairing.secret);
  g_hash_table_remove (self->by_code, tidied);
  return TRUE;
}

void
ac_pairings_give_back (AcPairings *self, const gchar *secret)
{
  Waiting *waiting = g_hash_table_lookup (self->by_secret, secret);

  if (waiting != NULL && waiting->token == NULL &&
      !g_hash_table_contains (self->by_code, waiting->pairing.code))
    g_hash_table_insert (self->by_code, waiting->pairing.code, waiting);
}

gboolean
ac_pairings_let_in (AcPairings *self, const gchar *secret, const gchar *token)
{
  Waiting *waiting = g_hash_table_lookup (self->by_secret, secret);

  if (waiting == NULL || waiting->token != NULL)
    return FALSE;
  waiting->token = g_strdup (token);
  return TRUE;
}

AcPairingState
ac_pairings_take (AcPairings *self, const gchar *secret, gint64 now_ms,
                  gchar **ret_token)
{
  Waiting *waiting = g_hash_table_lookup (self->by_secret, secret);

  *ret_token = NULL;
  if (waiting == NULL || waiting->expires_ms <= now_ms)
    return AC_PAIRING_UNKNOWN;
  if (waiting->token == NULL)
    return AC_PAIRING_WAITING;
  *ret_token = g_steal_pointer (&waiting->token);
  forget (self, waiting);
  return AC_PAIRING_LET_IN;
}
