/* Which pictures a viewer gets. */
#include "viewer_gate.h"

static void
test_gate (void)
{
  static const struct {
    gboolean connected, key, full, passes, wants;
  } steps[] = {
    { FALSE, TRUE, FALSE, FALSE, FALSE }, /* nobody watches yet */
    { FALSE, FALSE, TRUE, FALSE, FALSE },
    { TRUE, FALSE, FALSE, FALSE, TRUE }, /* it does: not in the middle */
    { FALSE, TRUE, TRUE, FALSE, TRUE },  /* not while what waits is too much */
    { FALSE, TRUE, FALSE, TRUE, FALSE },
    { FALSE, FALSE, FALSE, TRUE, FALSE },
    { FALSE, FALSE, TRUE, FALSE, TRUE }, /* too slow */
    { FALSE, FALSE, FALSE, FALSE, TRUE },
    { FALSE, TRUE, FALSE, TRUE, FALSE },
    { TRUE, FALSE, FALSE, TRUE, TRUE }, /* it lost a picture, and goes on meanwhile */
    { FALSE, TRUE, FALSE, TRUE, FALSE },
  };
  AcViewerGate gate = { FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_test_message ("%u", i);
    gate.wants_key_frame |= steps[i].connected;
    g_assert_cmpint (ac_viewer_gate_pass (&gate, steps[i].key, steps[i].full), ==,
                     steps[i].passes);
    g_assert_cmpint (gate.wants_key_frame, ==, steps[i].wants);
  }
}

/* No key frame is forced for who could not take it. */
static void
test_asking (void)
{
  AcViewerGate gate = { FALSE };

  g_assert_false (ac_viewer_gate_asks (&gate));
  gate.wants_key_frame = TRUE;
  g_assert_true (ac_viewer_gate_asks (&gate));
  ac_viewer_gate_pass (&gate, FALSE, TRUE);
  g_assert_false (ac_viewer_gate_asks (&gate));
  ac_viewer_gate_pass (&gate, FALSE, FALSE);
  g_assert_true (ac_viewer_gate_asks (&gate));
  ac_viewer_gate_pass (&gate, TRUE, FALSE);
  g_assert_false (ac_viewer_gate_asks (&gate));
}

/* Asked at every picture for a minute, then left alone. */
static void
test_forcing (void)
{
  static const guint forced_ms[] = { 0, 1000, 3000, 7000, 15000, 31000, 47000 };
  const gint64 start_us = G_GINT64_CONSTANT (5000000000);
  AcViewerForcing forcing = { 0 };
  gint64 quiet_us;
  guint n = 0;

  for (guint ms = 0; ms < 60000; ms += 40)
    if (ac_viewer_forcing_ask (&forcing, start_us + ms * 1000)) {
      g_assert_cmpuint (n, <, G_N_ELEMENTS (forced_ms));
      g_assert_cmpuint (ms, ==, forced_ms[n++]);
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (forced_ms));

  quiet_us = start_us + 60 * G_USEC_PER_SEC - 40000 + AC_VIEWER_FORCE_QUIET_US;
  g_assert_true (ac_viewer_forcing_ask (&forcing, quiet_us));
  g_assert_false (ac_viewer_forcing_ask (&forcing, quiet_us + 999999));
  g_assert_true (ac_viewer_forcing_ask (&forcing, quiet_us + 1000000));
}

static void
test_resends (void)
{
  const gint64 start_us = G_GINT64_CONSTANT (5000000000);
  AcViewerResends resends = { 0 };

  for (guint second = 0; second < 3; second++) {
    const gint64 second_us = start_us + second * G_USEC_PER_SEC;

    for (guint i = 0; i < AC_VIEWER_RESENDS_A_SECOND; i++)
      g_assert_true (ac_viewer_resends_take (&resends, second_us + i));
    g_assert_false (ac_viewer_resends_take (&resends, second_us + 999999));
  }
}

typedef struct {
  guint rung;
  guint64 index;
  gboolean given;
} Frame;

static void
check_frames (AcViewerRungs *rungs, const Frame *frames, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_test_message ("rung %u, frame %" G_GUINT64_FORMAT, frames[i].rung,
                    frames[i].index);
    g_assert_cmpint (ac_viewer_rungs_take (rungs, frames[i].rung, frames[i].index), ==,
                     frames[i].given);
  }
}

/* The highest that is encoded; over at the frame that is told, in whatever order the
 * encoders deliver, and no frame twice or backwards. */
static void
test_rungs (void)
{
  static const Frame before[] = {
    { 0, 0, TRUE }, { 1, 0, FALSE }, { 1, 1, FALSE }, { 0, 1, TRUE }
  };
  static const Frame after[] = {
    { 1, 46, FALSE }, { 0, 46, TRUE },  { 0, 47, TRUE }, { 2, 48, TRUE },
    { 0, 48, FALSE }, { 1, 48, FALSE }, { 2, 49, TRUE }, { 2, 49, FALSE },
  };
  static const Frame back[] = {
    { 0, 96, TRUE },  { 2, 94, FALSE }, { 2, 95, FALSE },
    { 2, 96, FALSE }, { 0, 97, TRUE },
  };
  AcViewerRungs rungs = { 0 };

  ac_viewer_rungs_segment (&rungs, 0, 0, 0, 3);
  check_frames (&rungs, before, G_N_ELEMENTS (before));
  ac_viewer_rungs_segment (&rungs, 48, 0x3, 0, 3);
  check_frames (&rungs, after, G_N_ELEMENTS (after));
  ac_viewer_rungs_segment (&rungs, 96, 0, 0, 3);
  check_frames (&rungs, back, G_N_ELEMENTS (back));
}

/* What a line carries, of what there is. */
static void
test_best (void)
{
  static const struct {
    guint32 closed;
    guint best, lowest, rung;
  } cases[] = {
    { 0x0, 0, 3, 0 },
    { 0x0, 2, 3, 2 },
    { 0x1, 0, 3, 1 },
    { 0x4, 2, 3, 3 }, /* shed */
    { 0x8, 3, 3, 2 }, /* the source stands for the lowest: the next above */
    { 0xe, 2, 3, 0 },
    { 0x0, 0, 0, 0 },
    { 0x1, 0, 0, AC_VIEWER_SOURCE }, /* it stands for the only one */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    AcViewerRungs rungs = { 0 };

    g_test_message ("%u", i);
    ac_viewer_rungs_segment (&rungs, 48, cases[i].closed, cases[i].best,
                             cases[i].lowest);
    g_assert_cmpuint (rungs.next_rung, ==, cases[i].rung);
    g_assert_true (ac_viewer_rungs_take (&rungs, cases[i].rung, 48));
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/viewer-gate/gate", test_gate);
  g_test_add_func ("/viewer-gate/asking", test_asking);
  g_test_add_func ("/viewer-gate/forcing", test_forcing);
  g_test_add_func ("/viewer-gate/resends", test_resends);
  g_test_add_func ("/viewer-gate/rungs", test_rungs);
  g_test_add_func ("/viewer-gate/best", test_best);
  return g_test_run ();
}
