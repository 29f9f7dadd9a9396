#include "input.h"

G_DEFINE_QUARK (ac - input - error - quark, ac_input_error)

/* Returns: (nullable): how inputs of @kind work. */
static const AcInputClass *
class_of (AcSourceKind kind)
{
  switch (kind) {
  case AC_SOURCE_FLV:
    return &ac_flv_input_class;
  case AC_SOURCE_TS:
    return &ac_ts_input_class;
  case AC_SOURCE_PULL:
    return &ac_pull_input_class;
  case AC_SOURCE_FILE:
    return &ac_file_input_class;
  case AC_SOURCE_WEBRTC:
    return &ac_webrtc_input_class;
  default:
    return NULL;
  }
}

AcInput *
ac_input_new (const AcWireSource *source, const AcInputHandler *handler,
              gpointer user_data, GError **error)
{
  const AcInputClass *klass = class_of (source->kind);
  AcInput *self;

  if (klass == NULL) {
    g_set_error (error, AC_INPUT_ERROR, AC_INPUT_ERROR_UNSUPPORTED,
                 "no input of kind %d", (gint)source->kind);
    return NULL;
  }
  self = klass->create (source, error);
  if (self == NULL)
    return NULL;
  self->klass = klass;
  self->handler = *handler;
  self->user_data = user_data;
  if (klass->begin != NULL)
    klass->begin (self);
  return self;
}

void
ac_input_push (AcInput *self, const AcFlvTag *unit)
{
  if (self->klass->push != NULL)
    self->klass->push (self, unit);
}

void
ac_input_free (AcInput *self)
{
  self->klass->free (self);
}

/* --- for the files of kinds ------------------------------------------------------- */

void
ac_input_report (AcInput *self, AcSourceState state, const gchar *detail)
{
  if (self->over)
    return;
  self->over = state != AC_SOURCE_CONNECTED;
  self->handler.state (state, detail, self->user_data);
}

void
ac_input_on_format (AcSourceTrack track, GstCaps *caps, gpointer input)
{
  AcInput *self = input;

  if (!self->over)
    self->handler.format (track, caps, self->user_data);
}

void
ac_input_on_failed (const gchar *reason, gpointer input)
{
  ac_input_report (input, AC_SOURCE_FAILED, reason);
}
