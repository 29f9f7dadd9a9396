/* Transport streams taken apart: tables, times, holes, ends. */
#include "ts_demux.h"

#include "ts_script.h"

#include <string.h>

#define WRAP (G_GINT64_CONSTANT (1) << 33)
#define FRAME 3600 /* 40 ms of 90 kHz */

typedef struct {
  TsScript script;
  AcTsDemux *demux;
  gsize pushed;
  guint n_tracks;
  AcTsFormat formats[2];
  guint n_units[2], n_lost[2];
  AcTsUnit last[2]; /* without data */
  gsize last_size[2];
} Fixture;

static void
on_track (AcSourceTrack track, const AcTsFormat *format, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_tracks++;
  f->formats[track] = *format;
}

static void
on_unit (const AcTsUnit *unit, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_units[unit->track]++;
  f->n_lost[unit->track] += unit->lost;
  f->last[unit->track] = *unit;
  f->last_size[unit->track] = g_bytes_get_size (unit->data);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  const AcTsDemuxHandler handler = { on_track, on_unit };

  ts_script_init (&f->script);
  f->demux = ac_ts_demux_new (&handler, f);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  ac_ts_demux_free (f->demux);
  ts_script_clear (&f->script);
}

/* Pushes what was written since the last time. */
static void
push (Fixture *f)
{
  ac_ts_demux_push (f->demux, f->script.bytes->data + f->pushed,
                    f->script.bytes->len - f->pushed);
  f->pushed = f->script.bytes->len;
}

static void
write_unit (Fixture *f, guint16 pid, gint64 time, gsize size)
{
  g_autofree guint8 *payload = g_malloc (size);

  memset (payload, 0xaa, size);
  ts_script_pes (&f->script, pid, time, -1, payload, size, pid == TS_AUDIO_PID);
}

static void
test_units (Fixture *f, gconstpointer unused)
{
  static const gsize sizes[] = { 1, 150, 170, 171, 172, 184, 200, 1000, 60000 };

  ts_script_tables (&f->script);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    write_unit (f, TS_VIDEO_PID, (i + 1) * FRAME, sizes[i]);
    write_unit (f, TS_AUDIO_PID, (i + 1) * FRAME, sizes[i]);
    push (f);
    g_assert_cmpuint (f->n_units[AC_SOURCE_AUDIO], ==, i + 1);
    g_assert_cmpuint (f->last_size[AC_SOURCE_AUDIO], ==, sizes[i]);
    g_assert_cmpuint (f->n_units[AC_SOURCE_VIDEO], ==, i); /* its end is not known */
    if (i > 0)
      g_assert_cmpuint (f->last_size[AC_SOURCE_VIDEO], ==, sizes[i - 1]);
  }
  g_assert_cmpuint (f->n_tracks, ==, 2);
  g_assert_cmpint (f->formats[AC_SOURCE_VIDEO].codec, ==, AC_TS_H264);
  g_assert_cmpint (f->formats[AC_SOURCE_AUDIO].codec, ==, AC_TS_AAC_ADTS);
  g_assert_cmpuint (f->n_lost[0] + f->n_lost[1], ==, 0);
}

static void
test_times (Fixture *f, gconstpointer unused)
{
  const guint8 payload[10] = { 0 };

  ts_script_tables (&f->script);
  ts_script_pes (&f->script, TS_AUDIO_PID, 5 * FRAME, 3 * FRAME, payload, 10, TRUE);
  push (f);
  g_assert_cmpint (f->last[1].presentation - f->last[1].decode, ==, 2 * FRAME);
  ts_script_pes (&f->script, TS_AUDIO_PID, -1, -1, payload, 10, TRUE);
  push (f);
  g_assert_cmpint (f->last[1].presentation, ==, AC_TS_NO_TIME);
  g_assert_cmpint (f->last[1].decode, ==, AC_TS_NO_TIME);
}

