/* disk_usage.h - what a recording takes on the disk.
 *
 * Threads: any; waits for the disk. */
#pragma once

#include <glib.h>

/* @root: as ac_recordings_new(); NULL: there are none
 * Returns: the bytes of its files; 0 when there are none. */
guint64 ac_recording_disk_usage (const gchar *root, gint64 lesson);
