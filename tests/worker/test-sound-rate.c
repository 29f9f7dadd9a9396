/* Sound of any rate and any crystal, at ours. */
#include "sound_rate.h"

#include <math.h>
#include <stdlib.h>

#define SECOND G_USEC_PER_SEC
#define START (G_GINT64_CONSTANT (1000) * SECOND)

typedef struct {
  AcSoundRate *rate;
  GArray *sound; /* gint16, at 48 kHz, without what was before the last break */
  gint64 first_us, end_us;
  guint n_breaks;
} Fixture;

static void
on_sound (const gint16 *samples, gsize n_samples, gint64 due_us, gboolean discontinuity,
          gpointer user_data)
{
  Fixture *fixture = user_data;

  if (discontinuity) {
    fixture->n_breaks++;
    fixture->first_us = due_us;
    g_array_set_size (fixture->sound, 0);
  } else {
    g_assert_cmpint (ABS (due_us - fixture->end_us), <=, 22); /* a sample */
  }
  g_array_append_vals (fixture->sound, samples, (guint)n_samples);
  fixture->end_us = due_us + (gint64)n_samples * SECOND / 48000;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->rate = ac_sound_rate_new (on_sound, fixture);
  fixture->sound = g_array_new (FALSE, FALSE, sizeof (gint16));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ac_sound_rate_free (fixture->rate);
  g_array_unref (fixture->sound);
}

/* A tone, from sample @first on. */
static void
push_tone (Fixture *fixture, guint rate, gdouble hertz, gint64 first, guint n,
           gint64 due_us, gboolean discontinuity)
{
  g_autofree gint16 *samples = g_new (gint16, n);

  for (guint i = 0; i < n; i++)
    samples[i] =
        (gint16)(16000.0 * sin (2.0 * G_PI * hertz * (gdouble)(first + i) / rate));
  ac_sound_rate_push (fixture->rate, samples, n, rate, due_us, discontinuity);
}

/* Pushes @seconds of a tone in blocks of @block; the source's crystal and ours differ
 * by
 * @ppm, and its timestamps are rounded to ms. */
static void
push_seconds (Fixture *fixture, guint rate, gdouble hertz, guint seconds, guint block,
              gint ppm)
{
  for (gint64 first = 0; first < (gint64)seconds * rate; first += block) {
    gint64 ms = llrint ((gdouble)first * 1000 * (1.0 + ppm * 1e-6) / rate);

    push_tone (fixture, rate, hertz, first, block, START + ms * 1000, first == 0);
  }
}

/* Power of what is not the tone of @hertz, against its own, in dB; of the last second.
 */
static gdouble
noise_db (Fixture *fixture, gdouble hertz)
{
  const guint n = 48000;
  const gint16 *samples =
      &g_array_index (fixture->sound, gint16, fixture->sound->len - n);
  gdouble in_phase = 0.0, quadrature = 0.0, power = 0.0, tone;

  for (guint i = 0; i < n; i++) {
    gdouble angle = 2.0 * G_PI * hertz * i / 48000;

    in_phase += samples[i] * cos (angle);
    quadrature += samples[i] * sin (angle);
    power += (gdouble)samples[i] * samples[i];
  }
  tone = 2.0 * (in_phase * in_phase + quadrature * quadrature) / n;
  return 10.0 * log10 (fabs (power - tone) / tone + 1e-12);
}

/* Every rate that a source may have: a tone stays that tone, and as loud. */
static void
test_rates (Fixture *fixture, gconstpointer data)
{
  static const guint rates[] = { 8000,  11025, 12000, 16000, 22050, 24000,
                                 32000, 44100, 48000, 88200, 96000 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    gint peak = 0;

    for (gint64 first = 0; first < 3 * rates[i]; first += rates[i] / 40)
      push_tone (fixture, rates[i], 1000.0, first, rates[i] / 40,
                 START + first * SECOND / rates[i], first == 0);
    g_assert_cmpint (ABS ((gint)fixture->sound->len - 3 * 48000), <=, 1300);
    g_assert_cmpint (fixture->first_us, ==, START);
    g_assert_cmpfloat (noise_db (fixture, 1000.0), <, -55.0);
    for (guint k = 0; k < 48000; k++)
      peak = MAX (peak, ABS (g_array_index (fixture->sound, gint16, 1000 + k)));
    g_assert_cmpint (ABS (peak - 16000), <, 200);
  }
}

