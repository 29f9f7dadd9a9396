/* interchange_export.h - files for other systems, written beside a running daemon in
 * one read transaction, once it has noted that they leave.
 *
 * Threads: main. */
#pragma once

#include "offline.h"

/* Whether @command (of command_line.h) writes such a file. */
gboolean ac_interchange_export_takes (const gchar *command);

/* Checks @args and that @path is free, before the daemon is asked; FALSE with
 * @ret_answer filled. Days that were not given are those of this year. */
gboolean ac_interchange_export_check (JsonObject *args, const gchar *path,
                                      AcAnswer *ret_answer);

/* @answer: the daemon's; becomes {"file", ...} or a failure */
void ac_interchange_export_write (const gchar *data_dir, const gchar *command,
                                  JsonObject *args, const gchar *path,
                                  AcAnswer *answer);
