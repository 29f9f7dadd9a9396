/* recovery.c - reads a lesson's folder, and cuts a torn tail off. */
#include "recovery.h"

#include "disk_file.h"
#include "epoch_file.h"
#include "media_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How many whole segments at the end make the rest trustworthy: the writer syncs one
 * before it begins the next, so one would do on a disk that does not lie. */
#define CLEAN_SEGMENTS 2
#define MAX_OPEN_FILES 16

/* A track's files of one hour. */
typedef struct {
  AcIndexKey key;
  gboolean has_index;
} HourFiles;

typedef struct {
  AcLessonFolder *folder;
  AcLessonState *state;
  GArray *hour_files;     /* HourFiles, by hour and name */
  GPtrArray *temporaries; /* names */
} Load;

/* One record, and whose it is. */
typedef struct {
  AcIndexRecord record;
  const HourFiles *files;
} Tagged;

static void report (gint64 lesson, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static void
report (gint64 lesson, const gchar *format, ...)
{
  g_autofree gchar *text = g_strdup_printf ("%" G_GINT64_FORMAT, lesson);
  va_list args;

  va_start (args, format);
  g_autofree gchar *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "AIRCLASS_LESSON", text,
                    "MESSAGE", "%s", message);
}

static void
unref_epoch (gpointer epoch)
{
  if (epoch != NULL)
    ac_media_epoch_unref (epoch);
}

void
ac_lesson_state_clear (AcLessonState *state)
{
  g_clear_pointer (&state->catalogue, ac_catalogue_free);
  g_clear_pointer (&state->epochs, g_ptr_array_unref);
}

