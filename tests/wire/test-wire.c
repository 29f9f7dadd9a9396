#include "wire.h"

#include <string.h>

/* Feeds @frames in pieces of at most @step bytes. Returns: how many frames came, the
 * last one in @ret_type and @ret_payload; -1 on an error. */
static gint
parse (AcWireParser *parser, GBytes *frames, gsize step, AcWireType *ret_type,
       GBytes **ret_payload, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frames, &size);
  gint n_frames = 0;

  *ret_payload = NULL;
  while (size > 0) {
    g_autoptr (GBytes) payload = NULL;
    gsize room, n;
    gpointer want = ac_wire_parser_want (parser, &room);

    g_assert_cmpuint (room, >=, 1);
    n = MIN (MIN (room, step), size);
    memcpy (want, data, n);
    data += n;
    size -= n;
    if (!ac_wire_parser_filled (parser, n, ret_type, &payload, error))
      return -1;
    if (payload == NULL)
      continue;
    n_frames++;
    g_clear_pointer (ret_payload, g_bytes_unref);
    *ret_payload = g_steal_pointer (&payload);
  }
  return n_frames;
}

/* The payload of one whole frame. */
static GBytes *
payload_of (GBytes *frame, AcWireType expected)
{
  g_autoptr (AcWireParser) parser = ac_wire_parser_new ();
  g_autoptr (GError) error = NULL;
  GBytes *payload;
  AcWireType type;

  g_assert_cmpint (parse (parser, frame, G_MAXSIZE, &type, &payload, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (type, ==, expected);
  g_bytes_unref (frame);
  return payload;
}

static GBytes *
slice (GBytes *bytes, gsize from, gsize size)
{
  return g_bytes_new_from_bytes (bytes, from, size);
}

/* --- frames ----------------------------------------------------------------------- */

static void
test_empty_frames (void)
{
  static const struct {
    GBytes *(*pack) (void);
    AcWireType type;
  } table[] = {
    { ac_wire_pack_source_end, AC_WIRE_SOURCE_END },
    { ac_wire_pack_finish, AC_WIRE_FINISH },
    { ac_wire_pack_finished, AC_WIRE_FINISHED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GBytes) payload = payload_of (table[i].pack (), table[i].type);

    g_assert_cmpuint (g_bytes_get_size (payload), ==, 0);
  }
}

static void
test_configure (void)
{
  AcWireConfigure in = { 42,   (gchar *)"光的折射", 2, 7, 403200, 25, 720, TRUE,
                         TRUE, "vah264enc" };
  g_autoptr (GBytes) payload =
      payload_of (ac_wire_pack_configure (&in), AC_WIRE_CONFIGURE);
  AcWireConfigure out;

  g_assert_true (ac_wire_unpack_configure (payload, &out, NULL));
  g_assert_cmpint (out.lesson, ==, 42);
  g_assert_cmpstr (out.title, ==, "光的折射");
  g_assert_cmpuint (out.epoch, ==, 2);
  g_assert_cmpuint (out.first_msn, ==, 7);
  g_assert_cmpuint (out.start, ==, 403200);
  g_assert_cmpuint (out.frame_rate, ==, 25);
  g_assert_cmpuint (out.top_height, ==, 720);
  g_assert_true (out.shedding);
  g_assert_cmpstr (out.encoder, ==, "vah264enc");
  ac_wire_configure_clear (&out);
}

static void
test_configure_title (void)
{
  GString *title = g_string_new (NULL);
  AcWireConfigure in = { .epoch = 1 }, out;
  g_autoptr (GBytes) none =
      payload_of (ac_wire_pack_configure (&in), AC_WIRE_CONFIGURE);
  g_autoptr (GBytes) payload = NULL;

  g_assert_true (ac_wire_unpack_configure (none, &out, NULL));
  g_assert_cmpstr (out.title, ==, "");
  ac_wire_configure_clear (&out);

  while (title->len < 3000)
    g_string_append (title, "课");
  in.title = title->str;
  payload = payload_of (ac_wire_pack_configure (&in), AC_WIRE_CONFIGURE);
  g_assert_true (ac_wire_unpack_configure (payload, &out, NULL));
  g_assert_cmpuint (strlen (out.title), ==, 1023); /* 341 whole characters */
  g_assert_true (g_utf8_validate (out.title, -1, NULL));
  ac_wire_configure_clear (&out);
  g_string_free (title, TRUE);
}

static void
test_configure_refused (void)
{
  const AcWireConfigure table[] = {
    { .epoch = 0 },
    { .epoch = 1, .frame_rate = 24 },
    { .epoch = 1, .start = G_MAXUINT64 },
    { .epoch = 1, .first_msn = G_MAXUINT64 },
    { .epoch = 1, .top_height = 20000 },
    { .epoch = 1, .encoder = "x264enc ! fakesink" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GBytes) payload =
        payload_of (ac_wire_pack_configure (&table[i]), AC_WIRE_CONFIGURE);
    g_autoptr (GError) error = NULL;
    AcWireConfigure out;

    g_assert_false (ac_wire_unpack_configure (payload, &out, &error));
    g_assert_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED);
  }
}

static void
test_source (void)
{
  const AcWireSource table[] = {
    { AC_SOURCE_FLV, NULL, FALSE, 1960 },
    { AC_SOURCE_PULL, (gchar *)"rtsp://192.0.2.4/课", FALSE, .number = 7 },
    { AC_SOURCE_FILE, (gchar *)"/lectures/1.mp4", TRUE, .position_ms = 5400000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GBytes) payload =
        payload_of (ac_wire_pack_source_begin (&table[i]), AC_WIRE_SOURCE_BEGIN);
    g_autoptr (GBytes) cut = slice (payload, 0, g_bytes_get_size (payload) - 1);
    g_autoptr (GError) error = NULL;
    AcWireSource out;

    g_assert_true (ac_wire_unpack_source_begin (payload, &out, NULL));
    g_assert_cmpint (out.kind, ==, table[i].kind);
    g_assert_cmpstr (out.address, ==, table[i].address != NULL ? table[i].address : "");
    g_assert_cmpint (out.loop, ==, table[i].loop);
    g_assert_cmpint (out.position_ms, ==, table[i].position_ms);
    g_assert_cmpuint (out.age_ms, ==, table[i].age_ms);
    g_assert_cmpuint (out.number, ==, table[i].number);
    ac_wire_source_clear (&out);
    g_assert_false (ac_wire_unpack_source_begin (cut, &out, &error));
    g_assert_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED);
  }
}

