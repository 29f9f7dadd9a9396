/* recorder.h - an RTMP server that writes down what it is told, for the tests. */
#pragma once

#include "rtmp_server.h"

#define RECORDER_GOOD_KEY "good-key"
#define RECORDER_REASON "This stream key is not known here."

typedef struct {
  guint8 type;
  guint32 timestamp_ms;
  GBytes *body;
} RecordedTag;

typedef struct {
  AcRtmpServer *server;
  guint watchdog;
  gboolean hold; /* leave the question open */

  AcPublisher *publisher; /* the last that was requested and not closed */
  gchar *key;
  guint n_requested;
  GPtrArray *closed; /* reasons */
  GArray *tags;      /* RecordedTag */
} Recorder;

Recorder *recorder_new (guint max_connections, guint idle_timeout_s);
void recorder_free (Recorder *self);

/* A connected, blocking socket with a time-out of a generous watchdog. */
GSocketConnection *recorder_connect (Recorder *self);

/* Reads until the peer closes or resets, while the main loop runs.
 * Returns: (transfer full): all that came. */
GByteArray *recorder_read_all (Recorder *self, GSocketConnection *connection);

/* Turns the main loop until @condition holds; the recorder's watchdog ends it all. */
#define RECORDER_WAIT(condition)                                                       \
  while (!(condition))                                                                 \
  g_main_context_iteration (NULL, TRUE)

/* Returns: (transfer full): the tags of an FLV file. */
GArray *recorder_read_flv (const gchar *path);
void recorder_assert_equal (GArray *tags, GArray *expected);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Recorder, recorder_free)
