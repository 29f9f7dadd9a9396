/* epoch_file.h - epoch-N.gv: a media epoch, checksummed.
 *
 * Little-endian: magic "AcEpoch\n", version u32, CRC-32 of the rest u32, then the
 * AC_MEDIA_EPOCH_TYPE value in normal form (version 1: AC_MEDIA_EPOCH_TYPE_1). Written
 * once, whole or not at all.
 *
 * Threads: any. */
#pragma once

#include "recordings.h"

#define AC_EPOCH_FILE_MAX_BYTES (1024 * 1024)

/* Returns: (transfer full): "epoch-N.gv". */
gchar *ac_epoch_file_name (guint32 number);

GBytes *ac_epoch_file_encode (const AcMediaEpoch *epoch);
/* Returns: (transfer full) (nullable): epoch @number out of @bytes.
 * Errors: CORRUPT, also when it is another epoch's or breaks a limit. */
AcMediaEpoch *ac_epoch_file_decode (guint32 number, GBytes *bytes, GError **error);

/* Errors: IO. */
gboolean ac_epoch_file_store (gint folder_fd, const AcMediaEpoch *epoch,
                              GError **error);
/* Errors: IO, NOT_FOUND, CORRUPT. */
AcMediaEpoch *ac_epoch_file_load (gint folder_fd, guint32 number, GError **error);

/* Whether @epoch may be recorded: its number, tracks and names are in range, and what
 * is written will be read again. Errors: CORRUPT. */
gboolean ac_epoch_file_check (const AcMediaEpoch *epoch, GError **error);