static void
load_clear (Load *load)
{
  g_clear_pointer (&load->hour_files, g_array_unref);
  g_clear_pointer (&load->temporaries, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Load, load_clear)

/* --- What is there ------------------------------------------------------------- */

static gint
compare_hour_files (gconstpointer a, gconstpointer b)
{
  const HourFiles *x = a, *y = b;

  if (x->key.hour != y->key.hour)
    return x->key.hour < y->key.hour ? -1 : 1;
  return strcmp (x->key.track, y->key.track);
}

/* An index and its media have sorted names, one behind the other. */
static void
note_track_file (Load *load, const AcFileName *name)
{
  GArray *all = load->hour_files;
  HourFiles *last = all->len > 0 ? &g_array_index (all, HourFiles, all->len - 1) : NULL;

  if (last == NULL || last->key.hour != name->number ||
      strcmp (last->key.track, name->track) != 0) {
    HourFiles files = { .key = { load->folder->lesson, name->number, "" } };
    memcpy (files.key.track, name->track, sizeof files.key.track);
    g_array_append_val (all, files);
    last = &g_array_index (all, HourFiles, all->len - 1);
  }
  last->has_index |= name->kind == AC_FILE_INDEX;
}

static gboolean
load_epoch (Load *load, guint32 number, GError **error)
{
  g_autoptr (GError) local = NULL;
  AcMediaEpoch *epoch = ac_epoch_file_load (load->folder->fd, number, &local);

  if (epoch == NULL &&
      g_error_matches (local, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_IO)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (load->state->epochs->len < number)
    g_ptr_array_set_size (load->state->epochs, (gint)number);
  g_ptr_array_index (load->state->epochs, number - 1) = epoch;
  return TRUE;
}

static gboolean
scan (Load *load, GError **error)
{
  g_autoptr (GPtrArray) names = ac_lesson_folder_list (load->folder, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const gchar *text = g_ptr_array_index (names, i);
    AcFileName name;
    ac_file_name_parse (text, &name);
    if (name.kind == AC_FILE_FINISHED)
      load->state->finished = TRUE;
    else if (name.kind == AC_FILE_TEMPORARY)
      g_ptr_array_add (load->temporaries, g_strdup (text));
    else if (name.kind == AC_FILE_INDEX || name.kind == AC_FILE_MEDIA)
      note_track_file (load, &name);
    else if (name.kind == AC_FILE_EPOCH && !load_epoch (load, name.number, error))
      return FALSE;
  }
  g_array_sort (load->hour_files, compare_hour_files);
  return TRUE;
}

/* --- From records to slots ----------------------------------------------------- */

static gboolean
load_table (Load *load, const HourFiles *files, AcIndexTable *ret_table,
            gsize *ret_size, GError **error)
{
  g_autofree gchar *name =
      ac_file_name_for_track (AC_FILE_INDEX, files->key.track, files->key.hour);
  g_autoptr (GBytes) bytes =
      ac_disk_load (load->folder->fd, name, AC_INDEX_MAX_BYTES, error);

  if (bytes == NULL)
    return FALSE;
  *ret_size = g_bytes_get_size (bytes);
  if (!ac_index_parse (&files->key, bytes, ret_table, error)) {
    g_prefix_error (error, "%s: ", name);
    return FALSE;
  }
  return TRUE;
}

static gint
compare_ordinals (gconstpointer a, gconstpointer b)
{
  const Tagged *x = a, *y = b;
  return x->record.ordinal < y->record.ordinal ? -1
                                               : x->record.ordinal > y->record.ordinal;
}

static gboolean
records_agree (const AcIndexRecord *a, const AcIndexRecord *b)
{
  return a->msn == b->msn && a->part == b->part && a->epoch == b->epoch &&
         a->start == b->start && a->duration == b->duration && a->flags == b->flags &&
         a->wall_ms == b->wall_ms;
}

static AcMediaEpoch *
find_epoch (Load *load, guint32 number)
{
  /* A number in use is never given again, even when the epoch's file is lost. */
  if (load->state->epochs->len < number)
    g_ptr_array_set_size (load->state->epochs, (gint)number);
  return g_ptr_array_index (load->state->epochs, number - 1);
}

/* @records: those that share an ordinal, one a track */
static void
add_slot (Load *load, const Tagged *records, guint n_records)
{
  const AcIndexRecord *first = &records[0].record;
  const AcMediaEpoch *epoch = find_epoch (load, first->epoch);
  AcCatalogueSlot slot = {
    .epoch = first->epoch,
    .part = first->part,
    .msn = first->msn,
    .start = first->start,
    .duration = first->duration,
    .flags = first->flags,
    .wall_ms = first->wall_ms,
    .ordinal = first->ordinal,
    .hour = records[0].files->key.hour,
    .n_places = epoch != NULL ? epoch->n_tracks : 0,
  };

  for (guint i = 0; i < slot.n_places; i++)
    slot.places[i] = (AcPlace){ .length = AC_PLACE_DAMAGED };
  for (guint i = 0; i < n_records; i++) {
    const AcIndexRecord *record = &records[i].record;
    gint track =
        epoch != NULL ? ac_media_epoch_find (epoch, records[i].files->key.track) : -1;
    if (track < 0 || !records_agree (first, record))
      continue;
    slot.places[track] = (AcPlace){ record->offset, record->length, record->media_crc };
  }
  /* Records of one index are in order; where those of two contradict each other, the
   * slot is left out, as a hole. */
  ac_catalogue_append (load->state->catalogue, &slot);
}

static gboolean
gather_hour (Load *load, guint first, guint end, GArray *tagged, GError **error)
{
  for (guint i = first; i < end; i++) {
    const HourFiles *files = &g_array_index (load->hour_files, HourFiles, i);
    g_auto (AcIndexTable) table = { NULL };
    gsize size;
    if (!files->has_index)
      continue;
    if (!load_table (load, files, &table, &size, error))
      return FALSE;
    for (guint j = 0; j < table.records->len; j++) {
      Tagged entry = { g_array_index (table.records, AcIndexRecord, j), files };
      g_array_append_val (tagged, entry);
    }
  }
  g_array_sort (tagged, compare_ordinals);
  return TRUE;
}

static gboolean
load_hour (Load *load, guint first, guint end, GError **error)
{
  g_autoptr (GArray) tagged = g_array_new (FALSE, FALSE, sizeof (Tagged));

  if (!gather_hour (load, first, end, tagged, error))
    return FALSE;
  for (guint i = 0; i < tagged->len;) {
    const Tagged *group = &g_array_index (tagged, Tagged, i);
    guint n = 1;
    while (i + n < tagged->len && group[n].record.ordinal == group->record.ordinal)
      n++;
    add_slot (load, group, n);
    i += n;
  }
  return TRUE;
}

static gboolean
load_slots (Load *load, GError **error)
{
  GArray *all = load->hour_files;

  for (guint first = 0; first < all->len;) {
    guint end = first + 1;
    while (end < all->len && g_array_index (all, HourFiles, end).key.hour ==
                                 g_array_index (all, HourFiles, first).key.hour)
      end++;
    if (!load_hour (load, first, end, error))
      return FALSE;
    first = end;
  }
  return TRUE;
}

/* --- Where to cut -------------------------------------------------------------- */

/* Returns: FALSE on an error; *@ret_whole says how the part is. */
static gboolean
check_place (Load *load, AcMediaFiles *media, const gchar *track, guint32 hour,
             const AcPlace *place, gboolean *ret_whole, GError **error)
{
  g_autoptr (GError) local = NULL;

  *ret_whole = place->length == 0;
  if (place->length == 0 || place->length == AC_PLACE_DAMAGED)
    return TRUE;
  g_autoptr (AcMediaFile) file =
      ac_media_files_get (media, load->folder, track, hour, &local);
  if (file != NULL) {
    g_autoptr (GBytes) bytes = ac_media_file_read (file, place, 1, &local);
    *ret_whole = bytes != NULL;
  }
  /* Only what is known to be damaged is cut; a disk that does not answer is not. */
  if (g_error_matches (local, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_IO)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_slot (Load *load, AcMediaFiles *media, guint32 nth, gboolean *ret_whole,
            GError **error)
{
  AcCatalogueSlot slot;

  ac_catalogue_get_slot (load->state->catalogue, nth, &slot);
  *ret_whole = !ac_catalogue_has_hole_before (load->state->catalogue, nth);
  const AcMediaEpoch *epoch = g_ptr_array_index (load->state->epochs, slot.epoch - 1);
  for (guint i = 0; *ret_whole && i < slot.n_places; i++)
    if (!check_place (load, media, epoch->tracks[i].name, slot.hour, &slot.places[i],
                      ret_whole, error))
      return FALSE;
  return TRUE;
}

/* @ret_end: the first slot of the segment that is not whole, or its end */
static gboolean
check_segment (Load *load, AcMediaFiles *media, const AcCatalogueSegment *segment,
               guint32 *ret_end, GError **error)
{
  guint32 end = segment->first_slot + segment->n_slots;

  for (*ret_end = segment->first_slot; *ret_end < end; (*ret_end)++) {
    gboolean whole;
    if (!check_slot (load, media, *ret_end, &whole, error))
      return FALSE;
    if (!whole)
      break;
  }
  return TRUE;
}

static gboolean
cut_catalogue (Load *load, GError **error)
{
  g_autoptr (AcMediaFiles) media = ac_media_files_new (MAX_OPEN_FILES);
  AcCatalogue *catalogue = load->state->catalogue;
  guint n_clean = 0;

  for (guint32 i = ac_catalogue_n_segments (catalogue);
       i > 0 && n_clean < CLEAN_SEGMENTS; i--) {
    AcCatalogueSegment segment = *ac_catalogue_get_segment (catalogue, i - 1);
    guint32 end;
    if (!check_segment (load, media, &segment, &end, error))
      return FALSE;
    n_clean = end == segment.first_slot + segment.n_slots ? n_clean + 1 : 0;
    if (n_clean == 0)
      ac_catalogue_cut (catalogue, end);
  }
  return TRUE;
}

/* --- Cutting ------------------------------------------------------------------- */

typedef struct {
  guint n_files;
  guint64 index_bytes, media_bytes;
} Cut;

/* Makes the file @size bytes long when it is longer. A file that is not there needs no
 * cut. */
static gboolean
cut_file (Load *load, AcFileKind kind, const AcIndexKey *key, guint64 size,
          guint64 *ret_cut, GError **error)
{
  g_autofree gchar *name = ac_file_name_for_track (kind, key->track, key->hour);
  g_autoptr (GError) local = NULL;
  struct stat status;
  gboolean done = TRUE;
  gint fd = ac_disk_open (load->folder->fd, name, O_RDWR | O_NONBLOCK, &local);

  if (fd < 0 &&
      g_error_matches (local, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND))
    return TRUE;
  if (fd < 0) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (fstat (fd, &status) != 0) {
    ac_disk_set_error (error, errno, name);
    done = FALSE;
  } else if ((guint64)status.st_size > size) {
    *ret_cut += (guint64)status.st_size - size;
    done = size == 0 ? ac_disk_remove (load->folder->fd, name, error)
                     : ac_disk_truncate (fd, size, name, error) &&
                           ac_disk_sync_data (fd, name, error);
  } else if (size == 0) {
    done = ac_disk_remove (load->folder->fd, name, error);
  }
  close (fd);
  return done;
}

static gboolean
mend_header (Load *load, const AcIndexKey *key, GError **error)
{
  g_autofree gchar *name =
      ac_file_name_for_track (AC_FILE_INDEX, key->track, key->hour);
  guint8 header[AC_INDEX_UNIT_BYTES];
  gint fd = ac_disk_open (load->folder->fd, name, O_WRONLY | O_NONBLOCK, error);

  if (fd < 0)
    return FALSE;
  ac_index_encode_header (key, header);
  gboolean written = ac_disk_write (fd, header, sizeof header, 0, name, error) &&
                     ac_disk_sync_data (fd, name, error);
  close (fd);
  return written;
}

/* Where the records of slots before @n_ordinals end in both files; 0, 0 when there are
 * none. */
static void
find_ends (const AcIndexTable *table, guint32 n_ordinals, guint64 *ret_index,
           guint64 *ret_media)
{
  *ret_index = *ret_media = 0;
  for (guint i = 0; i < table->records->len; i++) {
    const AcIndexRecord *record = &g_array_index (table->records, AcIndexRecord, i);
    if (record->ordinal >= n_ordinals)
      break;
    *ret_index = (guint64)(record->position + 2) * AC_INDEX_UNIT_BYTES;
    *ret_media = record->offset + record->length;
  }
}

static gboolean
cut_hour_files (Load *load, const HourFiles *files, guint32 n_ordinals, Cut *cut,
                GError **error)
{
  g_auto (AcIndexTable) table = { NULL };
  guint64 index_end = 0, media_end = 0;
  Cut before = *cut;
  gsize size;

  if (files->has_index) {
    if (!load_table (load, files, &table, &size, error))
      return FALSE;
    find_ends (&table, n_ordinals, &index_end, &media_end);
    if (index_end > 0 && !table.header_good && !mend_header (load, &files->key, error))
      return FALSE;
  }
  /* The index first: after another crash in between, no record names bytes that are
   * gone. */
  if (!cut_file (load, AC_FILE_INDEX, &files->key, index_end, &cut->index_bytes, error))
    return FALSE;
  if (!cut_file (load, AC_FILE_MEDIA, &files->key, media_end, &cut->media_bytes, error))
    return FALSE;
  if (cut->index_bytes != before.index_bytes || cut->media_bytes != before.media_bytes)
    cut->n_files++;
  return TRUE;
}

static gboolean
cut_files (Load *load, Cut *cut, GError **error)
{
  guint32 n_slots = ac_catalogue_n_slots (load->state->catalogue);
  AcCatalogueSlot last = { 0 };
  guint32 n_ordinals = 0;

  if (n_slots > 0) {
    ac_catalogue_get_slot (load->state->catalogue, n_slots - 1, &last);
    n_ordinals = last.ordinal + 1;
  }
  for (guint i = 0; i < load->hour_files->len; i++) {
    const HourFiles *files = &g_array_index (load->hour_files, HourFiles, i);
    if (files->key.hour >= last.hour &&
        !cut_hour_files (load, files, n_ordinals, cut, error))
      return FALSE;
  }
  for (guint i = 0; i < load->temporaries->len; i++)
    if (!ac_disk_remove (load->folder->fd, g_ptr_array_index (load->temporaries, i),
                         error))
      return FALSE;
  /* A new lesson is opened on the main loop, which must not wait for the disk. */
  return (load->hour_files->len == 0 && load->temporaries->len == 0) ||
         ac_disk_sync_folder (load->folder->fd, "lesson's folder", error);
}

static gboolean
recover (Load *load, GError **error)
{
  guint32 n_before = ac_catalogue_n_slots (load->state->catalogue);
  Cut cut = { 0 };

  if (!cut_catalogue (load, error) || !cut_files (load, &cut, error))
    return FALSE;
  guint32 n_slots = ac_catalogue_n_slots (load->state->catalogue);
  if (cut.n_files > 0 || load->temporaries->len > 0)
    report (load->folder->lesson,
            "recording recovered: %u slots kept, %u cut; cut %" G_GUINT64_FORMAT
            " bytes of indexes and %" G_GUINT64_FORMAT
            " of media in %u tracks' files, %u unfinished files removed",
            n_slots, n_before - n_slots, cut.index_bytes, cut.media_bytes, cut.n_files,
            load->temporaries->len);
  return TRUE;
}

/* --- The whole ----------------------------------------------------------------- */

static gboolean
lock_unless_finished (AcLessonFolder *folder, GError **error)
{
  struct stat status;

  if (fstatat (folder->fd, AC_FINISHED_NAME, &status, AT_SYMLINK_NOFOLLOW) == 0)
    return TRUE;
  if (errno != ENOENT) {
    ac_disk_set_error (error, errno, AC_FINISHED_NAME);
    return FALSE;
  }
  return ac_lesson_folder_lock (folder, error);
}

/* Returns: how many slots the mark of a finished lesson speaks of, 0 when it does not
 * say. */
static guint32
load_mark (AcLessonFolder *folder)
{
  g_autoptr (GBytes) bytes = ac_disk_load (folder->fd, AC_FINISHED_NAME, 64, NULL);
  guint64 n_slots = 0;

  if (bytes == NULL)
    return 0;
  g_autofree gchar *text =
      g_strndup (g_bytes_get_size (bytes) > 0 ? g_bytes_get_data (bytes, NULL) : "",
                 g_bytes_get_size (bytes));
  g_strchomp (text);
  if (!g_str_has_prefix (text, AC_FINISHED_SLOTS) ||
      !g_ascii_string_to_unsigned (text + strlen (AC_FINISHED_SLOTS), 10, 0,
                                   G_MAXUINT32 - 1, &n_slots, NULL))
    return 0;
  return (guint32)n_slots;
}

static gboolean
slot_is_damaged (const AcCatalogueSlot *slot)
{
  for (guint i = 0; i < slot->n_places; i++)
    if (slot->places[i].length == AC_PLACE_DAMAGED)
      return TRUE;
  return slot->n_places == 0;
}

/* What lost records; bytes that do not fit their checksum show when they are read. */
static void
report_damage (AcLessonFolder *folder, const AcLessonState *state)
{
  guint32 n_slots = ac_catalogue_n_slots (state->catalogue), n_damaged = 0;
  guint32 n_written = state->finished ? load_mark (folder) : 0;
  AcCatalogueSlot slot = { 0 };

  for (guint32 i = 0; i < n_slots; i++) {
    ac_catalogue_get_slot (state->catalogue, i, &slot);
    n_damaged += slot_is_damaged (&slot);
  }
  if (n_slots > 0)
    n_written = MAX (n_written, slot.ordinal + 1);
  if (n_damaged > 0 || n_written > n_slots)
    report (folder->lesson, "recording is damaged: of %u slots %u are lost, %u in part",
            n_written, n_written - n_slots, n_damaged);
}

gboolean
ac_recovery_load (AcLessonFolder *folder, AcLessonState *ret_state, GError **error)
{
  g_auto (AcLessonState) state = {
    .catalogue = ac_catalogue_new (),
    .epochs = g_ptr_array_new_with_free_func (unref_epoch),
  };
  g_auto (Load) load = {
    .folder = folder,
    .state = &state,
    .hour_files = g_array_new (FALSE, TRUE, sizeof (HourFiles)),
    .temporaries = g_ptr_array_new_with_free_func (g_free),
  };

  if (!lock_unless_finished (folder, error) || !scan (&load, error) ||
      !load_slots (&load, error) || (!state.finished && !recover (&load, error)))
    return FALSE;
  report_damage (folder, &state);
  *ret_state = state;
  state = (AcLessonState){ NULL };
  return TRUE;
}
