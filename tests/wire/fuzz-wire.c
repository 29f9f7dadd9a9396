/* fuzz-wire - both directions of the socket between daemon and worker.
 *
 * Linked with libFuzzer (option fuzzers) it explores; else it runs as a test over a
 * seed of every frame type and mutations of it. */
#include "wire.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
unpack (AcWireType type, GBytes *payload)
{
  AcWireConfigure configure = { 0 };
  AcWireSource source = { 0 };
  AcWireSourceState state = { 0 };
  AcWireHealth health;
  AcWireMachine machine;
  AcFlvTag tag = { 0 };
  AcMediaEpoch *epoch = NULL;
  AcSlot *slot = NULL;

  switch (type) {
  case AC_WIRE_CONFIGURE:
    ac_wire_unpack_configure (payload, &configure, NULL);
    ac_wire_configure_clear (&configure);
    break;
  case AC_WIRE_SOURCE_BEGIN:
    ac_wire_unpack_source_begin (payload, &source, NULL);
    ac_wire_source_clear (&source);
    break;
  case AC_WIRE_SOURCE_STATE:
    ac_wire_unpack_source_state (payload, &state, NULL);
    ac_wire_source_state_clear (&state);
    break;
  case AC_WIRE_SOURCE_MEDIA:
    ac_wire_unpack_source_media (payload, &tag, NULL);
    ac_flv_tag_clear (&tag);
    break;
  case AC_WIRE_EPOCH:
    epoch = ac_wire_unpack_epoch (payload, NULL);
    break;
  case AC_WIRE_SLOT:
    slot = ac_wire_unpack_slot (payload, NULL);
    break;
  case AC_WIRE_HEALTH:
    ac_wire_unpack_health (payload, &health, NULL);
    break;
  case AC_WIRE_MACHINE:
    ac_wire_unpack_machine (payload, &machine, NULL);
    break;
  default:
    break;
  }
  g_clear_pointer (&epoch, ac_media_epoch_unref);
  g_clear_pointer (&slot, ac_slot_unref);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (AcWireParser) parser = ac_wire_parser_new ();

  while (size > 0) {
    g_autoptr (GBytes) payload = NULL;
    AcWireType type;
    gsize room;
    gpointer want = ac_wire_parser_want (parser, &room);
    gsize n = MIN (room, size);

    memcpy (want, data, n);
    data += n;
    size -= n;
    if (!ac_wire_parser_filled (parser, n, &type, &payload, NULL))
      break;
    if (payload != NULL)
      unpack (type, payload);
  }
  return 0;
}

#ifndef AC_LIBFUZZER
/* Every frame type once, good. */
static GBytes *
seed (void)
{
  GByteArray *stream = g_byte_array_new ();
  g_autoptr (GBytes) body = g_bytes_new_static ("\x17\1\0\0\0abcd", 9);
  const AcMediaEpoch epoch = {
    1,     5,
    0,     0,
    57600, 3,
    0,     0,
    1,     { { "audio", AC_TRACK_AUDIO, 48000, 0, 0, 0, 1, 48000, "mp4a.40.2", body } }
  };
  const AcWireConfigure configure = { 1, (gchar *)"lesson", 1, 0, 0, 25, 720 };
  const AcSlot slot = {
    .epoch = 1, .duration = 57600, .n_parts = 2, .parts = { body }
  };
  const AcWireHealth health = { .source_alive = TRUE,
                                .renditions = { { "v360", TRUE, 1, 2, 3 } },
                                .n_renditions = 1 };
  const AcWireMachine machine = { 500 };
  const AcFlvTag tag = { 9, 40, body };
  const AcWireSource source = { AC_SOURCE_FILE, (gchar *)"/a.mp4", TRUE };
  const AcWireSourceState state = { AC_SOURCE_ENDED, (gchar *)"its end" };
  GBytes *frames[] = {
    ac_wire_pack_configure (&configure), ac_wire_pack_source_begin (&source),
    ac_wire_pack_source_state (&state),  ac_wire_pack_source_media (&tag),
    ac_wire_pack_epoch (&epoch),         ac_wire_pack_slot (&slot),
    ac_wire_pack_health (&health),       ac_wire_pack_finish (),
    ac_wire_pack_machine (&machine),
  };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    g_byte_array_append (stream, g_bytes_get_data (frames[i], NULL),
                         (guint)g_bytes_get_size (frames[i]));
    g_bytes_unref (frames[i]);
  }
  return g_byte_array_free_to_bytes (stream);
}

static void
test_every_byte (void)
{
  static const guint8 values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
  g_autoptr (GBytes) good = seed ();
  gsize size = g_bytes_get_size (good);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (good, NULL), size);

  for (gsize i = 0; i < size; i++) {
    guint8 saved = copy[i];

    for (guint k = 0; k < G_N_ELEMENTS (values); k++) {
      copy[i] = values[k];
      LLVMFuzzerTestOneInput (copy, size);
    }
    copy[i] = saved;
    LLVMFuzzerTestOneInput (copy, i);
  }
}

static void
test_random (void)
{
  g_autoptr (GBytes) good = seed ();
  gsize size = g_bytes_get_size (good);

  for (guint round = 0; round < 2000; round++) {
    g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (good, NULL), size);

    for (gint n = g_test_rand_int_range (1, 8); n > 0; n--)
      copy[g_test_rand_int_range (0, (gint32)size)] = (guint8)g_test_rand_int ();
    LLVMFuzzerTestOneInput (copy, size);
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fuzz-wire/every-byte", test_every_byte);
  g_test_add_func ("/fuzz-wire/random", test_random);
  return g_test_run ();
}
#endif