static void
test_source_refused (void)
{
  const AcWireSource strange = { (AcSourceKind)AC_N_SOURCE_KINDS, NULL, FALSE };
  g_autofree gchar *address = g_strnfill (5000, 'a');
  const AcWireSource past = { .kind = AC_SOURCE_FILE, .position_ms = -1 };
  const AcWireSource large = { AC_SOURCE_PULL, address, FALSE };
  g_autoptr (GBytes) payload =
      payload_of (ac_wire_pack_source_begin (&strange), AC_WIRE_SOURCE_BEGIN);
  g_autoptr (GBytes) fitted =
      payload_of (ac_wire_pack_source_begin (&large), AC_WIRE_SOURCE_BEGIN);
  g_autoptr (GBytes) before =
      payload_of (ac_wire_pack_source_begin (&past), AC_WIRE_SOURCE_BEGIN);
  AcWireSource out;

  g_assert_false (ac_wire_unpack_source_begin (payload, &out, NULL));
  g_assert_false (ac_wire_unpack_source_begin (before, &out, NULL));
  g_assert_true (ac_wire_unpack_source_begin (fitted, &out, NULL));
  g_assert_cmpuint (strlen (out.address), ==, 2048);
  ac_wire_source_clear (&out);
}

static void
test_source_state (void)
{
  const AcWireSourceState in = { AC_SOURCE_FAILED, (gchar *)"not found", 7 };
  const AcWireSourceState strange = { (AcSourceState)4, NULL };
  g_autoptr (GBytes) payload =
      payload_of (ac_wire_pack_source_state (&in), AC_WIRE_SOURCE_STATE);
  g_autoptr (GBytes) refused =
      payload_of (ac_wire_pack_source_state (&strange), AC_WIRE_SOURCE_STATE);
  g_autoptr (GError) error = NULL;
  AcWireSourceState out;

  g_assert_true (ac_wire_unpack_source_state (payload, &out, NULL));
  g_assert_cmpint (out.state, ==, AC_SOURCE_FAILED);
  g_assert_cmpstr (out.detail, ==, "not found");
  g_assert_cmpuint (out.source_number, ==, 7);
  ac_wire_source_state_clear (&out);
  g_assert_false (ac_wire_unpack_source_state (refused, &out, &error));
  g_assert_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED);
}

