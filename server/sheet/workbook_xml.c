#include "workbook_xml.h"

#include "workbook.h"

#include <math.h>
#include <string.h>

#define DEPTH_MAX 32
/* What a cell's own text may have before it is cleaned. */
#define TEXT_MAX_BYTES (4 * AC_SHEET_CELL_MAX_BYTES)
/* From here on a floating-point number does not hold every whole one. */
#define WHOLE_MAX 1e15

struct _AcWorkbookXml {
  AcWorkbookXmlKind kind;
  GMarkupParseContext *context;
  guint depth;

  gchar *wanted, *word;

  GPtrArray *strings; /* STRINGS */
  GString *text;      /* of the cell or string under way */
  gboolean in_text;   /* inside <t> or <v> */
  guint in_phonetic;  /* inside <rPh>: how the text is read aloud */

  AcSheet *sheet; /* CELLS */
  GPtrArray *shared;
  guint row, column;
  gboolean in_row, in_cell;
  gchar type[12]; /* of the cell: "s", "inlineStr", ... */
};

/* Namespaces are told by prefixes that differ between programs. */
static const gchar *
local_name (const gchar *name)
{
  const gchar *colon = strrchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static gboolean
is_named (const gchar *element, const gchar *name)
{
  return strcmp (local_name (element), name) == 0;
}

static const gchar *
attribute (const gchar **names, const gchar **values, const gchar *wanted)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (is_named (names[i], wanted))
      return values[i];
  return NULL;
}

gboolean
ac_workbook_column (const gchar *reference, guint *ret_column)
{
  guint column = 0, n = 0;

  for (; g_ascii_isupper (reference[n]) && n < 4; n++)
    column = column * 26 + (guint)(reference[n] - 'A') + 1;
  if (n < 1 || n > 3 || (reference[n] != '\0' && !g_ascii_isdigit (reference[n])))
    return FALSE;
  *ret_column = column - 1;
  return TRUE;
}

static gboolean
begin_row (AcWorkbookXml *self, const gchar *number, GError **error)
{
  guint64 row = self->row + 1;

  if (number != NULL &&
      (!g_ascii_string_to_unsigned (number, 10, 1, G_MAXINT32, &row, NULL) ||
       row <= self->row)) {
    g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM,
                 "the sheet's rows are out of order after row %u", self->row);
    return FALSE;
  }
  self->row = (guint)row;
  self->column = 0;
  self->in_row = TRUE;
  return ac_sheet_begin_row (self->sheet, self->row, error);
}

static gboolean
begin_cell (AcWorkbookXml *self, const gchar *reference, const gchar *type,
            GError **error)
{
  if (reference != NULL && !ac_workbook_column (reference, &self->column)) {
    g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM,
                 "row %u has a cell without a place", self->row);
    return FALSE;
  }
  g_strlcpy (self->type, type != NULL ? type : "n", sizeof self->type);
  g_string_truncate (self->text, 0);
  self->in_cell = TRUE;
  return TRUE;
}

static gboolean
start_in_cells (AcWorkbookXml *self, const gchar *element, const gchar **names,
                const gchar **values, GError **error)
{
  if (is_named (element, "row") && !self->in_row)
    return begin_row (self, attribute (names, values, "r"), error);
  if (is_named (element, "c") && self->in_row && !self->in_cell)
    return begin_cell (self, attribute (names, values, "r"),
                       attribute (names, values, "t"), error);
  if (self->in_cell && (is_named (element, "v") || is_named (element, "t")))
    self->in_text = self->in_phonetic == 0;
  return TRUE;
}

static void
start_elsewhere (AcWorkbookXml *self, const gchar *element, const gchar **names,
                 const gchar **values)
{
  const gchar *id = attribute (names, values, "Id");

  if (self->kind == AC_WORKBOOK_XML_BOOK && self->word == NULL &&
      is_named (element, "sheet")) {
    for (guint i = 0; names[i] != NULL; i++) /* "r:id", not "sheetId" nor "id" */
      if (g_str_has_suffix (names[i], ":id"))
        self->word = g_strdup (values[i]);
  } else if (self->kind == AC_WORKBOOK_XML_RELATIONS && self->word == NULL &&
             is_named (element, "Relationship") && g_strcmp0 (id, self->wanted) == 0) {
    self->word = g_strdup (attribute (names, values, "Target"));
  } else if (self->kind == AC_WORKBOOK_XML_STRINGS) {
    if (is_named (element, "si"))
      g_string_truncate (self->text, 0);
    else if (is_named (element, "t"))
      self->in_text = self->in_phonetic == 0;
  }
}

static void
start_element (GMarkupParseContext *context, const gchar *element, const gchar **names,
               const gchar **values, gpointer user_data, GError **error)
{
  AcWorkbookXml *self = user_data;

  if (++self->depth > DEPTH_MAX) {
    g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM,
                 "the workbook's XML is nested too deeply");
    return;
  }
  if (is_named (element, "rPh"))
    self->in_phonetic++;
  if (self->kind == AC_WORKBOOK_XML_CELLS)
    start_in_cells (self, element, names, values, error);
  else
    start_elsewhere (self, element, names, values);
}

