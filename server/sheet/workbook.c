#include "workbook.h"

#include "workbook_xml.h"

#include <zip.h>

#include <string.h>

#define PIECE_BYTES (32 * 1024)
/* An archive of a spreadsheet has some dozen files. */
#define FILES_MAX 10000

G_DEFINE_AUTOPTR_CLEANUP_FUNC (zip_t, zip_discard)

static void
close_part (zip_file_t *part)
{
  zip_fclose (part);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (zip_file_t, close_part)

static gboolean
refuse (GError **error, const gchar *why)
{
  g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM,
               "not an .xlsx workbook that can be read (%s): save it again, or as CSV",
               why);
  return FALSE;
}

static zip_t *
open_archive (GBytes *file, GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data (file, &size);
  zip_source_t *source = zip_source_buffer_create (data, size, 0, NULL);
  zip_t *archive =
      source != NULL ? zip_open_from_source (source, ZIP_RDONLY, NULL) : NULL;

  if (archive == NULL) {
    g_clear_pointer (&source, zip_source_free);
    refuse (error, "the archive is damaged");
    return NULL;
  }
  if (zip_get_num_entries (archive, 0) > FILES_MAX) {
    zip_discard (archive);
    refuse (error, "it holds too many files");
    return NULL;
  }
  return archive;
}

/* Feeds the part @name to @parse; @budget: bytes that may still be unpacked.
 * @ret_found: FALSE without an error when there is no such part */
static gboolean
read_part (zip_t *archive, const gchar *name, AcWorkbookXml *xml, gsize *budget,
           gboolean *ret_found, GError **error)
{
  g_autoptr (zip_file_t) part = zip_fopen (archive, name, 0);
  g_autofree gchar *piece = g_malloc (PIECE_BYTES);
  zip_int64_t got = 0;

  *ret_found = part != NULL;
  if (part == NULL)
    return TRUE;
  while ((got = zip_fread (part, piece, PIECE_BYTES)) > 0) {
    if ((gsize)got > *budget) {
      g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_LIMIT,
                   "unpacked it is more than %u MiB: split the file",
                   AC_WORKBOOK_UNPACKED_MAX_BYTES >> 20);
      return FALSE;
    }
    *budget -= (gsize)got;
    if (!ac_workbook_xml_feed (xml, piece, (gsize)got, error))
      return FALSE;
  }
  if (got < 0)
    return refuse (error, name);
  return ac_workbook_xml_end (xml, error);
}

/* Returns: (transfer full): the archive's name of the first sheet. */
static gchar *
find_sheet (zip_t *archive, gsize *budget, GError **error)
{
  g_autoptr (AcWorkbookXml) book = ac_workbook_xml_new (AC_WORKBOOK_XML_BOOK);
  g_autoptr (AcWorkbookXml) relations = NULL;
  const gchar *target;
  gboolean found;

  if (!read_part (archive, "xl/workbook.xml", book, budget, &found, error))
    return NULL;
  if (!found || ac_workbook_xml_word (book) == NULL) {
    refuse (error, "it has no sheet");
    return NULL;
  }
  relations = ac_workbook_xml_new (AC_WORKBOOK_XML_RELATIONS);
  ac_workbook_xml_look_for (relations, ac_workbook_xml_word (book));
  if (!read_part (archive, "xl/_rels/workbook.xml.rels", relations, budget, &found,
                  error))
    return NULL;
  target = ac_workbook_xml_word (relations);
  if (target == NULL) {
    refuse (error, "its sheet is nowhere");
    return NULL;
  }
  return *target == '/' ? g_strdup (target + 1) : g_strconcat ("xl/", target, NULL);
}

gboolean
ac_workbook_read (AcSheet *sheet, GBytes *file, GError **error)
{
  g_autoptr (zip_t) archive = open_archive (file, error);
  gsize budget = AC_WORKBOOK_UNPACKED_MAX_BYTES;
  g_autofree gchar *name = NULL;
  g_autoptr (AcWorkbookXml) strings = NULL;
  g_autoptr (AcWorkbookXml) cells = NULL;
  gboolean found;

  if (archive == NULL || (name = find_sheet (archive, &budget, error)) == NULL)
    return FALSE;
  strings = ac_workbook_xml_new (AC_WORKBOOK_XML_STRINGS);
  if (!read_part (archive, "xl/sharedStrings.xml", strings, &budget, &found, error))
    return FALSE;
  cells = ac_workbook_xml_new (AC_WORKBOOK_XML_CELLS);
  ac_workbook_xml_fill (cells, sheet, ac_workbook_xml_strings (strings));
  if (!read_part (archive, name, cells, &budget, &found, error))
    return FALSE;
  return found || refuse (error, "its sheet is missing");
}
