#include "codes.h"

#include <sodium.h>
#include <string.h>

typedef struct {
  gint64 member;
  guint64 serial;
  gint64 expires_ms;
  guint tries;
  gboolean taken;
  gchar *phone;
  gchar digits[AC_CODE_DIGITS + 1];
  GList link; /* in oldest, its data this */
} Code;

struct _AcCodes {
  GHashTable *by_member; /* gint64 * of a Code -> Code */
  GQueue oldest;         /* first made first */
  guint64 n_made;
};

static void
free_code (gpointer data)
{
  Code *code = data;

  sodium_memzero (code->digits, AC_CODE_DIGITS);
  g_free (code->phone);
  g_free (code);
}

AcCodes *
ac_codes_new (void)
{
  AcCodes *self = g_new0 (AcCodes, 1);

  self->by_member =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_code);
  g_queue_init (&self->oldest);
  return self;
}

void
ac_codes_free (AcCodes *self)
{
  g_hash_table_unref (self->by_member);
  g_free (self);
}

static void
forget (AcCodes *self, Code *code)
{
  g_queue_unlink (&self->oldest, &code->link);
  g_hash_table_remove (self->by_member, &code->member);
}

void
ac_codes_make (AcCodes *self, gint64 member, const gchar *phone, gint64 now_ms,
               gchar *ret_code)
{
  Code *code = g_hash_table_lookup (self->by_member, &member);

  if (code != NULL)
    forget (self, code);
  else if (self->oldest.length >= AC_CODES_MAX)
    forget (self, g_queue_peek_head (&self->oldest));
  code = g_new0 (Code, 1);
  code->member = member;
  code->serial = ++self->n_made;
  code->phone = g_strdup (phone);
  code->expires_ms = now_ms + AC_CODE_LIFE_MS;
  code->link.data = code;
  for (guint i = 0; i < AC_CODE_DIGITS; i++)
    code->digits[i] = (gchar)('0' + randombytes_uniform (10));
  memcpy (ret_code, code->digits, sizeof code->digits);
  g_queue_push_tail_link (&self->oldest, &code->link);
  g_hash_table_insert (self->by_member, &code->member, code);
}

guint64
ac_codes_take (AcCodes *self, gint64 member, const gchar *phone, const gchar *code,
               gint64 now_ms)
{
  Code *known = g_hash_table_lookup (self->by_member, &member);

  if (known == NULL || known->taken)
    return 0;
  if (now_ms >= known->expires_ms || g_strcmp0 (known->phone, phone) != 0) {
    forget (self, known);
    return 0;
  }
  known->taken = strlen (code) == AC_CODE_DIGITS &&
                 sodium_memcmp (known->digits, code, AC_CODE_DIGITS) == 0;
  if (known->taken)
    return known->serial;
  if (++known->tries >= AC_CODE_TRIES)
    forget (self, known);
  return 0;
}

void
ac_codes_settle (AcCodes *self, gint64 member, guint64 taken, gboolean used)
{
  Code *code = g_hash_table_lookup (self->by_member, &member);

  if (code == NULL || code->serial != taken)
    return;
  code->taken = FALSE;
  if (used)
    forget (self, code);
}

guint
ac_codes_n (AcCodes *self)
{
  return self->oldest.length;
}
