/* report_export.h - a report into a file, made beside a running daemon in one read
 * transaction, once it has noted that it leaves.
 *
 * Threads: main. */
#pragma once

#include "offline.h"

/* Takes the form from how @path ends. FALSE with @ret_answer filled. */
gboolean ac_report_export_check (JsonObject *args, const gchar *path,
                                 AcAnswer *ret_answer);
/* @answer: the daemon's; becomes {"file", "code"?} or a failure */
void ac_report_export_write (const gchar *data_dir, const gchar *path,
                             AcAnswer *answer);
