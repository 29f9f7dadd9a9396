/* test-catalogue.c - slots and segments in memory. */
#include "catalogue.h"

static AcCatalogueSlot
slot_new (guint32 ordinal)
{
  AcCatalogueSlot slot = {
    .epoch = 1 + ordinal / 30,
    .part = ordinal % 3,
    .msn = 10 + ordinal / 3,
    .start = ordinal * 100ULL,
    .duration = 100,
    .flags = ordinal,
    .wall_ms = ordinal * 7LL,
    .ordinal = ordinal,
    .n_places = 2 + ordinal / 30,
  };

  for (guint i = 0; i < slot.n_places; i++)
    slot.places[i] = (AcPlace){ ordinal * 1000ULL + i, ordinal + i, ordinal ^ i };
  return slot;
}

static AcCatalogue *
catalogue_new (guint32 n)
{
  AcCatalogue *catalogue = ac_catalogue_new ();

  for (guint32 i = 0; i < n; i++) {
    AcCatalogueSlot slot = slot_new (i);
    g_assert_true (ac_catalogue_append (catalogue, &slot));
  }
  return catalogue;
}

static void
test_get (void)
{
  g_autoptr (AcCatalogue) catalogue = catalogue_new (100);

  g_assert_cmpuint (ac_catalogue_n_slots (catalogue), ==, 100);
  g_assert_cmpuint (ac_catalogue_n_segments (catalogue), ==, 34);
  for (guint32 i = 0; i < 100; i++) {
    AcCatalogueSlot expected = slot_new (i), slot;
    ac_catalogue_get_slot (catalogue, i, &slot);
    g_assert_cmpmem (&slot, sizeof slot, &expected, sizeof expected);
    g_assert_false (ac_catalogue_has_hole_before (catalogue, i));
  }
}

static void
test_find (void)
{
  g_autoptr (AcCatalogue) catalogue = catalogue_new (100);
  g_autoptr (AcCatalogue) none = ac_catalogue_new ();

  for (guint32 msn = 10; msn < 44; msn++) {
    guint32 epoch = 1 + (msn - 10) / 10;
    const AcCatalogueSegment *segment = ac_catalogue_find (catalogue, epoch, msn);
    g_assert_nonnull (segment);
    g_assert_cmpuint (segment->first_slot, ==, (msn - 10) * 3);
    g_assert_cmpuint (segment->n_slots, ==, msn == 43 ? 1 : 3);
    g_assert_null (ac_catalogue_find (catalogue, epoch + 1, msn));
  }
  g_assert_null (ac_catalogue_find (catalogue, 1, 9));
  g_assert_null (ac_catalogue_find (catalogue, 4, 44));
  g_assert_null (ac_catalogue_find (none, 1, 0));
}

static void
test_cut (void)
{
  for (guint32 n = 0; n <= 40; n++) {
    g_autoptr (AcCatalogue) catalogue = catalogue_new (35);
    ac_catalogue_cut (catalogue, n);
    guint32 kept = MIN (n, 35);
    g_assert_cmpuint (ac_catalogue_n_slots (catalogue), ==, kept);
    g_assert_cmpuint (ac_catalogue_n_segments (catalogue), ==, (kept + 2) / 3);
    for (guint32 i = kept; i < 40; i++) {
      AcCatalogueSlot slot = slot_new (i);
      g_assert_true (ac_catalogue_append (catalogue, &slot));
    }
    for (guint32 i = 0; i < 40; i++) {
      AcCatalogueSlot expected = slot_new (i), slot;
      ac_catalogue_get_slot (catalogue, i, &slot);
      g_assert_cmpmem (&slot, sizeof slot, &expected, sizeof expected);
    }
  }
}

static void
test_refused (void)
{
  AcCatalogueSlot bad[6];
  g_autoptr (AcCatalogue) catalogue = catalogue_new (32); /* ends in the middle of 20 */

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    bad[i] = slot_new (32);
  bad[0].ordinal = 31;
  bad[1].start = 0;
  bad[2].epoch = 1;
  bad[3].epoch = 3;
  bad[4].part = 1;
  bad[5].hour = 1; /* a segment is in one file */
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (ac_catalogue_append (catalogue, &bad[i]));
  g_assert_cmpuint (ac_catalogue_n_slots (catalogue), ==, 32);
}

static void
test_holes (void)
{
  g_autoptr (AcCatalogue) catalogue = ac_catalogue_new ();
  static const struct {
    guint32 ordinal;
    gboolean hole;
  } cases[] = { { 1, TRUE }, { 2, FALSE }, { 3, FALSE }, { 5, TRUE }, { 10, TRUE } };

  for (guint32 i = 0; i < G_N_ELEMENTS (cases); i++) {
    AcCatalogueSlot slot = slot_new (cases[i].ordinal);
    g_assert_true (ac_catalogue_append (catalogue, &slot));
    g_assert_cmpint (ac_catalogue_has_hole_before (catalogue, i), ==, cases[i].hole);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalogue/get", test_get);
  g_test_add_func ("/catalogue/find", test_find);
  g_test_add_func ("/catalogue/cut", test_cut);
  g_test_add_func ("/catalogue/refused", test_refused);
  g_test_add_func ("/catalogue/holes", test_holes);
  return g_test_run ();
}
