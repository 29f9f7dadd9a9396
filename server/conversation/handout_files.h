/* handout_files.h - the directory of hand-outs' files: what nobody may have any more is
 * not kept either.
 *
 * A removed hand-out's file is let go after the commit that removes it
 * (AcTalkResult.let_go). A process that dies in between, or between the writing of a
 * file and the commit of its row, leaves one behind: the next start sweeps it.
 *
 * Threads: main loop. */
#pragma once

#include "store.h"

/* @file: of AcTalkResult.let_go; that it is gone already is no error. */
void ac_handout_file_let_go (const gchar *dir, const gchar *file);

/* Unlinks the files in @dir that no hand-out names which is still there. Before uploads
 * are taken: a file whose row is not committed yet would go too.
 * @ret_n: (out): how many; a directory that is not there has none
 * Errors: AC_STORE_ERROR: then nothing was unlinked. */
gboolean ac_handout_files_sweep (AcStore *store, const gchar *dir, guint *ret_n,
                                 GError **error);