/* Over 33 bits and back, both tracks on one count, B-frames around the edge. */
static void
test_wrap (Fixture *f, gconstpointer unused)
{
  const guint8 payload[10] = { 0 };
  gint64 before;

  ts_script_tables (&f->script);
  write_unit (f, TS_AUDIO_PID, WRAP - FRAME, 10);
  push (f);
  before = f->last[1].presentation;
  ts_script_pes (&f->script, TS_VIDEO_PID, 2 * FRAME, WRAP - FRAME, payload, 10, TRUE);
  push (f);
  g_assert_cmpint (f->last[0].decode, ==, before);
  g_assert_cmpint (f->last[0].presentation, ==, before + 3 * FRAME);
  ts_script_pes (&f->script, TS_VIDEO_PID, FRAME, 0, payload, 10, TRUE);
  write_unit (f, TS_AUDIO_PID, FRAME, 10);
  push (f);
  g_assert_cmpint (f->last[0].decode, ==, before + FRAME);
  g_assert_cmpint (f->last[0].presentation, ==, before + 2 * FRAME);
  g_assert_cmpint (f->last[1].presentation, ==, before + 2 * FRAME);
  write_unit (f, TS_AUDIO_PID, WRAP - 2 * FRAME, 10);
  push (f);
  g_assert_cmpint (f->last[1].presentation, ==, before - FRAME);
}

/* Never negative, however often a stream goes back. */
static void
test_back_again (Fixture *f, gconstpointer unused)
{
  ts_script_tables (&f->script);
  for (guint i = 0; i < 20; i++) {
    write_unit (f, TS_AUDIO_PID, (WRAP - i * (WRAP / 3)) & (WRAP - 1), 10);
    push (f);
    g_assert_cmpint (f->last[1].presentation, >=, 0);
    g_assert_cmpint (f->last[1].presentation, <=, 64 * WRAP);
  }
}

static void
test_hole (Fixture *f, gconstpointer unused)
{
  ts_script_tables (&f->script);
  write_unit (f, TS_VIDEO_PID, 0, 1000);
  write_unit (f, TS_VIDEO_PID, FRAME, 1000);
  g_byte_array_remove_range (f->script.bytes, f->script.bytes->len - 3 * 188, 188);
  write_unit (f, TS_VIDEO_PID, 2 * FRAME, 1000);
  write_unit (f, TS_VIDEO_PID, 3 * FRAME, 1000);
  push (f);
  g_assert_cmpuint (f->n_units[0], ==, 2); /* the first and the third */
  g_assert_true (f->last[0].lost);
  g_assert_cmpuint (f->last_size[0], ==, 1000);
  write_unit (f, TS_VIDEO_PID, 4 * FRAME, 1000);
  push (f);
  g_assert_false (f->last[0].lost);
}

/* A packet may be sent twice. */
static void
test_twice (Fixture *f, gconstpointer unused)
{
  g_autofree guint8 *packet = NULL;

  ts_script_tables (&f->script);
  write_unit (f, TS_AUDIO_PID, 0, 100);
  packet = g_memdup2 (f->script.bytes->data + f->script.bytes->len - 188, 188);
  g_byte_array_append (f->script.bytes, packet, 188);
  write_unit (f, TS_AUDIO_PID, FRAME, 100);
  push (f);
  g_assert_cmpuint (f->n_units[1], ==, 2);
  g_assert_cmpuint (f->n_lost[1], ==, 0);
}

/* Of a sender that stuffs the end of each picture, no picture waits for the next. */
static void
test_end_by_stuffing (Fixture *f, gconstpointer unused)
{
  guint before;

  ts_script_tables (&f->script);
  for (guint i = 0; i < 30; i++)
    write_unit (f, TS_VIDEO_PID, i * FRAME, 1000);
  push (f);
  before = f->n_units[0];
  g_assert_cmpuint (before, ==, 30);
  g_assert_cmpuint (f->n_lost[0], ==, 0);

  /* One that fills its last packet to the brim has its end at the next one's start. */
  write_unit (f, TS_VIDEO_PID, 30 * FRAME, 2 * 184 - 14);
  push (f);
  g_assert_cmpuint (f->n_units[0], ==, before);
  write_unit (f, TS_VIDEO_PID, 31 * FRAME, 1000);
  push (f);
  g_assert_cmpuint (f->n_units[0], ==, before + 2);
  g_assert_cmpuint (f->n_lost[0], ==, 0);
}

/* Stuffing in the middle: told apart, and not trusted any more. */
static void
test_stuffing_in_the_middle (Fixture *f, gconstpointer unused)
{
  ts_script_tables (&f->script);
  for (guint i = 0; i < 30; i++)
    write_unit (f, TS_VIDEO_PID, i * FRAME, 1000);
  push (f);
  g_assert_cmpuint (f->n_units[0], ==, 30);
  for (guint i = 30; i < 34; i++) {
    gsize at;

    write_unit (f, TS_VIDEO_PID, i * FRAME, 100);
    at = f->script.bytes->len;
    write_unit (f, TS_VIDEO_PID, i * FRAME, 100);
    f->script.bytes->data[at + 1] &= 0xbf; /* goes on instead of beginning */
    push (f);
  }
  write_unit (f, TS_VIDEO_PID, 34 * FRAME, 100);
  push (f);
  g_assert_cmpuint (f->n_units[0], ==, 34); /* the first one's half, then three whole */
  g_assert_cmpuint (f->n_lost[0], ==, 1);
  g_assert_cmpuint (f->last_size[0], >, 200);
}

