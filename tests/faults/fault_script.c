#include "fault_script.h"

static const struct {
  const gchar *name;
  FaultAction action;
  const gchar *arguments; /* v: value, t: track, s: seconds */
} actions[] = {
  { "origin", FAULT_ORIGIN, "v" },
  { "media", FAULT_MEDIA, "v" },
  { "jump", FAULT_JUMP, "v" },
  { "jump-video", FAULT_JUMP_VIDEO, "v" },
  { "jump-audio", FAULT_JUMP_AUDIO, "v" },
  { "drift", FAULT_DRIFT, "v" },
  { "stop", FAULT_STOP, "ts" },
  { "duplicate", FAULT_DUPLICATE, "s" },
  { "lose", FAULT_LOSE, "vs" },
  { "stall", FAULT_STALL, "s" },
  { "pause", FAULT_PAUSE, "s" },
  { "end", FAULT_END, "" },
};

static gboolean
parse_ms (const gchar *text, gint64 *ret_ms)
{
  gchar *end;
  gdouble seconds = g_ascii_strtod (text, &end);

  *ret_ms = (gint64)(seconds * 1000 + 0.5);
  return end != text && *end == '\0' && seconds >= 0 && seconds < 1e6;
}

static gboolean
parse_argument (gchar kind, const gchar *text, FaultStep *step)
{
  switch (kind) {
  case 'v':
    return g_ascii_string_to_signed (text, 10, -G_MAXINT32 * G_GINT64_CONSTANT (4),
                                     G_MAXINT64 / 1000, &step->value, NULL);
  case 't':
    step->track = g_str_equal (text, "video") ? 9 : g_str_equal (text, "audio") ? 8 : 0;
    return step->track != 0;
  default:
    return parse_ms (text, &step->length_ms);
  }
}

static gboolean
parse_step (gchar **words, FaultStep *step)
{
  const guint n_words = g_strv_length (words);

  if (n_words < 2 || !parse_ms (words[0], &step->at_ms))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
    const gchar *arguments = actions[i].arguments;

    if (!g_str_equal (actions[i].name, words[1]))
      continue;
    step->action = actions[i].action;
    if (n_words != 2 + strlen (arguments))
      return FALSE;
    for (guint n = 0; arguments[n] != '\0'; n++)
      if (!parse_argument (arguments[n], words[2 + n], step))
        return FALSE;
    return TRUE;
  }
  return FALSE;
}

GArray *
fault_script_parse (const gchar *text, GError **error)
{
  g_autoptr (GArray) steps = g_array_new (FALSE, TRUE, sizeof (FaultStep));
  g_auto (GStrv) lines = g_strsplit (text, ";", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    const gchar *line = g_strstrip (lines[i]);
    g_auto (GStrv) words = g_strsplit_set (line, " \n", -1);
    FaultStep step = { 0 };

    if (*line == '\0')
      continue;
    if (!parse_step (words, &step)) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "\"%s\" is no step of a script", line);
      return NULL;
    }
    g_array_append_val (steps, step);
  }
  return g_steal_pointer (&steps);
}
