/* pacer.h - does something when it is asked to: at once, but so often at most.
 *
 * What is asked for within the interval is done once, at its end.
 *
 * Threads:   main loop.
 * Ownership: a field of who does it; cleared by it. */
#pragma once

#include <glib.h>

typedef struct {
  guint interval_ms;
  void (*run) (gpointer data);
  gpointer data;
  guint source; /* 0: nothing was done lately */
  gboolean due;
} AcPacer;

void ac_pacer_ask (AcPacer *self);
void ac_pacer_clear (AcPacer *self);
