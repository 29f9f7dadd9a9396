#include "published_mark.h"

#include "disk_file.h"
#include "segment_index.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define UNIT_BYTES 64
#define CRC_AT 60
#define MAGIC "AcPublsh"

typedef struct {
  gchar magic[8];
  gint64 lesson;
  guint64 sequence;
  guint32 epoch, zero;
  guint64 next_msn, next_start;
  guint8 zeros[12];
  guint32 crc;
} Unit;

G_STATIC_ASSERT (sizeof (Unit) == UNIT_BYTES);
G_STATIC_ASSERT (G_STRUCT_OFFSET (Unit, crc) == CRC_AT);

static guint32
checksum (const Unit *unit)
{
  return GUINT32_TO_LE (ac_index_checksum (0, unit, CRC_AT));
}

gboolean
ac_published_mark_load (gint folder_fd, gint64 lesson, AcPublished *ret_published,
                        guint64 *ret_sequence)
{
  g_autoptr (GBytes) bytes =
      ac_disk_load (folder_fd, AC_PUBLISHED_NAME, 2 * UNIT_BYTES, NULL);
  gsize size = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  gboolean found = FALSE;

  for (gsize at = 0; at + UNIT_BYTES <= size; at += UNIT_BYTES) {
    Unit unit;

    memcpy (&unit, data + at, sizeof unit);
    if (memcmp (unit.magic, MAGIC, sizeof unit.magic) != 0 ||
        unit.crc != checksum (&unit) || GINT64_FROM_LE (unit.lesson) != lesson ||
        (found && GUINT64_FROM_LE (unit.sequence) < *ret_sequence))
      continue;
    found = TRUE;
    *ret_sequence = GUINT64_FROM_LE (unit.sequence);
    *ret_published = (AcPublished){
      .epoch = GUINT32_FROM_LE (unit.epoch),
      .next_msn = GUINT64_FROM_LE (unit.next_msn),
      .next_start = GUINT64_FROM_LE (unit.next_start),
    };
  }
  return found;
}

gboolean
ac_published_mark_store (gint folder_fd, gint64 lesson, guint64 sequence,
                         const AcPublished *published, GError **error)
{
  Unit unit = {
    .magic = MAGIC,
    .lesson = GINT64_TO_LE (lesson),
    .sequence = GUINT64_TO_LE (sequence),
    .epoch = GUINT32_TO_LE (published->epoch),
    .next_msn = GUINT64_TO_LE (published->next_msn),
    .next_start = GUINT64_TO_LE (published->next_start),
  };
  gint fd = ac_disk_open (folder_fd, AC_PUBLISHED_NAME, O_WRONLY | O_CREAT, error);

  if (fd < 0)
    return FALSE;
  unit.crc = checksum (&unit);
  gboolean written = ac_disk_write (fd, &unit, sizeof unit, sequence % 2 * UNIT_BYTES,
                                    AC_PUBLISHED_NAME, error);
  close (fd);
  return written;
}
