/* slice.h - a place in the kernel's queue that suits a server of live media.
 *
 * The threads of a lesson run for a millisecond and wait for the next frame. Beside
 * programs that never wait each of their turns costs a round of all those. A thread
 * that asks for a short slice has its turn sooner, and no more time in all; it needs no
 * privilege. Linux 6.12 and later know it, others ignore it.
 *
 * Threads: before others are started; they and child processes inherit it. */
#pragma once

#include <glib.h>

#define AC_SLICE_US 300

/* Returns: FALSE when the kernel did not take it. */
gboolean ac_slice_shorten (void);
