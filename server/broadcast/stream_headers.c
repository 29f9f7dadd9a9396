#include "stream_headers.h"

#include "flv_kind.h"

static const guint8 flv_type[AC_STREAM_N_HEADERS] = {
  [AC_STREAM_SCRIPT] = 18,
  [AC_STREAM_VIDEO] = 9,
  [AC_STREAM_AUDIO] = 8,
};

void
ac_stream_headers_note (AcStreamHeaders *self, const AcFlvTag *tag)
{
  if (ac_flv_kind (tag->type, tag->body) != AC_FLV_SETUP)
    return;
  for (guint i = 0; i < AC_STREAM_N_HEADERS; i++)
    if (flv_type[i] == tag->type) {
      g_clear_pointer (&self->bodies[i], g_bytes_unref);
      self->bodies[i] = g_bytes_ref (tag->body);
    }
}

void
ac_stream_headers_replay (AcStreamHeaders *self, guint32 timestamp_ms,
                          void (*send) (const AcFlvTag *tag, gpointer user_data),
                          gpointer user_data)
{
  for (guint i = 0; i < AC_STREAM_N_HEADERS; i++)
    if (self->bodies[i] != NULL)
      send (&(AcFlvTag){ flv_type[i], timestamp_ms, self->bodies[i] }, user_data);
}

void
ac_stream_headers_clear (AcStreamHeaders *self)
{
  for (guint i = 0; i < AC_STREAM_N_HEADERS; i++)
    g_clear_pointer (&self->bodies[i], g_bytes_unref);
}
