#include "identity_keys.h"

#include "identity_number.h"

#include <sodium.h>
#include <string.h>

#define NAME_BYTES 8
#define NAME_CHARS (2 * NAME_BYTES)
#define SEALING_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define MATCHING_BYTES crypto_generichash_KEYBYTES
#define MATCH_BYTES crypto_generichash_BYTES
#define SEALED_BYTES (NONCE_BYTES + AC_IDENTITY_NUMBER_CHARS + TAG_BYTES)
#define KEYS_MAX 16

typedef struct {
  gchar name[NAME_CHARS + 1];
  guint8 sealing[SEALING_BYTES];
  guint8 matching[MATCHING_BYTES];
} Key;

struct _AcIdentityKeys {
  guint n_keys; /* the last one is current */
  Key keys[KEYS_MAX];
};

static AcIdentityKeys *
keys_alloc (void)
{
  return g_atomic_rc_box_new0 (AcIdentityKeys);
}

static void
keys_wipe (gpointer data)
{
  sodium_memzero (data, sizeof (AcIdentityKeys));
}

AcIdentityKeys *
ac_identity_keys_ref (AcIdentityKeys *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ac_identity_keys_unref (AcIdentityKeys *self)
{
  g_atomic_rc_box_release_full (self, keys_wipe);
}

static void
make_key (Key *key)
{
  guint8 name[NAME_BYTES];

  randombytes_buf (name, sizeof name);
  sodium_bin2hex (key->name, sizeof key->name, name, sizeof name);
  randombytes_buf (key->sealing, sizeof key->sealing);
  randombytes_buf (key->matching, sizeof key->matching);
}

AcIdentityKeys *
ac_identity_keys_new (const AcIdentityKeys *before)
{
  guint n_kept = before != NULL ? before->n_keys : 0;
  AcIdentityKeys *self;

  if (n_kept == KEYS_MAX)
    return NULL;
  self = keys_alloc ();
  for (guint i = 0; i < n_kept; i++)
    self->keys[i] = before->keys[i];
  make_key (&self->keys[n_kept]);
  self->n_keys = n_kept + 1;
  return self;
}

static const Key *
current (const AcIdentityKeys *self)
{
  return &self->keys[self->n_keys - 1];
}

AcIdentityKeys *
ac_identity_keys_current (const AcIdentityKeys *self)
{
  AcIdentityKeys *one = keys_alloc ();

  one->keys[0] = *current (self);
  one->n_keys = 1;
  return one;
}

static const Key *
find (const AcIdentityKeys *self, const gchar *name)
{
  for (guint i = 0; i < self->n_keys; i++)
    if (g_strcmp0 (self->keys[i].name, name) == 0)
      return &self->keys[i];
  return NULL;
}

const gchar *
ac_identity_keys_name (const AcIdentityKeys *self)
{
  return current (self)->name;
}

gboolean
ac_identity_keys_has (const AcIdentityKeys *self, const gchar *name)
{
  return find (self, name) != NULL;
}

/* --- The file --- */

static gboolean
read_hex (const gchar *text, guint8 *bytes, gsize size)
{
  gsize read;

  return strlen (text) == 2 * size &&
         sodium_hex2bin (bytes, size, text, 2 * size, NULL, &read, NULL) == 0 &&
         read == size;
}

static gboolean
read_key (const gchar *line, Key *key)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  guint8 name[NAME_BYTES];
  gboolean good = g_strv_length (words) == 3 &&
                  read_hex (words[0], name, sizeof name) &&
                  read_hex (words[1], key->sealing, sizeof key->sealing) &&
                  read_hex (words[2], key->matching, sizeof key->matching);

  if (good)
    sodium_bin2hex (key->name, sizeof key->name, name, sizeof name);
  for (guint i = 0; words[i] != NULL; i++)
    sodium_memzero (words[i], strlen (words[i]));
  return good;
}