/* A browser's offer and our answer are longer than an address or a detail. */
static void
test_descriptions (void)
{
  g_autofree gchar *sdp = g_strnfill (AC_SDP_MAX_BYTES, 'a');
  const AcWireSource source = { AC_SOURCE_WEBRTC, sdp, FALSE };
  const AcWireSourceState state = { AC_SOURCE_ANSWERED, sdp };
  g_autoptr (GBytes) begun =
      payload_of (ac_wire_pack_source_begin (&source), AC_WIRE_SOURCE_BEGIN);
  g_autoptr (GBytes) said =
      payload_of (ac_wire_pack_source_state (&state), AC_WIRE_SOURCE_STATE);
  AcWireSource out;
  AcWireSourceState out_state;

  g_assert_true (ac_wire_unpack_source_begin (begun, &out, NULL));
  g_assert_cmpuint (strlen (out.address), ==, AC_SDP_MAX_BYTES);
  g_assert_true (ac_wire_unpack_source_state (said, &out_state, NULL));
  g_assert_cmpuint (strlen (out_state.detail), ==, AC_SDP_MAX_BYTES);
  ac_wire_source_clear (&out);
  ac_wire_source_state_clear (&out_state);
}

static void
test_media_candidates (void)
{
  const gsize sizes[] = { 0, 1, AC_UNIT_CANDIDATES_MAX_BYTES,
                          AC_UNIT_CANDIDATES_MAX_BYTES + 1 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (sizes[i]), sizes[i]);
    const AcFlvTag unit = { AC_UNIT_CANDIDATES, 0, body };
    g_autoptr (GBytes) payload =
        payload_of (ac_wire_pack_source_media (&unit), AC_WIRE_SOURCE_MEDIA);
    AcFlvTag out = { 0 };

    g_assert_cmpint (ac_wire_unpack_source_media (payload, &out, NULL), ==,
                     i == 1 || i == 2);
    ac_flv_tag_clear (&out);
  }
}

/* Whole packets of 188 bytes, 348 of them at most. */
static void
test_media_ts (void)
{
  static const struct {
    gsize size;
    gboolean good;
  } table[] = { { 0, FALSE },  { 187, FALSE },      { 188, TRUE },
                { 376, TRUE }, { 188 * 348, TRUE }, { 188 * 349, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GBytes) body =
        g_bytes_new_take (g_malloc0 (table[i].size), table[i].size);
    const AcFlvTag unit = { AC_UNIT_TS, 0, body };
    g_autoptr (GBytes) payload =
        payload_of (ac_wire_pack_source_media (&unit), AC_WIRE_SOURCE_MEDIA);
    AcFlvTag out = { 0 };

    g_assert_cmpint (ac_wire_unpack_source_media (payload, &out, NULL), ==,
                     table[i].good);
    ac_flv_tag_clear (&out);
  }
}

static void
test_media (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("body", 4);
  AcFlvTag in = { 9, 0xfffffff0, body }, out;
  g_autoptr (GBytes) payload =
      payload_of (ac_wire_pack_source_media (&in), AC_WIRE_SOURCE_MEDIA);

  g_assert_true (ac_wire_unpack_source_media (payload, &out, NULL));
  g_assert_cmpuint (out.type, ==, 9);
  g_assert_cmpuint (out.timestamp_ms, ==, 0xfffffff0);
  g_assert_true (g_bytes_equal (out.body, body));
  /* a slice, not a copy */
  g_assert_true ((const guint8 *)g_bytes_get_data (out.body, NULL) ==
                 (const guint8 *)g_bytes_get_data (payload, NULL) + 5);
  ac_flv_tag_clear (&out);
}

static void
test_media_refused (void)
{
  static const struct {
    const gchar *bytes;
    gsize size;
    gboolean good;
  } table[] = {
    { "", 0, FALSE },
    { "\x08\1\2\3", 4, FALSE },
    { "\x07\1\2\3\4", 5, FALSE },
    { "\x08\1\2\3\4", 5, TRUE },
    { "\x12\1\2\3\4x", 6, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GBytes) payload = g_bytes_new_static (table[i].bytes, table[i].size);
    g_autoptr (GError) error = NULL;
    AcFlvTag out = { 0 };

    g_assert_true (ac_wire_unpack_source_media (payload, &out, &error) ==
                   table[i].good);
    if (!table[i].good)
      g_assert_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED);
    ac_flv_tag_clear (&out);
  }
}

