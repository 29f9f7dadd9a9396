/* fetch.h - media that the worker gets by itself: a pipeline that demuxes, its first
 * picture track and its first sound track as formats and packets.
 *
 * What pull_input.c and file_input.c have in common. The pipeline's head is theirs: a
 * launch line in which the element "demux" has a pad for each track, or which ends in a
 * typefind "type" for what track_chains.h has for the file. Behind it every track
 * goes through the parser that track_chains.h has for it; what has none is left out.
 *
 * A paced fetch gives each packet on when its time has come, by the monotonic clock:
 * the pipeline reads ahead no further than its demuxer must. Packets' times are running
 * times, which begin near 0 (see ac_packet_sink_new()).
 *
 * Starting, stopping and a connection that hangs never hold up the caller: states
 * change on a thread of GStreamer's pool.
 *
 * Threads:   main loop; the handler is called there.
 * Ownership: plain. Nothing is called after ac_fetch_free(), which must not be called
 *            from inside the handler. */
#pragma once

#include "input.h"

typedef struct _AcFetch AcFetch;

typedef struct {
  void (*format) (AcSourceTrack track, GstCaps *caps, gpointer user_data);
  void (*packet) (const AcPacket *packet, gpointer user_data);
  /* Of a fetch that was only prepared: it could be started. */
  void (*prepared) (gpointer user_data);
  /* All was given on. */
  void (*ended) (gpointer user_data);
  /* Nothing more comes. @reason: one clause for a person, without an address */
  void (*failed) (const gchar *reason, gpointer user_data);
} AcFetchHandler;

/* @launch: with "%s" nowhere: addresses are set as properties, see _element()
 * @paced: its sinks wait for each packet's time
 * Errors: GST_PARSE_ERROR, GST_CORE_ERROR: an element is missing. */
AcFetch *ac_fetch_new (const gchar *launch, gboolean paced,
                       const AcFetchHandler *handler, gpointer user_data,
                       GError **error);
void ac_fetch_free (AcFetch *self);

/* Returns: (transfer full): the element @name of the launch line. */
GstElement *ac_fetch_element (AcFetch *self, const gchar *name);

/* Begins. Only of a paced one: @base_us, when running time 0 is due by the monotonic
 * clock; 0: as soon as it can be. */
void ac_fetch_start (AcFetch *self, gint64 base_us);
/* Of a paced one, before _start(): opens it and goes to @position_us; prepared() or
 * failed() follows. */
void ac_fetch_prepare (AcFetch *self, gint64 position_us);
/* Of a paced one, from packet(): how long after its time @packet comes; and to let
 * all that follows come that much later. */
gint64 ac_fetch_lateness_us (AcFetch *self, const AcPacket *packet);
void ac_fetch_delay (AcFetch *self, gint64 delay_us);
/* Whether it has a known end, and so is no live source. */
gboolean ac_fetch_is_finite (AcFetch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcFetch, ac_fetch_free)
