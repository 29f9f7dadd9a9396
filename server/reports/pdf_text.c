#include "pdf_text.h"

#include <string.h>

#define FAMILY "Noto Sans CJK SC"
#define KEPT_MAX 8192
/* A plain text is no longer than this; others are laid out. */
#define PLAIN_CHARS_MAX 128

/* A character that stands by itself. */
typedef struct {
  PangoFont *font; /* NULL: it is laid out with its neighbours */
  PangoGlyph glyph;
  gdouble width;
} Glyph;

typedef struct {
  gchar *text;
  gint width; /* Pango's units */
  guint max_lines;
  PangoAlignment alignment;
} Key;

struct _AcPdfText {
  cairo_t *cairo;
  PangoContext *context;
  PangoFontDescription *font;
  GHashTable *kept;   /* Key: PangoLayout */
  GHashTable *glyphs; /* character: Glyph */
  gdouble line_height, ascent;
};

static guint
hash_key (gconstpointer data)
{
  const Key *key = data;

  return g_str_hash (key->text) ^ (guint)key->width * 31 ^ (guint)key->alignment;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  const Key *x = a, *y = b;

  return x->width == y->width && x->max_lines == y->max_lines &&
         x->alignment == y->alignment && g_str_equal (x->text, y->text);
}

static void
free_key (gpointer data)
{
  Key *key = data;

  g_free (key->text);
  g_free (key);
}

static void
free_glyph (gpointer data)
{
  Glyph *glyph = data;

  g_clear_object (&glyph->font);
  g_free (glyph);
}

AcPdfText *
ac_pdf_text_new (cairo_t *cairo, gdouble points)
{
  AcPdfText *self = g_new0 (AcPdfText, 1);
  g_autoptr (PangoLayout) line = NULL;
  PangoRectangle extents;

  self->cairo = cairo;
  self->context = pango_cairo_create_context (cairo);
  self->font = pango_font_description_from_string (FAMILY);
  pango_font_description_set_absolute_size (self->font, points * PANGO_SCALE);
  pango_context_set_font_description (self->context, self->font);
  pango_context_set_round_glyph_positions (self->context, FALSE);
  self->kept = g_hash_table_new_full (hash_key, equal_keys, free_key, g_object_unref);
  self->glyphs = g_hash_table_new_full (NULL, NULL, NULL, free_glyph);
  line = pango_layout_new (self->context);
  pango_layout_set_text (line, "国", -1);
  pango_layout_get_extents (line, NULL, &extents);
  self->line_height = (gdouble)extents.height / PANGO_SCALE;
  self->ascent = (gdouble)pango_layout_get_baseline (line) / PANGO_SCALE;
  return self;
}

void
ac_pdf_text_free (AcPdfText *self)
{
  g_hash_table_unref (self->kept);
  g_hash_table_unref (self->glyphs);
  pango_font_description_free (self->font);
  g_object_unref (self->context);
  g_free (self);
}

gdouble
ac_pdf_text_line_height (AcPdfText *self)
{
  return self->line_height;
}

/* Returns: (transfer none). */
static PangoLayout *
layout_of (AcPdfText *self, const Key *key)
{
  PangoLayout *layout = g_hash_table_lookup (self->kept, key);
  Key *own;

  if (layout != NULL)
    return layout;
  if (g_hash_table_size (self->kept) >= KEPT_MAX)
    g_hash_table_remove_all (self->kept);
  layout = pango_layout_new (self->context);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_height (layout, -(gint)key->max_lines);
  pango_layout_set_width (layout, key->width);
  pango_layout_set_alignment (layout, key->alignment);
  pango_layout_set_text (layout, key->text, -1);
  own = g_new (Key, 1);
  *own = *key;
  own->text = g_strdup (key->text);
  g_hash_table_insert (self->kept, own, layout);
  return layout;
}

/* --- Plain texts --- */

static gboolean
stands_alone (gunichar character)
{
  switch (g_unichar_get_script (character)) {
  case G_UNICODE_SCRIPT_HAN:
  case G_UNICODE_SCRIPT_LATIN:
  case G_UNICODE_SCRIPT_BOPOMOFO:
    return TRUE;
  case G_UNICODE_SCRIPT_COMMON:
    return g_unichar_isprint (character);
  default:
    return FALSE;
  }
}