static AcSlot
a_slot (GBytes *part)
{
  return (AcSlot){ .epoch = 2,
                   .part = 1,
                   .msn = 9,
                   .start = 115200,
                   .duration = 57600,
                   .flags = AC_SLOT_SEGMENT_END,
                   .wall_ms = 1700000000000,
                   .n_parts = 3,
                   .parts = { part, NULL, part } };
}

static void
test_slot (void)
{
  g_autoptr (GBytes) part = g_bytes_new_static ("chunk", 5);
  AcSlot in = a_slot (part);
  g_autoptr (GBytes) payload = payload_of (ac_wire_pack_slot (&in), AC_WIRE_SLOT);
  g_autoptr (AcSlot) out = ac_wire_unpack_slot (payload, NULL);

  g_assert_nonnull (out);
  g_assert_cmpuint (out->epoch, ==, 2);
  g_assert_cmpuint (out->part, ==, 1);
  g_assert_cmpuint (out->msn, ==, 9);
  g_assert_cmpuint (out->start, ==, 115200);
  g_assert_cmpuint (out->duration, ==, 57600);
  g_assert_cmpuint (out->flags, ==, AC_SLOT_SEGMENT_END);
  g_assert_cmpint (out->wall_ms, ==, 1700000000000);
  g_assert_cmpuint (out->n_parts, ==, 3);
  g_assert_true (g_bytes_equal (out->parts[0], part));
  g_assert_null (out->parts[1]);
  g_assert_true (g_bytes_equal (out->parts[2], part));
}

static void
test_slot_truncated (void)
{
  g_autoptr (GBytes) part = g_bytes_new_static ("chunk", 5);
  AcSlot in = a_slot (part);
  g_autoptr (GBytes) payload = payload_of (ac_wire_pack_slot (&in), AC_WIRE_SLOT);

  for (gsize size = 0; size < g_bytes_get_size (payload); size++) {
    g_autoptr (GBytes) cut = slice (payload, 0, size);
    g_autoptr (GError) error = NULL;

    g_assert_null (ac_wire_unpack_slot (cut, &error));
    g_assert_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED);
  }
}

static void
test_slot_refused (void)
{
  static const struct {
    gsize offset;
    guint32 value;
  } table[] = {
    { 0, 0 },                      /* epoch */
    { 4, 1000 },                   /* part */
    { 12, 0x80000000 },            /* msn, upper half */
    { 20, 0x80000000 },            /* start, upper half */
    { 24, 0 },                     /* duration */
    { 24, 6000000 },    { 28, 8 }, /* flags */
    { 36, 0x80000000 },            /* wall clock, negative */
    { 40, 0 },          { 40, 9 }, /* parts */
    { 40, 0xffffffff }, { 44, 6 }, /* a size */
    { 44, 0xffffffff },
  };
  g_autoptr (GBytes) part = g_bytes_new_static ("chunk", 5);
  AcSlot in = a_slot (part);
  g_autoptr (GBytes) payload = payload_of (ac_wire_pack_slot (&in), AC_WIRE_SLOT);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    gsize size = g_bytes_get_size (payload);
    guint8 *bytes = g_memdup2 (g_bytes_get_data (payload, NULL), size);
    guint32 value = GUINT32_TO_LE (table[i].value);
    g_autoptr (GBytes) broken = g_bytes_new_take (bytes, size);
    g_autoptr (GError) error = NULL;

    memcpy (bytes + table[i].offset, &value, 4);
    g_assert_null (ac_wire_unpack_slot (broken, &error));
    g_assert_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED);
  }
}

static void
test_epoch (void)
{
  g_autoptr (GBytes) init = g_bytes_new_static ("init", 4);
  const AcMediaEpoch in = {
    1,     5,
    0,     0,
    57600, 3,
    0,     0,
    1,     { { "audio", AC_TRACK_AUDIO, 48000, 0, 0, 0, 1, 48000, "mp4a.40.2", init } }
  };
  g_autoptr (GBytes) payload = payload_of (ac_wire_pack_epoch (&in), AC_WIRE_EPOCH);
  g_autoptr (AcMediaEpoch) out = ac_wire_unpack_epoch (payload, NULL);
  g_autoptr (GBytes) cut = slice (payload, 0, g_bytes_get_size (payload) - 1);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (out);
  g_assert_cmpstr (out->tracks[0].name, ==, "audio");
  g_assert_true (g_bytes_equal (out->tracks[0].init, init));
  g_assert_null (ac_wire_unpack_epoch (cut, &error));
  g_assert_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED);
}