static void
test_late_track (Fixture *f, gconstpointer unused)
{
  static const TsScriptStream sound[] = { { TS_AUDIO_PID, 0x0f, NULL, 0 } };

  write_unit (f, TS_AUDIO_PID, 0, 100); /* of no use before the tables */
  ts_script_pat (&f->script, 1);
  ts_script_pmt (&f->script, 1, sound, 1);
  write_unit (f, TS_AUDIO_PID, 0, 100);
  push (f);
  g_assert_cmpuint (f->n_tracks, ==, 1);
  g_assert_cmpuint (f->n_units[1], ==, 1);
  ts_script_tables (&f->script);
  write_unit (f, TS_VIDEO_PID, 0, 100);
  write_unit (f, TS_AUDIO_PID, 0, 100);
  write_unit (f, TS_VIDEO_PID, FRAME, 100);
  push (f);
  g_assert_cmpuint (f->n_tracks, ==, 2); /* the sound went on */
  g_assert_cmpuint (f->n_units[0], ==, 1);
  g_assert_cmpuint (f->n_units[1], ==, 2);
  g_assert_cmpuint (f->n_lost[1], ==, 0);
}

static void
test_changed_track (Fixture *f, gconstpointer unused)
{
  static const TsScriptStream streams[] = { { TS_VIDEO_PID + 8, 0x24, NULL, 0 },
                                            { TS_AUDIO_PID, 0x0f, NULL, 0 } };

  ts_script_tables (&f->script);
  write_unit (f, TS_VIDEO_PID, 0, 100);
  ts_script_pmt (&f->script, 1, streams, 2);
  write_unit (f, TS_VIDEO_PID, FRAME, 100);
  write_unit (f, TS_VIDEO_PID + 8, FRAME, 100);
  write_unit (f, TS_VIDEO_PID + 8, 2 * FRAME, 100);
  push (f);
  g_assert_cmpuint (f->n_tracks, ==, 3);
  g_assert_cmpint (f->formats[0].codec, ==, AC_TS_H265);
  g_assert_cmpuint (f->n_units[0], ==, 2);
  g_assert_true (f->last[0].lost);
}

static void
test_programs (Fixture *f, gconstpointer unused)
{
  static const TsScriptStream radio[] = { { 0x200, 0x03, NULL, 0 } };
  static const TsScriptStream second[] = { { 0x300, 0x1b, NULL, 0 } };
  static const TsScriptStream third[] = { { 0x400, 0x24, NULL, 0 } };

  ts_script_pat (&f->script, 3);
  ts_script_pmt (&f->script, 3, third, 1); /* must wait for those before it */
  ts_script_pmt (&f->script, 1, radio, 1);
  push (f);
  g_assert_cmpuint (f->n_tracks, ==, 0);
  ts_script_pmt (&f->script, 2, second, 1);
  push (f);
  g_assert_cmpuint (f->n_tracks, ==, 1);
  g_assert_cmpint (f->formats[0].codec, ==, AC_TS_H264);
}

/* A program whose table never comes holds nobody up for long. */
static void
test_missing_pmt (Fixture *f, gconstpointer unused)
{
  static const TsScriptStream second[] = { { 0x300, 0x1b, NULL, 0 } };

  for (guint i = 0; i < 8; i++) {
    ts_script_pat (&f->script, 2);
    ts_script_pmt (&f->script, 2, second, 1);
  }
  push (f);
  g_assert_cmpuint (f->n_tracks, ==, 1);
}

typedef struct {
  guint8 stream_type;
  const guint8 *descriptors;
  guint8 size;
  AcTsCodec codec;
  guint channels;
} FormatCase;

