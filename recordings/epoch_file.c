/* epoch_file.c - epoch-N.gv: a media epoch, checksummed. */
#include "epoch_file.h"

#include "disk_file.h"
#include "segment_index.h"

#include <string.h>

#define MAGIC "AcEpoch\n"
#define VERSION 2
#define HEADER_BYTES 16 /* keeps the value behind it aligned to 8 */

gchar *
ac_epoch_file_name (guint32 number)
{
  return g_strdup_printf ("epoch-%u.gv", number);
}

static GVariant *
in_little_endian (GVariant *variant)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
  return g_variant_byteswap (variant);
#else
  return g_variant_ref (variant);
#endif
}

GBytes *
ac_epoch_file_encode (const AcMediaEpoch *epoch)
{
  g_autoptr (GVariant) plain = g_variant_ref_sink (ac_media_epoch_to_variant (epoch));
  g_autoptr (GVariant) normal = g_variant_get_normal_form (plain);
  g_autoptr (GVariant) variant = in_little_endian (normal);
  gsize size = g_variant_get_size (variant);
  guint8 *data = g_malloc (HEADER_BYTES + size);
  guint32 version = GUINT32_TO_LE (VERSION);

  memcpy (data, MAGIC, 8);
  memcpy (data + 8, &version, 4);
  g_variant_store (variant, data + HEADER_BYTES);
  guint32 crc = ac_index_checksum (0, data + HEADER_BYTES, size);
  crc = GUINT32_TO_LE (crc);
  memcpy (data + 12, &crc, 4);
  return g_bytes_new_take (data, HEADER_BYTES + size);
}

/* A track's name is part of file names. */
static gboolean
tracks_are_good (const AcMediaEpoch *epoch)
{
  if (epoch->number < 1 || epoch->number > AC_RECORDINGS_MAX_EPOCHS ||
      epoch->n_tracks < 1 || epoch->n_tracks > AC_MAX_TRACKS)
    return FALSE;
  for (guint i = 0; i < epoch->n_tracks; i++) {
    const AcTrack *track = &epoch->tracks[i];
    if (memchr (track->name, '\0', sizeof track->name) == NULL ||
        !ac_index_track_name_is_valid (track->name) ||
        ac_media_epoch_find (epoch, track->name) != (gint)i ||
        memchr (track->codecs, '\0', sizeof track->codecs) == NULL ||
        !g_str_is_ascii (track->codecs))
      return FALSE;
  }
  return TRUE;
}

static AcMediaEpoch *
decode_value (const guint8 *data, gsize size, const gchar *type)
{
  g_autoptr (GBytes) aligned = g_bytes_new (data, size);
  g_autoptr (GVariant) stored = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (type), aligned, FALSE));
  g_autoptr (GVariant) variant = in_little_endian (stored);

  return g_variant_is_normal_form (variant) ? ac_media_epoch_from_variant (variant)
                                            : NULL;
}

AcMediaEpoch *
ac_epoch_file_decode (guint32 number, GBytes *bytes, GError **error)
{
  g_autoptr (AcMediaEpoch) epoch = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint32 version = 0, crc = 0;

  if (size > HEADER_BYTES) {
    memcpy (&version, data + 8, 4);
    memcpy (&crc, data + 12, 4);
  }
  if (size > HEADER_BYTES && memcmp (data, MAGIC, 8) == 0 &&
      (GUINT32_FROM_LE (version) == VERSION || GUINT32_FROM_LE (version) == 1) &&
      GUINT32_FROM_LE (crc) ==
          ac_index_checksum (0, data + HEADER_BYTES, size - HEADER_BYTES))
    epoch = decode_value (data + HEADER_BYTES, size - HEADER_BYTES,
                          GUINT32_FROM_LE (version) == 1 ? AC_MEDIA_EPOCH_TYPE_1
                                                         : AC_MEDIA_EPOCH_TYPE);

  if (epoch == NULL || epoch->number != number || !tracks_are_good (epoch)) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                 "epoch-%u.gv is damaged", number);
    return NULL;
  }
  return g_steal_pointer (&epoch);
}

gboolean
ac_epoch_file_check (const AcMediaEpoch *epoch, GError **error)
{
  gboolean good = tracks_are_good (epoch);

  if (good) {
    g_autoptr (GBytes) bytes = ac_epoch_file_encode (epoch);
    g_autoptr (AcMediaEpoch) again = ac_epoch_file_decode (epoch->number, bytes, NULL);
    good = again != NULL && g_bytes_get_size (bytes) <= AC_EPOCH_FILE_MAX_BYTES;
  }
  if (!good)
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                 "epoch %u cannot be recorded: its number or tracks are wrong",
                 epoch->number);
  return good;
}

gboolean
ac_epoch_file_store (gint folder_fd, const AcMediaEpoch *epoch, GError **error)
{
  g_autofree gchar *name = ac_epoch_file_name (epoch->number);
  g_autoptr (GBytes) bytes = ac_epoch_file_encode (epoch);

  return ac_disk_store (folder_fd, name, bytes, error);
}

AcMediaEpoch *
ac_epoch_file_load (gint folder_fd, guint32 number, GError **error)
{
  g_autofree gchar *name = ac_epoch_file_name (number);
  g_autoptr (GBytes) bytes =
      ac_disk_load (folder_fd, name, AC_EPOCH_FILE_MAX_BYTES, error);

  return bytes != NULL ? ac_epoch_file_decode (number, bytes, error) : NULL;
}
