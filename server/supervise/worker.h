/* worker.h - one airclass-pipeline process, started, fed and watched.
 *
 * A worker lives for one media epoch. When it dies its owner starts the next; the
 * object itself never restarts anything.
 *
 * States:  starting -> running -> finished
 *             \-----------\-----> failed        (exited is called once, with which)
 *
 * Threads:   main loop.
 * Ownership: plain; ac_worker_free() kills and reaps a process that still runs. */
#pragma once

#include "wire.h"

typedef struct _AcWorker AcWorker;

typedef enum {
  AC_WORKER_ERROR_CRASHED,  /* it ended before its work did, or not with 0 */
  AC_WORKER_ERROR_SILENT,   /* it sent no slot, or read nothing, for too long */
  AC_WORKER_ERROR_GARBAGE,  /* it sent what breaks the rules of wire.h, or was rejected
                             */
  AC_WORKER_ERROR_NO_FINISH /* it was told to finish and did not in time */
} AcWorkerError;
#define AC_WORKER_ERROR (ac_worker_error_quark ())
GQuark ac_worker_error_quark (void);

/* What is given belongs to the worker; reference what is to be kept. */
typedef struct {
  void (*epoch) (AcWorker *worker, AcMediaEpoch *epoch, gpointer user_data);
  void (*slot) (AcWorker *worker, AcSlot *slot, gpointer user_data);
  void (*health) (AcWorker *worker, const AcWireHealth *health, gpointer user_data);
  /* Of a source that the worker fetches by itself. May be NULL. */
  void (*source_state) (AcWorker *worker, const AcWireSourceState *state,
                        gpointer user_data);
  /* Of a browser that watches. May be NULL. */
  void (*viewer_state) (AcWorker *worker, const AcWireSourceState *state,
                        gpointer user_data);
  /* The last call. @error: NULL when it finished in good order, else AC_WORKER_ERROR.
   * The worker may be freed from inside, as from inside of the others. */
  void (*exited) (AcWorker *worker, const GError *error, gpointer user_data);
} AcWorkerHandler;

/* @executable: path of airclass-pipeline
 * A worker that sends no slot for @silence_ms while it should is killed (exited
 * follows); 0: 5,000.
 * Errors: G_SPAWN_ERROR; GIO's when there is no socket left. */
AcWorker *ac_worker_new (const gchar *executable, const AcWireConfigure *configure,
                         guint silence_ms, const AcWorkerHandler *handler,
                         gpointer user_data, GError **error);
void ac_worker_free (AcWorker *self);

/* Workers that are started from now on may read @path, a file or a folder; of all that
 * lies beside the programs they may read nothing else. Process-wide; NULL: none. */
void ac_worker_grant (const gchar *path);

void ac_worker_source_begin (AcWorker *self, const AcWireSource *source);
/* Queues a unit. When more than 8 MiB wait for the worker, tags are dropped until the
 * next video key frame. */
void ac_worker_source_tag (AcWorker *self, const AcFlvTag *tag);
void ac_worker_source_end (AcWorker *self);
/* @type: AC_WIRE_VIEWER_BEGIN, _TRICKLE or _END */
void ac_worker_viewer (AcWorker *self, AcWireType type, const AcWireViewer *viewer);
void ac_worker_machine (AcWorker *self, const AcWireMachine *machine);
/* Flush and end; killed when it takes longer than 5 s. */
void ac_worker_finish (AcWorker *self);
/* What it sent is well formed and yet of no use: it is killed, nothing more of it is
 * told, exited() follows with GARBAGE. From inside the callbacks too.
 * @why: one clause, for the log */
void ac_worker_reject (AcWorker *self, const gchar *why);
GPid ac_worker_pid (AcWorker *self); /* 0 when it has exited */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWorker, ac_worker_free)
