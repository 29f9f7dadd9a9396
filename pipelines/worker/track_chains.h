/* track_chains.h - how fetched media is taken apart: which demuxer a container needs,
 * which elements make packets of a track that decoder.c knows.
 *
 * Threads: any; tables. */
#pragma once

#include "packet.h"

#include <gst/gst.h>

/* Returns: (transfer none) (nullable): elements of a launch line; NULL: what @caps are
 * of cannot be used.
 * @ret_track: (out): which track it is; set with the chain */
const gchar *ac_track_chain_for (GstCaps *caps, AcSourceTrack *ret_track);

/* Returns: (transfer none) (nullable): the name of an element. */
const gchar *ac_demuxer_for (GstCaps *caps);