static void
test_health (void)
{
  const AcWireHealth in = {
    .source_alive = TRUE,
    .width = 1920,
    .frames_per_1000s = 29970,
    .video_codec = "h264",
    .audio_rms_dbfs = -23.5,
    .drift_ppm = -40,
    .encoder_lag_ms = 80,
    .sound_waiting_ms = 320,
    .renditions = { { "v720", FALSE, 0, 0, 130 }, { "v360", TRUE, 351000, 90, 900 } },
    .n_renditions = 2,
  };
  g_autoptr (GBytes) payload = payload_of (ac_wire_pack_health (&in), AC_WIRE_HEALTH);
  g_autoptr (GBytes) cut = slice (payload, 0, 7);
  g_autoptr (GError) error = NULL;
  AcWireHealth out;

  g_assert_true (ac_wire_unpack_health (payload, &out, NULL));
  g_assert_true (out.source_alive);
  g_assert_false (out.on_slate);
  g_assert_cmpuint (out.width, ==, 1920);
  g_assert_cmpuint (out.frames_per_1000s, ==, 29970);
  g_assert_cmpstr (out.video_codec, ==, "h264");
  g_assert_cmpfloat (out.audio_rms_dbfs, ==, -23.5);
  g_assert_cmpint (out.drift_ppm, ==, -40);
  g_assert_cmpuint (out.encoder_lag_ms, ==, 80);
  g_assert_cmpuint (out.sound_waiting_ms, ==, 320);
  g_assert_cmpuint (out.n_renditions, ==, 2);
  g_assert_false (out.renditions[0].alive);
  g_assert_cmpstr (out.renditions[1].name, ==, "v360");
  g_assert_cmpuint (out.renditions[1].bits_per_second, ==, 351000);
  g_assert_false (ac_wire_unpack_health (cut, &out, &error));
  g_assert_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED);
}

/* A release apart: what is not known is skipped, what does not come is 0, and what has
 * another shape is refused. */
static void
test_health_dictionary (void)
{
  static const struct {
    const gchar *text;
    gboolean good;
  } table[] = {
    { "{}", TRUE },
    { "{'width': <uint32 640>, 'tomorrow': <[1, 2]>}", TRUE },
    { "{'width': <640>}", FALSE },
    { "{'width': <'640'>}", FALSE },
    { "{'audio_rms_dbfs': <-12.5>}", TRUE },
    { "{'audio_rms_dbfs': <inf>}", FALSE },
    { "{'audio_rms_dbfs': <nan>}", FALSE },
    { "{'video_codec': <'123456789012345'>}", TRUE },
    { "{'video_codec': <'1234567890123456'>}", FALSE },
    { "{'renditions': <@aa{sv} []>}", TRUE },
    { "{'renditions': <[{'name': <'v360'>}]>}", TRUE },
    { "{'renditions': <[{'name': <'v\"360'>}]>}", FALSE },
    { "{'renditions': <[{'alive': <true>}]>}", FALSE },
    { "{'renditions': <[{'name': <'a'>}, {'name': <'a'>}, {'name': <'a'>}, "
      "{'name': <'a'>}, {'name': <'a'>}, {'name': <'a'>}, {'name': <'a'>}, "
      "{'name': <'a'>}, {'name': <'a'>}]>}",
      FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE (AC_HEALTH_TYPE),
                                                    table[i].text, NULL, NULL, NULL);
    g_autoptr (GBytes) payload = NULL;
    AcWireHealth out;

    g_assert_nonnull (variant);
    payload = g_variant_get_data_as_bytes (variant);
    g_assert_cmpint (ac_wire_unpack_health (payload, &out, NULL), ==, table[i].good);
  }
}

static void
test_machine (void)
{
  g_autoptr (GBytes) payload =
      payload_of (ac_wire_pack_machine (&(AcWireMachine){ 1250 }), AC_WIRE_MACHINE);
  AcWireMachine out;

  g_assert_true (ac_wire_unpack_machine (payload, &out, NULL));
  g_assert_cmpuint (out.spare_millicores, ==, 1250);
}

