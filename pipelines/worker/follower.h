/* follower.h - passes the source's own pictures on, when they are regular enough, and
 * its sound with them when that can be (sound_follower.h).
 *
 * H.264 of 8 bits, progressive by its profile, closed GOPs that are regular
 * (gop_watch.h) and make segments (ac_grid_follow()), no larger than 1080p, at most
 * AC_FOLLOWER_MAX_BPS. After three such GOPs, and 4 s, they are followed from the next
 * key frame on; each time they fail, twice as many are asked for before the next trial.
 *
 * While they are followed, the source is the clock: when its key frames drift from the
 * frame clock's ticks, the ticks are moved after them, so that a source frame and a
 * tick stay one to one.
 *
 * The sound goes over with the pictures and back with them; when it cannot be passed on
 * as they begin, it stays encoded for that time.
 *
 * Threads:   main loop.
 * Ownership: borrows assembler and pump. */
#pragma once

#include "assembler.h"
#include "packet.h"
#include "pump.h"

#define AC_FOLLOWER_MAX_BPS 12000000

typedef struct _AcFollower AcFollower;

/* A picture that is passed on, as it comes; it is shown as frame @index.
 * @reordered: it comes before one that is shown earlier, or after one that is shown
 *             later */
typedef void (*AcFollowerTap) (guint64 index, const AcPacket *packet, GstCaps *format,
                               gboolean reordered, gpointer user_data);

AcFollower *ac_follower_new (const AcGrid *grid, AcAssembler *assembler, AcPump *pump);
void ac_follower_free (AcFollower *self);

void ac_follower_tap (AcFollower *self, AcFollowerTap tap, gpointer user_data);

/* A picture's packet after its repair.
 * @due_us: its decode time on the monotonic clock
 * @width, @height: of the pictures; 0: not known yet */
void ac_follower_packet (AcFollower *self, const AcPacket *packet, GstCaps *format,
                         gint64 due_us, gboolean discontinuity, guint width,
                         guint height);
/* The same of its sound. */
void ac_follower_sound (AcFollower *self, const AcPacket *packet, GstCaps *format,
                        gint64 due_us, gboolean discontinuity);
/* The source is gone. */
void ac_follower_end (AcFollower *self);

gboolean ac_follower_is_following (AcFollower *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcFollower, ac_follower_free)
