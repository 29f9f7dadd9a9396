#include "encoder_addresses.h"

#include "stream_key.h"

AcEncoderPlaces *
ac_encoder_places_copy (const AcEncoderPlaces *places)
{
  AcEncoderPlaces *copy = g_new0 (AcEncoderPlaces, 1);

  copy->http = g_strdup (places->http);
  copy->rtmp = g_strdup (places->rtmp);
  copy->srt = g_strdup (places->srt);
  copy->srt_secret = g_strdup (places->srt_secret);
  return copy;
}

void
ac_encoder_places_free (AcEncoderPlaces *places)
{
  g_free (places->http);
  g_free (places->rtmp);
  g_free (places->srt);
  g_free (places->srt_secret);
  g_free (places);
}

static void
set_rtmp (JsonObject *object, const gchar *name, const AcEncoderPlaces *places,
          const gchar *stream_key)
{
  g_autofree gchar *url = NULL;

  if (stream_key != NULL)
    url = g_strdup_printf ("%s/live/%s", places->rtmp, stream_key);
  json_object_set_string_member (object, name, url);
}

/* The plain form of the stream id: it needs no escaping anywhere. */
static void
set_srt (JsonObject *object, const gchar *name, const AcEncoderPlaces *places,
         const gchar *stream_key, const gchar *passphrase)
{
  g_autofree gchar *url = NULL;

  if (places->srt != NULL && stream_key != NULL)
    url = g_strconcat (places->srt, "?streamid=", stream_key,
                       passphrase != NULL ? "&passphrase=" : NULL, passphrase, NULL);
  json_object_set_string_member (object, name, url);
}

void
ac_encoder_addresses_set (JsonObject *object, const AcEncoderPlaces *places,
                          gint64 lesson, const gchar *stream_key)
{
  g_autofree gchar *backup_key =
      stream_key != NULL ? ac_stream_key_backup (stream_key) : NULL;
  g_autofree gchar *passphrase =
      places->srt_secret != NULL ? ac_stream_key_passphrase (places->srt_secret, lesson)
                                 : NULL;
  g_autofree gchar *whip =
      g_strdup_printf ("%s/whip/%" G_GINT64_FORMAT, places->http, lesson);

  json_object_set_string_member (object, "stream_key", stream_key);
  set_rtmp (object, "rtmp_url", places, stream_key);
  json_object_set_string_member (object, "backup_key", backup_key);
  set_rtmp (object, "backup_url", places, backup_key);
  json_object_set_string_member (object, "srt_passphrase", passphrase);
  set_srt (object, "srt_url", places, stream_key, passphrase);
  set_srt (object, "srt_backup_url", places, backup_key, passphrase);
  json_object_set_string_member (object, "whip_url", whip);
}
