#include "uuid.h"

#include <string.h>

#define SHA1_BYTES 20

/* 6ba7b811-9dad-11d1-80b4-00c04fd430c8, RFC 9562, section 6.6 */
static const guint8 url_namespace[16] = {
  0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
  0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
};

static void
make (const gchar *url, guint8 version, gchar *ret_uuid)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 b[SHA1_BYTES];
  gsize length = sizeof b;

  g_checksum_update (sum, url_namespace, sizeof url_namespace);
  g_checksum_update (sum, (const guchar *)url, (gssize)strlen (url));
  g_checksum_get_digest (sum, b, &length);
  b[6] = (guint8)((b[6] & 0x0f) | version << 4);
  b[8] = (b[8] & 0x3f) | 0x80;
  g_snprintf (ret_uuid, AC_UUID_CHARS + 1,
              "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
              b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
              b[12], b[13], b[14], b[15]);
}

void
ac_uuid_of_url (const gchar *url, gchar ret_uuid[AC_UUID_CHARS + 1])
{
  make (url, 5, ret_uuid);
}

void
ac_uuid_as_random (const gchar *url, gchar ret_uuid[AC_UUID_CHARS + 1])
{
  make (url, 4, ret_uuid);
}
