#include "stream_headers.h"

enum { FLV_AUDIO = 8, FLV_VIDEO = 9, FLV_SCRIPT = 18 };
enum { CODEC_AVC = 7, SOUND_AAC = 10, PACKET_SEQUENCE_HEADER = 0 };

static const guint8 flv_type[AC_TAG_MEDIA] = {
  [AC_TAG_SCRIPT] = FLV_SCRIPT,
  [AC_TAG_VIDEO_CONFIG] = FLV_VIDEO,
  [AC_TAG_AUDIO_CONFIG] = FLV_AUDIO,
};

AcTagKind
ac_flv_tag_kind (const AcFlvTag *tag)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (tag->body, &size);

  if (tag->type == FLV_SCRIPT)
    return AC_TAG_SCRIPT;
  if (size < 2 || data[1] != PACKET_SEQUENCE_HEADER)
    return AC_TAG_MEDIA;
  if (tag->type == FLV_VIDEO && (data[0] & 0x0f) == CODEC_AVC)
    return AC_TAG_VIDEO_CONFIG;
  if (tag->type == FLV_AUDIO && data[0] >> 4 == SOUND_AAC)
    return AC_TAG_AUDIO_CONFIG;
  return AC_TAG_MEDIA;
}

void
ac_stream_headers_note (AcStreamHeaders *self, const AcFlvTag *tag)
{
  AcTagKind kind = ac_flv_tag_kind (tag);

  if (kind == AC_TAG_MEDIA)
    return;
  g_clear_pointer (&self->bodies[kind], g_bytes_unref);
  self->bodies[kind] = g_bytes_ref (tag->body);
}

void
ac_stream_headers_replay (AcStreamHeaders *self, guint32 timestamp_ms,
                          void (*send) (const AcFlvTag *tag, gpointer user_data),
                          gpointer user_data)
{
  for (AcTagKind kind = 0; kind < AC_TAG_MEDIA; kind++)
    if (self->bodies[kind] != NULL)
      send (&(AcFlvTag){ flv_type[kind], timestamp_ms, self->bodies[kind] }, user_data);
}

void
ac_stream_headers_clear (AcStreamHeaders *self)
{
  for (AcTagKind kind = 0; kind < AC_TAG_MEDIA; kind++)
    g_clear_pointer (&self->bodies[kind], g_bytes_unref);
}
