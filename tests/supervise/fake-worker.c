/* fake-worker - a worker that does what the title of its lesson says, for the tests.
 *
 * Usage: fake-worker --fd N */

#include "wire.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  gint fd;
  AcWireParser *parser;
  AcWireConfigure configure;
  guint n_slots;
} Fake;

static void
say (Fake *fake, GBytes *frame)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);

  for (gsize at = 0; at < size;) {
    gssize sent = send (fake->fd, data + at, size - at, MSG_NOSIGNAL);

    if (sent < 0)
      exit (4); /* the daemon is gone */
    at += sent;
  }
  g_bytes_unref (frame);
}

static void
say_epoch (Fake *fake, guint32 number)
{
  g_autoptr (GBytes) init = g_bytes_new_static ("init", 4);
  g_autoptr (AcMediaEpoch) epoch = NULL;
  AcMediaEpoch fields = {
    .number = number,
    .wall_start_ms = 1000,
    .first_msn = fake->configure.first_msn,
    .start = fake->configure.start,
    .slot_duration = 57600,
    .slots_per_segment = 3,
    .n_tracks = 1,
    .tracks = { { .name = "v240",
                  .kind = AC_TRACK_VIDEO,
                  .timescale = 90000,
                  .width = 426,
                  .height = 240,
                  .frames_per_1000s = 25000,
                  .target_bps = 150000,
                  .codecs = "avc1.42c015",
                  .init = init } },
  };

  epoch = ac_media_epoch_new (&fields);
  say (fake, ac_wire_pack_epoch (epoch));
}

static void
say_slot (Fake *fake, guint32 epoch, GBytes *part)
{
  g_autoptr (AcSlot) slot = NULL;
  AcSlot fields = {
    .epoch = epoch,
    .part = fake->n_slots % 3,
    .msn = fake->configure.first_msn + fake->n_slots / 3,
    .start = fake->configure.start + 57600 * (guint64)fake->n_slots,
    .duration = 57600,
    .wall_ms = 1000,
    .n_parts = 1,
    .parts = { part },
  };

  slot = ac_slot_new (&fields);
  say (fake, ac_wire_pack_slot (slot));
  fake->n_slots++;
}

static void
say_any_slot (Fake *fake)
{
  g_autoptr (GBytes) part = g_bytes_new_static ("part", 4);

  say_slot (fake, fake->configure.epoch, part);
}

static void
say_health (Fake *fake)
{
  const AcWireHealth health = { .source_alive = TRUE, .width = 640, .height = 360 };

  say (fake, ac_wire_pack_health (&health));
}

static void
say_raw (Fake *fake, const gchar *bytes, gsize size)
{
  say (fake, g_bytes_new (bytes, size));
}

/* Returns: (transfer full): the payload of the next frame. */
static GBytes *
hear (Fake *fake, AcWireType *ret_type)
{
  GBytes *payload = NULL;

  while (payload == NULL) {
    gsize room;
    gpointer target = ac_wire_parser_want (fake->parser, &room);
    gssize got = read (fake->fd, target, room);

    if (got <= 0 ||
        !ac_wire_parser_filled (fake->parser, got, ret_type, &payload, NULL))
      exit (4);
  }
  return payload;
}

/* What it is to fetch fails, and it says why: with the address. */
static void
answer_source (Fake *fake, GBytes *payload)
{
  AcWireSourceState state = { .state = AC_SOURCE_FAILED };
  AcWireSource source;

  if (!ac_wire_unpack_source_begin (payload, &source, NULL))
    exit (5);
  state.detail = source.address;
  state.source_number = source.number;
  if (source.kind == AC_SOURCE_PULL)
    say (fake, ac_wire_pack_source_state (&state));
  else
    say_health (fake);
  ac_wire_source_clear (&source);
}

/* Gives every tag back as a slot, until it is told to finish. */
static void
echo (Fake *fake)
{
  for (;;) {
    g_autoptr (GBytes) payload = NULL;
    AcFlvTag tag = { 0 };
    AcWireType type;

    payload = hear (fake, &type);
    switch (type) {
    case AC_WIRE_SOURCE_BEGIN:
      answer_source (fake, payload);
      break;
    case AC_WIRE_SOURCE_END:
      say_health (fake);
      break;
    case AC_WIRE_SOURCE_MEDIA:
      if (!ac_wire_unpack_source_media (payload, &tag, NULL))
        exit (5);
      say_slot (fake, fake->configure.epoch, tag.body);
      ac_flv_tag_clear (&tag);
      break;
    case AC_WIRE_FINISH:
      return;
    default:
      exit (6);
    }
  }
}

static void
hang (void)
{
  for (;;)
    pause ();
}

static void
play_good (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
  echo (fake);
  say (fake, ac_wire_pack_finished ());
}

