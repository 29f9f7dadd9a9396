/* encoder_addresses.h - where an encoder sends a lesson to, with its key in it.
 *
 * Threads: any. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

/* How this server is reached from outside. */
typedef struct {
  gchar *http, *rtmp;
  gchar *srt;        /* (nullable): SRT is not listened to */
  gchar *srt_secret; /* (nullable): SRT is not encrypted */
} AcEncoderPlaces;

AcEncoderPlaces *ac_encoder_places_copy (const AcEncoderPlaces *places);
void ac_encoder_places_free (AcEncoderPlaces *places);

/* Puts "stream_key", "backup_key", "rtmp_url", "backup_url", "srt_url",
 * "srt_backup_url", "srt_passphrase" and "whip_url" into @object; null where there is
 * none.
 * @stream_key: (nullable): it was shown before; then all are null but those without it
 */
void ac_encoder_addresses_set (JsonObject *object, const AcEncoderPlaces *places,
                               gint64 lesson, const gchar *stream_key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcEncoderPlaces, ac_encoder_places_free)
