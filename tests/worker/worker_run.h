/* worker_run.h - a fixture: the real airclass-pipeline over a socket pair, fed in real
 * time, and all that it sends.
 *
 * Threads: one; everything happens inside worker_run_for() and _until_over(). */
#pragma once

#include "wire.h"

typedef struct {
  GPid pid;
  gint fd;
  AcWireParser *parser;

  AcMediaEpoch *epoch; /* what came of it: the first */
  GPtrArray *epochs;   /* all */
  GPtrArray *slots;    /* AcSlot */
  GArray *health;      /* AcWireHealth */
  gboolean finished, closed;
  gint wait_status; /* when over */

  gint64 wall_steps_ms; /* how much the wall clock may run ahead of an epoch's */

  GArray *script; /* the publisher: not owned; NULL: none */
  guint next_tag;
  gint64 script_origin_us;  /* when timestamp 0 is sent */
  guint32 timestamp_offset; /* added to what is sent */
} WorkerRun;

/* @program: the worker's path; waits until it has answered @configure (nullable) */
void worker_run_start (WorkerRun *self, const gchar *program,
                       const AcWireConfigure *configure);
void worker_run_send (WorkerRun *self, GBytes *frame); /* (transfer full) */

/* Attaches a publisher of FLV that sends nothing by itself. */
void worker_run_begin (WorkerRun *self);
/* Attaches a publisher that sends @script in real time, its timestamps increased by
 * @offset; what was there before is replaced. */
void worker_run_publish (WorkerRun *self, GArray *script, guint32 offset);
/* The same without SOURCE_BEGIN: the publisher goes on with other media. */
void worker_run_continue (WorkerRun *self, GArray *script, guint32 offset);
/* @tell: send SOURCE_END; else it just falls silent. */
void worker_run_unpublish (WorkerRun *self, gboolean tell);

void worker_run_for (WorkerRun *self, guint milliseconds);
/* Until @n_slots have come; fails after 15 s. */
void worker_run_until_slots (WorkerRun *self, guint n_slots);
/* Until the script is sent, or the worker is gone. */
void worker_run_script (WorkerRun *self);
/* Sends FINISH and waits for the end; fails after 15 s. */
void worker_run_finish (WorkerRun *self);
void worker_run_until_closed (WorkerRun *self, guint milliseconds);

/* Closes the socket, as a daemon that dies does. */
void worker_run_hang_up (WorkerRun *self);

/* The file of a track: init and all chunks. */
GBytes *worker_run_track (WorkerRun *self, guint track);

void worker_run_clear (WorkerRun *self);
