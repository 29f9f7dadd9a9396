/* playlist.h - media and multivariant playlists as text.
 *
 * Rules: RFC 8216bis (draft-pantos-hls-rfc8216bis), the design's checklist.
 *
 * Threads: any. */
#pragma once

#include "snapshot.h"

/* Returns: (transfer full): the media playlist of @track; with @delta the segments
 * before the skip boundary are left out when the rules allow it. */
GString *ac_playlist_render (const AcSnapshotParts *parts, guint track, gboolean delta);

/* Returns: (transfer full) (nullable): NULL when @audio_only and there is no audio, or
 * when no track is there at all. */
GString *ac_multivariant_render (const AcSnapshotParts *parts, gboolean audio_only);

/* Whether the rendition @track is offered to players now; see multivariant.c. */
gboolean ac_multivariant_offers (const AcSnapshotParts *parts, guint track);

/* Returns: the first segment that is in memory; those before it are settled. */
guint64 ac_playlist_first_recent (const AcSnapshotParts *parts);

/* Returns: the lesson time at the end of what @parts list, in ticks. */
guint64 ac_playlist_end (const AcSnapshotParts *parts);