static Glyph *
make_glyph (AcPdfText *self, gunichar character)
{
  Glyph *glyph = g_new0 (Glyph, 1);
  g_autoptr (PangoLayout) layout = NULL;
  gchar text[7] = { 0 };
  PangoLayoutRun *run;

  if (!stands_alone (character))
    return glyph;
  g_unichar_to_utf8 (character, text);
  layout = pango_layout_new (self->context);
  pango_layout_set_text (layout, text, -1);
  run = pango_layout_get_line_readonly (layout, 0)->runs != NULL
            ? pango_layout_get_line_readonly (layout, 0)->runs->data
            : NULL;
  if (run == NULL || run->glyphs->num_glyphs != 1 ||
      (run->glyphs->glyphs[0].glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0)
    return glyph;
  glyph->font = g_object_ref (run->item->analysis.font);
  glyph->glyph = run->glyphs->glyphs[0].glyph;
  glyph->width = (gdouble)run->glyphs->glyphs[0].geometry.width / PANGO_SCALE;
  return glyph;
}

static const Glyph *
glyph_of (AcPdfText *self, gunichar character)
{
  Glyph *glyph = g_hash_table_lookup (self->glyphs, GUINT_TO_POINTER (character));

  if (glyph == NULL) {
    glyph = make_glyph (self, character);
    g_hash_table_insert (self->glyphs, GUINT_TO_POINTER (character), glyph);
  }
  return glyph;
}

/* Whether @text is of characters that stand alone, all of one font, and fits.
 * @ret_width: its width then */
static gboolean
is_plain (AcPdfText *self, const gchar *text, gdouble width, gdouble *ret_width)
{
  PangoFont *font = NULL;
  guint n = 0;

  for (*ret_width = 0; *text != '\0'; text = g_utf8_next_char (text)) {
    const Glyph *glyph = glyph_of (self, g_utf8_get_char (text));

    *ret_width += glyph->width;
    if (glyph->font == NULL || (font != NULL && font != glyph->font) ||
        *ret_width > width || ++n > PLAIN_CHARS_MAX)
      return FALSE;
    font = glyph->font;
  }
  return TRUE;
}

/* @x, @y: where its baseline begins */
static void
show_plain (AcPdfText *self, const gchar *text, gdouble x, gdouble y)
{
  cairo_glyph_t glyphs[PLAIN_CHARS_MAX];
  cairo_text_cluster_t clusters[PLAIN_CHARS_MAX];
  PangoFont *font = NULL;
  gint n = 0;

  for (const gchar *at = text; *at != '\0'; at = g_utf8_next_char (at), n++) {
    const Glyph *glyph = glyph_of (self, g_utf8_get_char (at));

    glyphs[n] = (cairo_glyph_t){ glyph->glyph, x, y };
    clusters[n] = (cairo_text_cluster_t){ (gint)(g_utf8_next_char (at) - at), 1 };
    x += glyph->width;
    font = glyph->font;
  }
  cairo_set_scaled_font (self->cairo,
                         pango_cairo_font_get_scaled_font (PANGO_CAIRO_FONT (font)));
  cairo_show_text_glyphs (self->cairo, text, (gint)strlen (text), glyphs, n, clusters,
                          n, 0);
}

/* --- Any text --- */

gdouble
ac_pdf_text_height (AcPdfText *self, const gchar *text, gdouble width, guint max_lines)
{
  Key key = { (gchar *)text, (gint)(width * PANGO_SCALE), max_lines, PANGO_ALIGN_LEFT };
  PangoRectangle extents;
  gdouble own;

  if (is_plain (self, text, width, &own))
    return self->line_height;
  pango_layout_get_extents (layout_of (self, &key), NULL, &extents);
  return (gdouble)extents.height / PANGO_SCALE;
}

void
ac_pdf_text_show (AcPdfText *self, const gchar *text, gdouble x, gdouble y,
                  gdouble width, guint max_lines, PangoAlignment alignment)
{
  Key key = { (gchar *)text, (gint)(width * PANGO_SCALE), max_lines, alignment };
  gdouble own, before;

  if (*text == '\0')
    return;
  if (is_plain (self, text, width, &own)) {
    before = alignment == PANGO_ALIGN_RIGHT    ? width - own
             : alignment == PANGO_ALIGN_CENTER ? (width - own) / 2
                                               : 0;
    show_plain (self, text, x + before, y + self->ascent);
    return;
  }
  cairo_move_to (self->cairo, x, y);
  pango_cairo_show_layout (self->cairo, layout_of (self, &key));
}