static void
test_formats (void)
{
  static const guint8 opus[] = { 5, 4, 'O', 'p', 'u', 's', 0x7f, 2, 0x80, 1 };
  static const guint8 opus_bare[] = { 5, 4, 'O', 'p', 'u', 's' };
  static const guint8 dvb_ac3[] = { 10, 4, 'c', 'h', 'i', 0, 0x6a, 1, 0 };
  static const guint8 teletext[] = { 0x56, 0 };
  static const guint8 lying[] = { 5, 200, 'O', 'p', 'u', 's' };
  static const FormatCase cases[] = {
    { 0x1b, NULL, 0, AC_TS_H264, 0 },
    { 0x24, NULL, 0, AC_TS_H265, 0 },
    { 0x0f, NULL, 0, AC_TS_AAC_ADTS, 0 },
    { 0x11, NULL, 0, AC_TS_AAC_LATM, 0 },
    { 0x03, NULL, 0, AC_TS_MPEG_AUDIO, 0 },
    { 0x04, NULL, 0, AC_TS_MPEG_AUDIO, 0 },
    { 0x81, NULL, 0, AC_TS_AC3, 0 },
    { 0x06, opus, sizeof opus, AC_TS_OPUS, 1 },
    { 0x06, opus_bare, sizeof opus_bare, AC_TS_OPUS, 2 },
    { 0x06, dvb_ac3, sizeof dvb_ac3, AC_TS_AC3, 0 },
    { 0x06, teletext, sizeof teletext, AC_TS_NONE, 0 },
    { 0x06, lying, sizeof lying, AC_TS_NONE, 0 },
    { 0x02, NULL, 0, AC_TS_NONE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const TsScriptStream stream = { TS_VIDEO_PID, cases[i].stream_type,
                                    cases[i].descriptors, cases[i].size };
    Fixture f = { 0 };
    guint track;

    set_up (&f, NULL);
    ts_script_pat (&f.script, 1);
    ts_script_pmt (&f.script, 1, &stream, 1);
    push (&f);
    track = f.formats[0].codec != AC_TS_NONE ? 0 : 1;
    g_assert_cmpint (f.formats[track].codec, ==, cases[i].codec);
    g_assert_cmpuint (f.formats[track].channels, ==, cases[i].channels);
    tear_down (&f, NULL);
  }
}

/* A table with a flipped bit says nothing. */
static void
test_broken_table (Fixture *f, gconstpointer unused)
{
  ts_script_tables (&f->script);
  f->script.bytes->data[2 * 188 - 10] ^= 4;
  push (f);
  g_assert_cmpuint (f->n_tracks, ==, 0);
  ts_script_tables (&f->script);
  push (f);
  g_assert_cmpuint (f->n_tracks, ==, 2);
}

/* Tables that are longer than a packet. */
static void
test_long_table (Fixture *f, gconstpointer unused)
{
  static const guint8 padding[100] = { 0x80, 98 };
  TsScriptStream streams[9];

  for (guint i = 0; i < 8; i++)
    streams[i] =
        (TsScriptStream){ (guint16)(0x500 + i), 0x06, padding, sizeof padding };
  streams[8] = (TsScriptStream){ TS_VIDEO_PID, 0x1b, NULL, 0 };
  ts_script_pat (&f->script, 1);
  ts_script_pmt (&f->script, 1, streams, 9);
  push (f);
  g_assert_cmpuint (f->n_tracks, ==, 1);
}

static void
test_giant (Fixture *f, gconstpointer unused)
{
  ts_script_tables (&f->script);
  write_unit (f, TS_VIDEO_PID, 0, AC_TS_UNIT_MAX_BYTES + 1);
  write_unit (f, TS_VIDEO_PID, FRAME, 100);
  write_unit (f, TS_VIDEO_PID, 2 * FRAME, 100);
  push (f);
  g_assert_cmpuint (f->n_units[0], ==, 1);
  g_assert_true (f->last[0].lost);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (Fixture *f, gconstpointer unused);
  } tests[] = {
    { "/ts-demux/units", test_units },
    { "/ts-demux/times", test_times },
    { "/ts-demux/wrap", test_wrap },
    { "/ts-demux/back-again", test_back_again },
    { "/ts-demux/hole", test_hole },
    { "/ts-demux/twice", test_twice },
    { "/ts-demux/end-by-stuffing", test_end_by_stuffing },
    { "/ts-demux/stuffing-in-the-middle", test_stuffing_in_the_middle },
    { "/ts-demux/late-track", test_late_track },
    { "/ts-demux/changed-track", test_changed_track },
    { "/ts-demux/programs", test_programs },
    { "/ts-demux/missing-pmt", test_missing_pmt },
    { "/ts-demux/broken-table", test_broken_table },
    { "/ts-demux/long-table", test_long_table },
    { "/ts-demux/giant", test_giant },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  g_test_add_func ("/ts-demux/formats", test_formats);
  return g_test_run ();
}
