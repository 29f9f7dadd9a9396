/* scripted-worker - a worker that its feed directs, for the tests of a broadcast.
 *
 * It writes what it hears to the file AIRCLASS_TRACE, a line each, and begins as the
 * real one does: at once when it is told a frame rate, else with the first media tag.
 * The text of a media tag, after its two bytes of FLV header, is what it does ("shed
 * N": it tells that it leaves N renditions out); what it does not know is a slot. A
 * lesson of the title "stillborn" has no worker that lives, one of the title "clumsy"
 * none that dies well.
 *
 * Usage: scripted-worker --fd N */

#include "wire.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLOT_TICKS 57600
#define PARTS 3

typedef struct {
  gint fd, trace;
  AcWireParser *parser;
  AcWireConfigure configure;
  gboolean begun;
  guint n_slots;
} Actor;

static void note (Actor *actor, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static void
note (Actor *actor, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (write (actor->trace, text, strlen (text)) < 0)
    exit (3);
}

static void
say (Actor *actor, GBytes *frame)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);

  for (gsize at = 0; at < size;) {
    gssize sent = send (actor->fd, data + at, size - at, MSG_NOSIGNAL);

    if (sent < 0)
      exit (4); /* the daemon is gone */
    at += (gsize)sent;
  }
  g_bytes_unref (frame);
}

/* Returns: (transfer full): the payload of the next frame. */
static GBytes *
hear (Actor *actor, AcWireType *ret_type)
{
  GBytes *payload = NULL;

  while (payload == NULL) {
    gsize room;
    gpointer target = ac_wire_parser_want (actor->parser, &room);
    gssize got = read (actor->fd, target, room);

    if (got <= 0 ||
        !ac_wire_parser_filled (actor->parser, (gsize)got, ret_type, &payload, NULL))
      exit (4);
  }
  return payload;
}

static void
say_epoch (Actor *actor, guint64 start, guint64 first_msn)
{
  g_autoptr (GBytes) init = g_bytes_new_static ("init", 4);
  g_autoptr (AcMediaEpoch) epoch = NULL;
  AcMediaEpoch fields = {
    .number = actor->configure.epoch,
    .wall_start_ms = 1000,
    .first_msn = first_msn,
    .start = start,
    .slot_duration = SLOT_TICKS,
    .slots_per_segment = PARTS,
    .n_tracks = 1,
    .tracks = { { .name = "v360",
                  .kind = AC_TRACK_VIDEO,
                  .timescale = 90000,
                  .width = 640,
                  .height = 360,
                  .frames_per_1000s = 25000,
                  .target_bps = 350000,
                  .codecs = "avc1.64001e",
                  .init = init } },
  };

  epoch = ac_media_epoch_new (&fields);
  say (actor, ac_wire_pack_epoch (epoch));
}

static void
begin (Actor *actor)
{
  if (!actor->begun)
    say_epoch (actor, actor->configure.start, actor->configure.first_msn);
  actor->begun = TRUE;
}

/* The next slot, but for what @edit changes. */
static void
say_slot (Actor *actor, void (*edit) (AcSlot *fields), guint32 flags)
{
  guint part = actor->n_slots % PARTS;
  guint64 start = actor->configure.start + SLOT_TICKS * (guint64)actor->n_slots;
  g_autofree gchar *text =
      g_strdup_printf ("slot at %" G_GUINT64_FORMAT, start / SLOT_TICKS);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (AcSlot) slot = NULL;
  AcSlot fields = {
    .epoch = actor->configure.epoch,
    .part = part,
    .msn = actor->configure.first_msn + actor->n_slots / PARTS,
    .start = start,
    .duration = SLOT_TICKS,
    .flags = flags | (part == 0 ? AC_SLOT_SEGMENT_START : 0) |
             (part == PARTS - 1 ? AC_SLOT_SEGMENT_END : 0),
    .wall_ms = 1000,
    .n_parts = 1,
    .parts = { bytes },
  };

  if (edit != NULL)
    edit (&fields);
  slot = ac_slot_new (&fields);
  say (actor, ac_wire_pack_slot (slot));
  actor->n_slots++;
}

static void
again (AcSlot *fields)
{
  fields->start -= SLOT_TICKS;
}

static void
ahead (AcSlot *fields)
{
  fields->start += SLOT_TICKS;
}

static void
far_segment (AcSlot *fields)
{
  fields->msn += 5;
}

static void
other_part (AcSlot *fields)
{
  fields->part += 1;
}

static void
too_long (AcSlot *fields)
{
  fields->duration *= 2;
}

static const struct {
  const gchar *name;
  void (*edit) (AcSlot *fields);
} wrong_slots[] = {
  { "again", again },
  { "ahead", ahead },
  { "far-segment", far_segment },
  { "other-part", other_part },
  { "too-long", too_long },
};

/* Returns: whether @text names a slot that is not the next; it was sent. */
static gboolean
say_wrong_slot (Actor *actor, const gchar *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong_slots); i++)
    if (g_str_equal (text, wrong_slots[i].name)) {
      say_slot (actor, wrong_slots[i].edit, 0);
      return TRUE;
    }
  return FALSE;
}

