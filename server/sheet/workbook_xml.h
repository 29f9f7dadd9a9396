/* workbook_xml.h - the four kinds of XML in a workbook that are read.
 *
 * Fed piece by piece; deep nesting, document types and unknown entities are refused.
 *
 * Threads:   any, one at a time.
 * Ownership: plain. */
#pragma once

#include "sheet.h"

typedef enum {
  AC_WORKBOOK_XML_BOOK, /* xl/workbook.xml: the word is its first sheet's relation */
  AC_WORKBOOK_XML_RELATIONS, /* .rels: the word is the target of the one looked for */
  AC_WORKBOOK_XML_STRINGS,   /* xl/sharedStrings.xml */
  AC_WORKBOOK_XML_CELLS,     /* a sheet */
} AcWorkbookXmlKind;

typedef struct _AcWorkbookXml AcWorkbookXml;

AcWorkbookXml *ac_workbook_xml_new (AcWorkbookXmlKind kind);
void ac_workbook_xml_free (AcWorkbookXml *self);

/* RELATIONS: which one. */
void ac_workbook_xml_look_for (AcWorkbookXml *self, const gchar *id);
/* CELLS: where they go. @strings: of a STRINGS; both outlive @self */
void ac_workbook_xml_fill (AcWorkbookXml *self, AcSheet *sheet, GPtrArray *strings);

/* Errors: FORM, LIMIT. */
gboolean ac_workbook_xml_feed (AcWorkbookXml *self, const gchar *piece, gsize length,
                               GError **error);
gboolean ac_workbook_xml_end (AcWorkbookXml *self, GError **error);

/* Returns: (transfer none) (nullable): see AcWorkbookXmlKind. */
const gchar *ac_workbook_xml_word (AcWorkbookXml *self);
/* Returns: (transfer none): gchar *. */
GPtrArray *ac_workbook_xml_strings (AcWorkbookXml *self);

/* Returns: FALSE when @reference, "AB12", names no cell that is read; 0 for "A". */
gboolean ac_workbook_column (const gchar *reference, guint *ret_column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWorkbookXml, ac_workbook_xml_free)
