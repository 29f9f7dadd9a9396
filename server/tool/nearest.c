#include "nearest.h"

#include <string.h>

#define MAX_CHARS 32

/* Damerau-Levenshtein distance, restricted to swaps of neighbours. */
static guint
distance (const gchar *a, const gchar *b)
{
  gsize n = strlen (a), m = strlen (b);
  guint d[MAX_CHARS + 1][MAX_CHARS + 1];

  if (n > MAX_CHARS || m > MAX_CHARS)
    return G_MAXUINT;
  for (gsize i = 0; i <= n; i++)
    d[i][0] = (guint)i;
  for (gsize j = 0; j <= m; j++)
    d[0][j] = (guint)j;
  for (gsize i = 1; i <= n; i++)
    for (gsize j = 1; j <= m; j++) {
      guint change = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

      d[i][j] = MIN (change, MIN (d[i - 1][j], d[i][j - 1]) + 1);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = MIN (d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[n][m];
}

const gchar *
ac_nearest_word (const gchar *word, const gchar *const *candidates, guint n)
{
  guint limit = (guint)MIN (strlen (word) / 3 + 1, 3);
  guint best = limit + 1;
  const gchar *nearest = NULL;

  for (guint i = 0; i < n; i++) {
    guint d = distance (word, candidates[i]);

    if (d < best) {
      best = d;
      nearest = candidates[i];
    }
  }
  return nearest;
}
