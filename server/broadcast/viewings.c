#include "viewings.h"

typedef struct {
  const AcViewingHandler *handler;
  gpointer owner;
} Viewing;

struct _AcViewings {
  GHashTable *by_number; /* GUINT_TO_POINTER -> Viewing */
  guint32 last_number;
};

AcViewings *
ac_viewings_new (void)
{
  AcViewings *self = g_new0 (AcViewings, 1);

  self->by_number = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
ac_viewings_free (AcViewings *self)
{
  g_hash_table_unref (self->by_number);
  g_free (self);
}

guint32
ac_viewings_add (AcViewings *self, const AcViewingHandler *handler, gpointer owner)
{
  Viewing *viewing = g_new0 (Viewing, 1);

  viewing->handler = handler;
  viewing->owner = owner;
  do
    self->last_number++;
  while (self->last_number == 0 ||
         g_hash_table_contains (self->by_number, GUINT_TO_POINTER (self->last_number)));
  g_hash_table_insert (self->by_number, GUINT_TO_POINTER (self->last_number), viewing);
  return self->last_number;
}

gboolean
ac_viewings_remove (AcViewings *self, guint32 number)
{
  return g_hash_table_remove (self->by_number, GUINT_TO_POINTER (number));
}

/* What it says of one that is gone already was on its way. */
void
ac_viewings_state (AcViewings *self, const AcWireSourceState *state)
{
  const gpointer key = GUINT_TO_POINTER (state->source_number);
  const Viewing *viewing = g_hash_table_lookup (self->by_number, key);
  Viewing told;

  if (viewing == NULL)
    return;
  told = *viewing;
  if (state->state == AC_SOURCE_FAILED || state->state == AC_SOURCE_ENDED)
    g_hash_table_remove (self->by_number, key);
  told.handler->state (told.owner, state);
}

void
ac_viewings_close (AcViewings *self, const gchar *reason)
{
  g_autoptr (GHashTable) closing = g_steal_pointer (&self->by_number);
  GHashTableIter iter;
  gpointer value;

  self->by_number = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_hash_table_iter_init (&iter, closing);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Viewing *viewing = value;

    viewing->handler->closed (viewing->owner, reason);
  }
}
