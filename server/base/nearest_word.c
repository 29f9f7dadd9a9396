#include "nearest_word.h"

#include <string.h>

#define MAX_LENGTH 64

static guint
edit_distance (const gchar *a, gsize a_length, const gchar *b, gsize b_length)
{
  guint row[MAX_LENGTH + 1];

  for (gsize j = 0; j <= b_length; j++)
    row[j] = j;
  for (gsize i = 1; i <= a_length; i++) {
    guint diagonal = row[0];

    row[0] = i;
    for (gsize j = 1; j <= b_length; j++) {
      guint replace = diagonal + (a[i - 1] != b[j - 1]);

      diagonal = row[j];
      row[j] = MIN (replace, MIN (row[j], row[j - 1]) + 1);
    }
  }
  return row[b_length];
}

const gchar *
ac_nearest_word (const gchar *typed, const gchar *const *words)
{
  gsize typed_length = strnlen (typed, MAX_LENGTH);
  const gchar *nearest = NULL;
  guint smallest = G_MAXUINT;

  for (guint i = 0; words[i] != NULL; i++) {
    gsize length = strnlen (words[i], MAX_LENGTH);
    guint distance = edit_distance (typed, typed_length, words[i], length);

    if (distance < smallest && distance <= (length + 2) / 3) {
      smallest = distance;
      nearest = words[i];
    }
  }
  return nearest;
}
