#include "digest.h"

#include <string.h>

struct _AcDigest {
  GChecksum *sum;
};

static void
add_field (AcDigest *self, gchar type, gconstpointer data, gsize size)
{
  guint8 head[5] = { (guint8)type, (guint8)(size >> 24), (guint8)(size >> 16),
                     (guint8)(size >> 8), (guint8)size };

  g_checksum_update (self->sum, head, sizeof head);
  if (size > 0)
    g_checksum_update (self->sum, data, (gssize)size);
}

AcDigest *
ac_digest_new (const gchar *what)
{
  AcDigest *self = g_new (AcDigest, 1);

  self->sum = g_checksum_new (G_CHECKSUM_SHA256);
  ac_digest_text (self, what);
  return self;
}

void
ac_digest_int (AcDigest *self, gint64 value)
{
  guint64 big = GUINT64_TO_BE ((guint64)value);

  add_field (self, 'i', &big, sizeof big);
}

void
ac_digest_text (AcDigest *self, const gchar *text)
{
  if (text != NULL)
    add_field (self, 't', text, strlen (text));
  else
    add_field (self, 'n', NULL, 0);
}

void
ac_digest_bytes (AcDigest *self, GBytes *bytes)
{
  gsize size = 0;
  gconstpointer data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  add_field (self, bytes != NULL ? 'b' : 'n', data, size);
}

GBytes *
ac_digest_end (AcDigest *self)
{
  guint8 digest[AC_DIGEST_BYTES];
  gsize size = sizeof digest;

  g_checksum_get_digest (self->sum, digest, &size);
  g_checksum_free (self->sum);
  g_free (self);
  return g_bytes_new (digest, size);
}

gchar *
ac_digest_to_text (GBytes *digest)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (digest, &size);
  GString *text = g_string_sized_new (size * 2);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", data[i]);
  return g_string_free (text, FALSE);
}
