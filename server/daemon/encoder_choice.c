#include "encoder_choice.h"

#include "json_text.h"
#include "log.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_BYTES (256 * 1024)
#define TIMEOUT_S 90

struct _AcEncoderChoice {
  AcEncoderChosen chosen;
  gpointer user_data;
  GSubprocess *process;
  GCancellable *cancellable;
  guint timer;
};

static const gchar *
text_of (JsonObject *object, const gchar *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

/* What is there and fails is worth a line: somebody bought it. */
static void
log_failed (JsonObject *answer)
{
  JsonNode *node = json_object_get_member (answer, "encoders");
  JsonArray *encoders =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; encoders != NULL && i < json_array_get_length (encoders); i++) {
    JsonNode *element = json_array_get_element (encoders, i);
    JsonObject *encoder =
        JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;

    if (encoder != NULL && strcmp (text_of (encoder, "state"), "failed") == 0)
      ac_log (G_LOG_LEVEL_WARNING, 0, "the encoder %s is not used: %s",
              text_of (encoder, "element"), text_of (encoder, "reason"));
  }
}

static void
take_answer (AcEncoderChoice *self, GBytes *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = ac_json_text_parse_object (out, MAX_BYTES, &error);
  const gchar *element;

  if (answer == NULL) {
    ac_log (G_LOG_LEVEL_WARNING, 0, "the encoders cannot be tried: %s", error->message);
    return;
  }
  log_failed (answer);
  element = text_of (answer, "chosen");
  ac_log (G_LOG_LEVEL_MESSAGE, 0, "pictures are encoded by %s", element);
  if (element[0] != '\0' && strcmp (element, "x264enc") != 0)
    self->chosen (element, self->user_data);
}

static void
on_probed (GObject *process, GAsyncResult *result, gpointer user_data)
{
  AcEncoderChoice *self = user_data;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GError) error = NULL;
  gboolean good = g_subprocess_communicate_finish (G_SUBPROCESS (process), result, &out,
                                                   NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* it is freed */
  g_clear_handle_id (&self->timer, g_source_remove);
  if (good)
    take_answer (self, out);
  else
    ac_log (G_LOG_LEVEL_WARNING, 0, "the encoders cannot be tried: %s", error->message);
}

static gboolean
on_late (gpointer user_data)
{
  AcEncoderChoice *self = user_data;

  self->timer = 0;
  g_subprocess_force_exit (self->process);
  return G_SOURCE_REMOVE;
}

AcEncoderChoice *
ac_encoder_choice_new (const gchar *worker_path, AcEncoderChosen chosen,
                       gpointer user_data)
{
  AcEncoderChoice *self = g_new0 (AcEncoderChoice, 1);
  g_autoptr (GError) error = NULL;

  self->chosen = chosen;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                        G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                    &error, worker_path, "--probe", "hardware", NULL);
  if (self->process == NULL) {
    ac_log (G_LOG_LEVEL_WARNING, 0, "the encoders cannot be tried: %s", error->message);
    return self;
  }
  self->timer = g_timeout_add_seconds (TIMEOUT_S, on_late, self);
  g_subprocess_communicate_async (self->process, NULL, self->cancellable, on_probed,
                                  self);
  return self;
}

void
ac_encoder_choice_free (AcEncoderChoice *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  g_clear_object (&self->process);
  g_clear_object (&self->cancellable);
  g_free (self);
}
