/* table_file.h - the files that imports read and exports write.
 *
 * Files of strangers are taken apart here, in a program that holds neither the database
 * nor a key yet and ends with its command; the daemon gets plain rows.
 *
 * Threads: main. */
#pragma once

#include "offline.h"

/* Puts the rows of the file that args' "file" names into "rows".
 * Returns: FALSE with @ret_answer filled. */
gboolean ac_table_file_read (JsonObject *args, AcAnswer *ret_answer);

/* Writes the "rows" of @answer to @path, as its name ends: .xlsx or .csv. The answer
 * becomes {"file", "members"}, or a failure. */
void ac_table_file_write (const gchar *path, AcAnswer *answer);
/* Whether @path ends like one of them; else @ret_answer is filled. */
gboolean ac_table_file_check_name (const gchar *path, AcAnswer *ret_answer);