static gboolean
read_keys (AcIdentityKeys *self, const gchar *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean good = TRUE;

  for (guint i = 0; good && lines[i] != NULL && *lines[i] != '\0'; i++)
    good = self->n_keys < KEYS_MAX && read_key (lines[i], &self->keys[self->n_keys++]);
  for (guint i = 0; lines[i] != NULL; i++)
    sodium_memzero (lines[i], strlen (lines[i]));
  return good && self->n_keys > 0;
}

AcIdentityKeys *
ac_identity_keys_load (const gchar *path, GError **error)
{
  g_autoptr (AcIdentityKeys) self = keys_alloc ();
  g_autofree gchar *text = NULL;
  gsize size;
  gboolean good;

  if (!g_file_get_contents (path, &text, &size, error))
    return NULL;
  good = read_keys (self, text);
  sodium_memzero (text, size);
  if (good)
    return g_steal_pointer (&self);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
               "%s does not hold keys of identity numbers: put the file back from the "
               "backup",
               path);
  return NULL;
}

static void
append_hex (GString *text, const guint8 *bytes, gsize size, gchar end)
{
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  g_string_append_c (text, end);
}

gboolean
ac_identity_keys_save (const AcIdentityKeys *self, const gchar *path, GError **error)
{
  /* Room for all at once: growing would leave copies behind. */
  g_autoptr (GString) text = g_string_sized_new (
      self->n_keys * (NAME_CHARS + 2 * (SEALING_BYTES + MATCHING_BYTES) + 3) + 1);
  gboolean good;

  for (guint i = 0; i < self->n_keys; i++) {
    g_string_append_printf (text, "%s ", self->keys[i].name);
    append_hex (text, self->keys[i].sealing, SEALING_BYTES, ' ');
    append_hex (text, self->keys[i].matching, MATCHING_BYTES, '\n');
  }
  good = g_file_set_contents_full (
      path, text->str, (gssize)text->len,
      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
  sodium_memzero (text->str, text->len);
  return good;
}

/* --- Numbers --- */

/* What a number is sealed together with: it opens for this member and nothing else. */
typedef struct {
  gchar purpose[24];
  guint64 member;
} Bond;

static Bond
bond_of (gint64 member)
{
  return (Bond){ "airclass identity number", GUINT64_TO_BE ((guint64)member) };
}

GBytes *
ac_identity_seal (const AcIdentityKeys *self, gint64 member, const gchar *number)
{
  const Bond bond = bond_of (member);
  guint8 *sealed = g_malloc (SEALED_BYTES);

  randombytes_buf (sealed, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (
      sealed + NONCE_BYTES, NULL, (const guint8 *)number, AC_IDENTITY_NUMBER_CHARS,
      (const guint8 *)&bond, sizeof bond, NULL, sealed, current (self)->sealing);
  return g_bytes_new_take (sealed, SEALED_BYTES);
}

gchar *
ac_identity_unseal (const AcIdentityKeys *self, const gchar *name, gint64 member,
                    gconstpointer sealed, gsize size)
{
  const Key *key = find (self, name);
  const Bond bond = bond_of (member);
  gchar number[AC_IDENTITY_NUMBER_CHARS + 1] = { 0 };

  if (key == NULL || size != SEALED_BYTES ||
      crypto_aead_xchacha20poly1305_ietf_decrypt (
          (guint8 *)number, NULL, NULL, (const guint8 *)sealed + NONCE_BYTES,
          size - NONCE_BYTES, (const guint8 *)&bond, sizeof bond, sealed,
          key->sealing) != 0)
    return NULL;
  return g_strdup (number);
}

gchar *
ac_identity_match (const AcIdentityKeys *self, const gchar *name, const gchar *number)
{
  const Key *key = find (self, name);
  guint8 match[MATCH_BYTES];
  gchar hex[2 * MATCH_BYTES + 1];

  if (key == NULL)
    return NULL;
  crypto_generichash (match, sizeof match, (const guint8 *)number,
                      AC_IDENTITY_NUMBER_CHARS, key->matching, sizeof key->matching);
  sodium_bin2hex (hex, sizeof hex, match, sizeof match);
  return g_strdup (hex);
}