static void
play_crash (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
  say_any_slot (fake);
  kill (getpid (), SIGKILL);
}

static void
play_leave (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
}

static void
play_fail (Fake *fake)
{
  say (fake, ac_wire_pack_finished ());
  exit (3);
}

static void
play_silence (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
  say_any_slot (fake);
  hang ();
}

static void
play_mute (Fake *fake)
{
  hang ();
}

/* No slot is owed before the epoch. */
static void
play_patience (Fake *fake)
{
  for (guint i = 0; i < 10; i++) {
    say_health (fake);
    g_usleep (50 * 1000);
  }
  say (fake, ac_wire_pack_finished ());
}

static void
play_deaf (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
  for (;;) {
    say_any_slot (fake);
    g_usleep (10 * 1000);
  }
}

static void
play_stubborn (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
  say_any_slot (fake);
  echo (fake);
  hang ();
}

static void
play_close (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
  close (fake->fd);
  hang ();
}

static void
play_giant (Fake *fake)
{
  say_raw (fake, "\xff\xff\xff\xff\x41", 5);
  hang ();
}

static void
play_unknown (Fake *fake)
{
  say_raw (fake, "\1\0\0\0\x7f", 5);
  hang ();
}

static void
play_noise (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
  say_raw (fake, "\4\0\0\0\x41xyz", 8);
  hang ();
}

static void
play_slot_first (Fake *fake)
{
  say_any_slot (fake);
  hang ();
}

static void
play_two_epochs (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
  say_epoch (fake, fake->configure.epoch);
  hang ();
}

static void
play_wrong_epoch (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch + 1);
  hang ();
}

static void
play_wrong_slot (Fake *fake)
{
  g_autoptr (GBytes) part = g_bytes_new_static ("part", 4);

  say_epoch (fake, fake->configure.epoch);
  say_slot (fake, fake->configure.epoch + 1, part);
  hang ();
}

static void
play_wrong_parts (Fake *fake)
{
  g_autoptr (GBytes) part = g_bytes_new_static ("part", 4);
  g_autoptr (AcSlot) slot = NULL;
  AcSlot fields = {
    .epoch = fake->configure.epoch,
    .msn = fake->configure.first_msn,
    .start = fake->configure.start,
    .duration = 57600,
    .n_parts = 2,
    .parts = { part, part },
  };

  say_epoch (fake, fake->configure.epoch);
  slot = ac_slot_new (&fields);
  say (fake, ac_wire_pack_slot (slot));
  hang ();
}

static void
play_burst (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
  for (guint i = 0; i < 100; i++)
    say_any_slot (fake);
  say (fake, ac_wire_pack_finished ());
}

static void
play_encore (Fake *fake)
{
  say_epoch (fake, fake->configure.epoch);
  say (fake, ac_wire_pack_finished ());
  say_any_slot (fake);
  hang ();
}

/* Killed by its tracer, which takes its time to let go of it. */
static void
play_traced (Fake *fake)
{
  GPid pid = getpid ();

  prctl (PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
  if (fork () == 0) {
    close (fake->fd);
    if (ptrace (PTRACE_SEIZE, pid, NULL, NULL) == 0) {
      kill (pid, SIGKILL);
      g_usleep (200 * 1000);
    }
    _exit (0);
  }
  hang ();
}

static const struct {
  const gchar *title;
  void (*play) (Fake *fake);
} scripts[] = {
  { "good", play_good },
  { "crash", play_crash },
  { "leave", play_leave },
  { "fail", play_fail },
  { "silence", play_silence },
  { "mute", play_mute },
  { "patience", play_patience },
  { "deaf", play_deaf },
  { "stubborn", play_stubborn },
  { "close", play_close },
  { "giant", play_giant },
  { "unknown", play_unknown },
  { "noise", play_noise },
  { "slot-first", play_slot_first },
  { "two-epochs", play_two_epochs },
  { "wrong-epoch", play_wrong_epoch },
  { "wrong-slot", play_wrong_slot },
  { "wrong-parts", play_wrong_parts },
  { "burst", play_burst },
  { "encore", play_encore },
  { "traced", play_traced },
};

int
main (int argc, char **argv)
{
  g_autoptr (GBytes) configure = NULL;
  Fake fake = { .parser = ac_wire_parser_new () };
  AcWireType type;

  if (argc != 3 || strcmp (argv[1], "--fd") != 0)
    return 64;
  fake.fd = atoi (argv[2]);
  configure = hear (&fake, &type);
  if (type != AC_WIRE_CONFIGURE ||
      !ac_wire_unpack_configure (configure, &fake.configure, NULL))
    return 65;
  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (strcmp (scripts[i].title, fake.configure.title) == 0)
      scripts[i].play (&fake);
  ac_wire_configure_clear (&fake.configure);
  ac_wire_parser_free (fake.parser);
  return 0;
}
