/* load_figures.h - what a run under load is measured by, phase by phase.
 *
 * Threads: one. */
#pragma once

#include <glib.h>

typedef enum {
  LOAD_JOIN,    /* members come, one after the other */
  LOAD_STEADY,  /* all are there */
  LOAD_RESTART, /* from the kill until all are back */
  LOAD_AGAIN,   /* all are there again */
  LOAD_PHASES,
} LoadPhase;

typedef enum {
  LOAD_ACK,     /* from a beat's end to its acknowledgement */
  LOAD_WELCOME, /* from the first try to come in to the welcome */
  LOAD_LINE,    /* from a line's writing to its arrival, at each member */
  LOAD_DELAYS,
} LoadDelay;

typedef enum {
  LOAD_TYPE_ACK,
  LOAD_TYPE_WELCOME,
  LOAD_TYPE_RETRY,
  LOAD_TYPE_PRESENCE,
  LOAD_TYPE_EVENTS,
  LOAD_TYPE_OTHER,
  LOAD_TYPES,
} LoadType;

typedef struct _LoadFigures LoadFigures;

LoadFigures *load_figures_new (void);
void load_figures_begin (LoadFigures *self, LoadPhase phase, gint64 now_us);
LoadPhase load_figures_phase (LoadFigures *self);

/* Of what began at @from_us and is over at @now_us; it belongs to the restart when some
 * of that time does. */
void load_figures_delay (LoadFigures *self, LoadDelay kind, gint64 from_us,
                         gint64 now_us);
void load_figures_message (LoadFigures *self, LoadType type, gsize bytes,
                           gint64 now_us);

/* Appends the phases as JSON: {"join":{...},...}. */
void load_figures_append_json (LoadFigures *self, GString *out, gint64 now_us);