/* A whole number as people write it: programs store 13800138000 as "1.3800138E10". */
static void
append_number (GString *out, const gchar *text)
{
  gchar *end = NULL;
  gdouble number = g_ascii_strtod (text, &end);

  if (*text == '\0' || *end != '\0' || !isfinite (number) ||
      fabs (number) >= WHOLE_MAX || number != floor (number))
    g_string_append (out, text);
  else
    g_string_append_printf (out, "%.0f", number);
}

static gboolean
end_cell (AcWorkbookXml *self, GError **error)
{
  const gchar *text = self->text->str;
  g_autoptr (GString) number = g_string_new (NULL);
  guint64 at;

  self->in_cell = FALSE;
  if (strcmp (self->type, "s") == 0) {
    if (*text == '\0') {
      self->column++;
      return TRUE;
    }
    if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &at, NULL) ||
        at >= self->shared->len) {
      g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM,
                   "row %u refers to a text that is not there", self->row);
      return FALSE;
    }
    text = self->shared->pdata[at];
  } else if (strcmp (self->type, "n") == 0) {
    append_number (number, text);
    text = number->str;
  } else if (strcmp (self->type, "e") == 0) {
    text = ""; /* "#N/A" and its like */
  }
  return ac_sheet_set_cell (self->sheet, self->column++, text, -1, error);
}

static void
end_string (AcWorkbookXml *self, GError **error)
{
  if (self->strings->len >= AC_WORKBOOK_STRINGS_MAX)
    g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_LIMIT,
                 "more than %u texts: split the file", AC_WORKBOOK_STRINGS_MAX);
  else
    g_ptr_array_add (self->strings, g_strdup (self->text->str));
}

static void
end_element (GMarkupParseContext *context, const gchar *element, gpointer user_data,
             GError **error)
{
  AcWorkbookXml *self = user_data;

  self->depth--;
  if (is_named (element, "rPh"))
    self->in_phonetic--;
  if (is_named (element, "t") || is_named (element, "v"))
    self->in_text = FALSE;
  if (self->kind == AC_WORKBOOK_XML_STRINGS && is_named (element, "si"))
    end_string (self, error);
  if (self->kind != AC_WORKBOOK_XML_CELLS)
    return;
  if (self->in_cell && is_named (element, "c")) {
    end_cell (self, error);
  } else if (self->in_row && !self->in_cell && is_named (element, "row")) {
    self->in_row = FALSE;
    ac_sheet_end_row (self->sheet);
  }
}

static void
take_text (GMarkupParseContext *context, const gchar *text, gsize length,
           gpointer user_data, GError **error)
{
  AcWorkbookXml *self = user_data;

  if (!self->in_text)
    return;
  if (self->text->len + length > TEXT_MAX_BYTES)
    g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_LIMIT,
                 "a cell of more than %u bytes", AC_SHEET_CELL_MAX_BYTES);
  else
    g_string_append_len (self->text, text, (gssize)length);
}

/* Comments and processing instructions pass; a document type does not. */
static void
take_other (GMarkupParseContext *context, const gchar *text, gsize length,
            gpointer user_data, GError **error)
{
  if (length >= 9 && g_ascii_strncasecmp (text, "<!DOCTYPE", 9) == 0)
    g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM,
                 "the workbook's XML has a document type");
}

AcWorkbookXml *
ac_workbook_xml_new (AcWorkbookXmlKind kind)
{
  static const GMarkupParser parser = { start_element, end_element, take_text,
                                        take_other, NULL };
  AcWorkbookXml *self = g_new0 (AcWorkbookXml, 1);

  self->kind = kind;
  self->context = g_markup_parse_context_new (&parser, 0, self, NULL);
  self->text = g_string_new (NULL);
  self->strings = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
ac_workbook_xml_free (AcWorkbookXml *self)
{
  g_markup_parse_context_free (self->context);
  g_string_free (self->text, TRUE);
  g_ptr_array_unref (self->strings);
  g_free (self->wanted);
  g_free (self->word);
  g_free (self);
}

void
ac_workbook_xml_look_for (AcWorkbookXml *self, const gchar *id)
{
  self->wanted = g_strdup (id);
}

void
ac_workbook_xml_fill (AcWorkbookXml *self, AcSheet *sheet, GPtrArray *strings)
{
  self->sheet = sheet;
  self->shared = strings;
}

/* GLib's own errors become ours, with where they were found. */
static gboolean
translate (GError *local, GError **error)
{
  if (local == NULL)
    return TRUE;
  if (local->domain == AC_SHEET_ERROR) {
    g_propagate_error (error, local);
    return FALSE;
  }
  g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM,
               "the workbook's XML is damaged: %s", local->message);
  g_error_free (local);
  return FALSE;
}

gboolean
ac_workbook_xml_feed (AcWorkbookXml *self, const gchar *piece, gsize length,
                      GError **error)
{
  GError *local = NULL;

  g_markup_parse_context_parse (self->context, piece, (gssize)length, &local);
  return translate (local, error);
}

gboolean
ac_workbook_xml_end (AcWorkbookXml *self, GError **error)
{
  GError *local = NULL;

  g_markup_parse_context_end_parse (self->context, &local);
  return translate (local, error);
}

const gchar *
ac_workbook_xml_word (AcWorkbookXml *self)
{
  return self->word;
}

GPtrArray *
ac_workbook_xml_strings (AcWorkbookXml *self)
{
  return self->strings;
}