/* --- parser ----------------------------------------------------------------------- */

static void
test_any_step (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("0123456789", 10);
  const AcFlvTag tag = { 8, 1, body };
  GByteArray *stream = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) media = ac_wire_pack_source_media (&tag);
    g_autoptr (GBytes) finish = ac_wire_pack_finish ();

    g_byte_array_append (stream, g_bytes_get_data (media, NULL),
                         (guint)g_bytes_get_size (media));
    g_byte_array_append (stream, g_bytes_get_data (finish, NULL),
                         (guint)g_bytes_get_size (finish));
  }
  bytes = g_byte_array_free_to_bytes (stream);
  for (gsize step = 1; step < 30; step++) {
    g_autoptr (AcWireParser) parser = ac_wire_parser_new ();
    g_autoptr (GBytes) payload = NULL;
    AcWireType type;

    g_assert_cmpint (parse (parser, bytes, step, &type, &payload, NULL), ==, 6);
    g_assert_cmpint (type, ==, AC_WIRE_FINISH);
  }
}

static void
test_unfinished (void)
{
  g_autoptr (GBytes) frame = ac_wire_pack_finish ();
  g_autoptr (GBytes) cut = slice (frame, 0, 4);
  g_autoptr (AcWireParser) parser = ac_wire_parser_new ();
  g_autoptr (GBytes) payload = NULL;
  AcWireType type;

  g_assert_cmpint (parse (parser, cut, 1, &type, &payload, NULL), ==, 0);
  g_assert_null (payload);
}

static void
test_lengths (void)
{
  static const struct {
    guint8 header[5];
    gint code; /* -1: good */
  } table[] = {
    { { 0, 0, 0, 0, 1 }, AC_WIRE_ERROR_MALFORMED },
    { { 1, 0, 0, 1, 1 }, AC_WIRE_ERROR_TOO_LONG }, /* 16 MiB and one */
    { { 0xff, 0xff, 0xff, 0xff, 1 }, AC_WIRE_ERROR_TOO_LONG },
    { { 0, 0, 0, 1, 1 }, -1 },
    { { 1, 0, 0, 0, 1 }, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (AcWireParser) parser = ac_wire_parser_new ();
    g_autoptr (GBytes) header = g_bytes_new_static (table[i].header, 5);
    g_autoptr (GBytes) payload = NULL;
    g_autoptr (GError) error = NULL;
    AcWireType type;
    gint n_frames = parse (parser, header, 5, &type, &payload, &error);

    if (table[i].code < 0) {
      g_assert_cmpint (n_frames, >=, 0);
      continue;
    }
    g_assert_cmpint (n_frames, ==, -1);
    g_assert_error (error, AC_WIRE_ERROR, table[i].code);
    g_clear_error (&error);
    /* and it stays so */
    g_assert_cmpint (parse (parser, header, 1, &type, &payload, &error), ==, -1);
    g_assert_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED);
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/empty", test_empty_frames);
  g_test_add_func ("/wire/configure/round-trip", test_configure);
  g_test_add_func ("/wire/configure/title", test_configure_title);
  g_test_add_func ("/wire/configure/refused", test_configure_refused);
  g_test_add_func ("/wire/source/round-trip", test_source);
  g_test_add_func ("/wire/source/refused", test_source_refused);
  g_test_add_func ("/wire/source/state", test_source_state);
  g_test_add_func ("/wire/source/descriptions", test_descriptions);
  g_test_add_func ("/wire/media/candidates", test_media_candidates);
  g_test_add_func ("/wire/media/ts", test_media_ts);
  g_test_add_func ("/wire/media/round-trip", test_media);
  g_test_add_func ("/wire/media/refused", test_media_refused);
  g_test_add_func ("/wire/slot/round-trip", test_slot);
  g_test_add_func ("/wire/slot/truncated", test_slot_truncated);
  g_test_add_func ("/wire/slot/refused", test_slot_refused);
  g_test_add_func ("/wire/epoch", test_epoch);
  g_test_add_func ("/wire/health", test_health);
  g_test_add_func ("/wire/health-dictionary", test_health_dictionary);
  g_test_add_func ("/wire/machine", test_machine);
  g_test_add_func ("/wire/parser/any-step", test_any_step);
  g_test_add_func ("/wire/parser/unfinished", test_unfinished);
  g_test_add_func ("/wire/parser/lengths", test_lengths);
  return g_test_run ();
}