/* More than is read in one turn, all of it wrong, and nobody to be killed for it. */
static void
say_nonsense_and_go (Actor *actor)
{
  for (guint i = 0; i < 200; i++)
    say_slot (actor, NULL, 0);
  for (guint i = 0; i < 200; i++)
    say_slot (actor, again, 0);
  exit (0);
}

static void
say_health (Actor *actor, guint32 n_shed)
{
  AcWireHealth health = { .renditions_shed = n_shed, .renditions_alive = 4 - n_shed };

  for (guint i = 0; i < 4; i++) {
    AcRenditionHealth *rendition = &health.renditions[health.n_renditions++];

    g_snprintf (rendition->name, sizeof rendition->name, "v%u", i);
    rendition->alive = i >= n_shed;
  }
  say (actor, ac_wire_pack_health (&health));
}

static void
take_machine (Actor *actor, GBytes *payload)
{
  AcWireMachine machine;

  if (!ac_wire_unpack_machine (payload, &machine, NULL))
    exit (5);
  note (actor, "machine of %" G_GINT64_FORMAT ": %u\n", actor->configure.lesson,
        machine.spare_millicores);
}

static void
perform (Actor *actor, const gchar *text)
{
  if (g_str_has_prefix (text, "shed ")) {
    say_health (actor, (guint32)atoi (text + 5));
    return;
  }
  if (g_str_equal (text, "die"))
    kill (getpid (), SIGKILL);
  else if (g_str_equal (text, "wrong-start"))
    say_epoch (actor, actor->configure.start + SLOT_TICKS, actor->configure.first_msn);
  else if (g_str_equal (text, "wrong-msn"))
    say_epoch (actor, actor->configure.start, actor->configure.first_msn + 1);
  else if (g_str_equal (text, "wait"))
    return;
  begin (actor);
  if (g_str_equal (text, "nonsense"))
    say_nonsense_and_go (actor);
  else if (g_str_equal (text, "slate"))
    say_slot (actor, NULL, AC_SLOT_NOT_CREDITABLE);
  else if (!say_wrong_slot (actor, text))
    say_slot (actor, NULL, 0);
}

static void
take_media (Actor *actor, GBytes *payload)
{
  g_autofree gchar *text = NULL;
  const gchar *data;
  AcFlvTag tag;
  gsize size;

  if (!ac_wire_unpack_source_media (payload, &tag, NULL))
    exit (5);
  data = g_bytes_get_data (tag.body, &size);
  text = g_strndup (data + 2, size - 2);
  note (actor, "tag %u @%u %s\n", tag.type, tag.timestamp_ms, text);
  if (tag.type == 9 && data[1] == 1)
    perform (actor, text);
  ac_flv_tag_clear (&tag);
}

static void
finish (Actor *actor)
{
  note (actor, "finish\n");
  if (g_str_equal (actor->configure.title, "clumsy"))
    kill (getpid (), SIGKILL);
  if (actor->begun)
    say_slot (actor, NULL, AC_SLOT_SEGMENT_END);
  say (actor, ac_wire_pack_finished ());
}

/* Until it is told to finish. */
static void
listen_on (Actor *actor)
{
  AcWireType type = 0;

  while (type != AC_WIRE_FINISH) {
    g_autoptr (GBytes) payload = hear (actor, &type);

    if (type == AC_WIRE_SOURCE_BEGIN)
      note (actor, "begin\n");
    else if (type == AC_WIRE_SOURCE_END)
      note (actor, "end\n");
    else if (type == AC_WIRE_SOURCE_MEDIA)
      take_media (actor, payload);
    else if (type == AC_WIRE_MACHINE)
      take_machine (actor, payload);
  }
  finish (actor);
}

static void
play (Actor *actor)
{
  const AcWireConfigure *configure = &actor->configure;

  note (actor,
        "configure epoch=%u msn=%" G_GUINT64_FORMAT " slot=%" G_GUINT64_FORMAT
        " rate=%u height=%u\n",
        configure->epoch, configure->first_msn, configure->start / SLOT_TICKS,
        configure->frame_rate, configure->top_height);
  if (g_str_equal (configure->title, "stillborn"))
    return;
  if (configure->frame_rate != 0) {
    begin (actor);
    say_slot (actor, NULL, AC_SLOT_NOT_CREDITABLE);
  }
  listen_on (actor);
}

int
main (int argc, char **argv)
{
  g_autoptr (GBytes) configure = NULL;
  Actor actor = { .parser = ac_wire_parser_new () };
  AcWireType type;

  if (argc != 3 || strcmp (argv[1], "--fd") != 0)
    return 64;
  actor.fd = atoi (argv[2]);
  actor.trace = open (g_getenv ("AIRCLASS_TRACE"), O_WRONLY | O_APPEND | O_CREAT, 0600);
  configure = hear (&actor, &type);
  if (actor.trace < 0 || type != AC_WIRE_CONFIGURE ||
      !ac_wire_unpack_configure (configure, &actor.configure, NULL))
    return 65;
  play (&actor);
  ac_wire_configure_clear (&actor.configure);
  ac_wire_parser_free (actor.parser);
  return 0;
}
