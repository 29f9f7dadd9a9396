#include "nearest_word.h"

#include <string.h>

#define MAX_BYTES 64

static guint
distance (const gchar *a, const gchar *b)
{
  gsize n = strlen (a), m = strlen (b);
  guint d[MAX_BYTES + 1][MAX_BYTES + 1];

  if (n > MAX_BYTES || m > MAX_BYTES)
    return G_MAXUINT;
  for (gsize i = 0; i <= n; i++)
    d[i][0] = i;
  for (gsize j = 0; j <= m; j++)
    d[0][j] = j;
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
ac_nearest_word (const gchar *typed, const gchar *const *words)
{
  guint least = MIN (strlen (typed) / 3 + 1, 3) + 1;
  const gchar *nearest = NULL;

  for (guint i = 0; words[i] != NULL; i++) {
    guint here = distance (typed, words[i]);

    if (here < least) {
      least = here;
      nearest = words[i];
    }
  }
  return nearest;
}
