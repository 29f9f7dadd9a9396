#include "admission.h"

static const struct {
  const gchar *what;
  AcAdmissionFacts facts;
  const gchar *refusal; /* a part of it; NULL: let in */
} table[] = {
  { "nothing is known", { 0, 0, 3, 0, 0, 0, 90 }, NULL },
  { "the first, idle", { 2000, 1900, 0, 0, 0, 0, 90 }, NULL },
  { "the first, on a busy machine", { 2000, 0, 0, 0, 0, 0, 90 }, NULL },
  { "room enough", { 2000, 1300, 1, 0, 700, 0, 90 }, NULL },
  { "just enough", { 2000, 900, 1, 0, 700, 0, 90 }, NULL },
  { "not quite", { 2000, 899, 1, 0, 700, 0, 90 }, "1.1 of the 1.8 processor cores" },
  { "its cost is told", { 2000, 500, 1, 0, 740, 0, 90 }, "takes about 0.7;" },
  { "a cost that is not known", { 2000, 800, 1, 0, 0, 0, 90 }, NULL },
  { "the same, too much", { 2000, 799, 2, 1, 0, 0, 90 }, "1.8 of the 1.8" },
  { "one has just begun", { 4000, 3000, 2, 1, 900, 0, 90 }, NULL },
  { "two have", { 4000, 3000, 3, 2, 900, 0, 90 }, "2.8 of the 3.6" },
  { "renditions are left out", { 8000, 7000, 1, 0, 700, 1, 90 }, "1 rendition of" },
  { "several", { 8000, 7000, 2, 0, 700, 3, 90 }, "3 renditions of" },
  { "all of the machine", { 2000, 700, 1, 0, 700, 0, 100 }, NULL },
  { "half of it", { 2000, 1600, 1, 0, 700, 0, 50 }, "0.4 of the 1.0" },
  { "nonsense", { 2000, 9000, 1, 0, 700, 0, 90 }, NULL },
};

static void
test_row (gconstpointer data)
{
  const AcAdmissionFacts *facts = &table[GPOINTER_TO_UINT (data)].facts;
  const gchar *expected = table[GPOINTER_TO_UINT (data)].refusal;
  g_autofree gchar *refusal = ac_admission_refuse (facts);

  if (expected == NULL) {
    g_assert_cmpstr (refusal, ==, NULL);
    return;
  }
  g_assert_nonnull (refusal);
  if (g_strstr_len (refusal, -1, expected) == NULL)
    g_error ("%s", refusal);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autofree gchar *path = g_strconcat ("/admission/", table[i].what, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
  }
  return g_test_run ();
}
