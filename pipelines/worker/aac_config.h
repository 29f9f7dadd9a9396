/* aac_config.h - what an AudioSpecificConfig says, and silence to go with it.
 *
 * ISO/IEC 14496-3: 1.6.2.1 (AudioSpecificConfig) and 4.4.2 (raw_data_block). The bytes
 * come from strangers; nothing beyond their length is read.
 *
 * Threads: any; no state. */
#pragma once

#include <glib.h>

/* Returns: 1 or 2, the channels of plain AAC-LC at 48 kHz in frames of 1,024 samples,
 * without spectral band replication or other tools; 0: it is something else. */
guint ac_aac_config_plain_channels (GBytes *config);

/* Returns: (transfer full): a frame (raw_data_block) of silence, 1,024 samples for a
 * decoder of 1 or 2 @channels. */
GBytes *ac_aac_silence (guint channels);