/* What has no place at 48 kHz does not come back as something else. */
static void
test_alias (Fixture *fixture, gconstpointer data)
{
  gint peak = 0;

  push_seconds (fixture, 96000, 30000.0, 2, 2048, 0);
  for (guint i = 10000; i < fixture->sound->len; i++)
    peak = MAX (peak, abs (g_array_index (fixture->sound, gint16, i)));
  g_assert_cmpint (peak, <, 40);
}

/* Crystals that are off, two minutes: one unbroken line, never far from where it is
 * due. */
static void
test_drift (Fixture *fixture, gconstpointer data)
{
  static const gint drifts_ppm[] = { 200, -200, 1000, -3000 };

  for (guint i = 0; i < G_N_ELEMENTS (drifts_ppm); i++) {
    gint64 due_end_us =
        START + 120 * SECOND + 120 * (gint64)drifts_ppm[i]; /* us in 120 s */

    fixture->n_breaks = 0;
    push_seconds (fixture, 44100, 440.0, 120, 1024, drifts_ppm[i]);
    g_assert_cmpuint (fixture->n_breaks, ==, 1);
    g_assert_cmpint (ABS (fixture->end_us - due_end_us), <, 45000);
    g_assert_cmpint (ABS (ac_sound_rate_error_us (fixture->rate)), <,
                     1500 + ABS (drifts_ppm[i]) * 5);
  }
}

/* Timestamps that tremble by 15 ms are not followed. */
static void
test_trembling (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (gint64 first = 0; first < 60 * 48000; first += 960)
    push_tone (fixture, 48000, 440.0, first, 960,
               START + first * SECOND / 48000 + g_rand_int_range (random, 0, 15000),
               first == 0);
  g_assert_cmpuint (fixture->n_breaks, ==, 1);
  g_assert_cmpfloat (noise_db (fixture, 440.0), <, -20.0);
  g_assert_cmpint (ABS (fixture->end_us - START - 60 * SECOND - 7500), <, 8000);
}

/* The source clock corrects itself by 10 ms: it is made up for within some seconds. */
static void
test_correction (Fixture *fixture, gconstpointer data)
{
  for (gint64 first = 0; first < 20 * 48000; first += 1024) {
    gint64 due_us = START + first * SECOND / 48000;

    push_tone (fixture, 48000, 440.0, first, 1024,
               due_us + (first > 5 * 48000 ? 10000 : 0), first == 0);
  }
  g_assert_cmpuint (fixture->n_breaks, ==, 1);
  g_assert_cmpint (ABS (ac_sound_rate_error_us (fixture->rate)), <, 200);
}

/* What is missing is missing: what follows comes when it is due. */
static void
test_hole (Fixture *fixture, gconstpointer data)
{
  for (gint64 first = 0; first < 48000; first += 1024)
    push_tone (fixture, 48000, 440.0, first, 1024, START + first * SECOND / 48000,
               first == 0);
  push_tone (fixture, 48000, 440.0, 0, 1024, START + 2 * SECOND, FALSE);
  g_assert_cmpuint (fixture->n_breaks, ==, 2);
  g_assert_cmpint (fixture->first_us, ==, START + 2 * SECOND);
  push_tone (fixture, 48000, 440.0, 0, 1024, START + SECOND, FALSE); /* and back */
  g_assert_cmpuint (fixture->n_breaks, ==, 3);
  g_assert_cmpint (fixture->first_us, ==, START + SECOND);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  gint16 samples[100] = { 0 };

  ac_sound_rate_push (fixture->rate, samples, 100, 0, START, TRUE);
  ac_sound_rate_push (fixture->rate, samples, 100, 400000, START, TRUE);
  ac_sound_rate_push (fixture->rate, samples, 100, 48000, -1, TRUE);
  ac_sound_rate_push (fixture->rate, samples, 0, 48000, START, TRUE);
  g_assert_cmpuint (fixture->sound->len, ==, 0);
}

gint
main (gint argc, gchar **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (Fixture *fixture, gconstpointer data);
  } table[] = {
    { "/sound-rate/rates", test_rates },
    { "/sound-rate/alias", test_alias },
    { "/sound-rate/drift", test_drift },
    { "/sound-rate/trembling", test_trembling },
    { "/sound-rate/correction", test_correction },
    { "/sound-rate/hole", test_hole },
    { "/sound-rate/refused", test_refused },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_test_add (table[i].path, Fixture, NULL, set_up, table[i].run, tear_down);
  return g_test_run ();
}
