#include "pdf_text.h"

#define FAMILY "Noto Sans CJK SC"
#define KEPT_MAX 8192
/* A plain text is no longer than this; others are laid out by Pango. */
#define PLAIN_CHARS_MAX 256
#define PLAIN_LINES_MAX 32

/* A character that stands by itself. */
typedef struct {
  PangoFont *font; /* NULL: it is laid out with its neighbours */
  PangoGlyph glyph;
  gdouble width;
} Glyph;

/* Of a plain text: those from its character @from to before @until. */
typedef struct {
  guint from, until;
  gdouble width;
} Line;

typedef struct {
  guint n;
  const Glyph *glyphs[PLAIN_CHARS_MAX];
  const gchar *at[PLAIN_CHARS_MAX + 1];
  Line lines[PLAIN_LINES_MAX];
  guint n_lines;
} Plain;

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
  /* What is still to be drawn, all of one font: a page's texts go out together, for
   * each call costs cairo more than the glyphs do. */
  PangoFont *drawn_with; /* (nullable): a Glyph's */
  GArray *drawn, *clusters;
  GString *drawn_text;
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
  self->drawn = g_array_new (FALSE, FALSE, sizeof (cairo_glyph_t));
  self->clusters = g_array_new (FALSE, FALSE, sizeof (cairo_text_cluster_t));
  self->drawn_text = g_string_new (NULL);
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
  g_array_unref (self->drawn);
  g_array_unref (self->clusters);
  g_string_free (self->drawn_text, TRUE);
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

/* Whether @text is of characters that stand alone, all of one font. */
static gboolean
read_plain (AcPdfText *self, const gchar *text, Plain *plain)
{
  for (plain->n = 0; *text != '\0'; text = g_utf8_next_char (text)) {
    const Glyph *glyph;

    if (plain->n == PLAIN_CHARS_MAX)
      return FALSE;
    glyph = glyph_of (self, g_utf8_get_char (text));
    if (glyph->font == NULL || (plain->n > 0 && glyph->font != plain->glyphs[0]->font))
      return FALSE;
    plain->glyphs[plain->n] = glyph;
    plain->at[plain->n++] = text;
  }
  plain->at[plain->n] = text;
  return TRUE;
}

/* Returns: the character before which the line from @from on ends. */
static guint
end_line (const Plain *plain, const PangoLogAttr *breaks, guint from, gdouble width)
{
  guint at = from, last = from;

  /* Blanks may hang over. */
  for (gdouble x = 0; at < plain->n; at++) {
    x += plain->glyphs[at]->width;
    if (at > from && breaks[at].is_line_break)
      last = at;
    if (x > width && !breaks[at].is_white)
      break;
  }
  if (at == plain->n)
    return at;
  return last > from ? last : MAX (at, from + 1);
}

static gboolean
add_line (Plain *plain, const PangoLogAttr *breaks, guint from, guint until)
{
  Line *line = &plain->lines[plain->n_lines];

  if (plain->n_lines == PLAIN_LINES_MAX)
    return FALSE;
  while (breaks != NULL && until > from + 1 && breaks[until - 1].is_white)
    until--;
  *line = (Line){ from, until, 0 };
  for (guint i = from; i < until; i++)
    line->width += plain->glyphs[i]->width;
  plain->n_lines++;
  return TRUE;
}

/* Sets @plain to the lines of @text, broken where Unicode (UAX 14) lets it.
 * Returns: FALSE when that is Pango's to do. */
static gboolean
lay_out (AcPdfText *self, const gchar *text, gdouble width, guint max_lines,
         Plain *plain)
{
  PangoLogAttr breaks[PLAIN_CHARS_MAX + 1];

  if (!read_plain (self, text, plain))
    return FALSE;
  plain->n_lines = 0;
  add_line (plain, NULL, 0, plain->n);
  if (plain->lines[0].width <= width)
    return TRUE;
  plain->n_lines = 0;
  pango_default_break (text, -1, NULL, breaks, (gint)plain->n + 1);
  for (guint from = 0, until; from < plain->n; from = until) {
    until = end_line (plain, breaks, from, width);
    if (!add_line (plain, breaks, from, until))
      return FALSE;
  }
  return plain->n_lines <= max_lines;
}

/* @x, @y: where its baseline begins */
static void
show_line (AcPdfText *self, const Plain *plain, const Line *line, gdouble x, gdouble y)
{
  PangoFont *font = plain->glyphs[line->from]->font;

  if (font != self->drawn_with)
    ac_pdf_text_flush (self);
  self->drawn_with = font;
  for (guint i = line->from; i < line->until; i++) {
    cairo_glyph_t glyph = { plain->glyphs[i]->glyph, x, y };
    cairo_text_cluster_t cluster = { (gint)(plain->at[i + 1] - plain->at[i]), 1 };

    g_array_append_val (self->drawn, glyph);
    g_array_append_val (self->clusters, cluster);
    x += plain->glyphs[i]->width;
  }
  g_string_append_len (self->drawn_text, plain->at[line->from],
                       plain->at[line->until] - plain->at[line->from]);
}

void
ac_pdf_text_flush (AcPdfText *self)
{
  if (self->drawn->len > 0) {
    cairo_set_scaled_font (self->cairo, pango_cairo_font_get_scaled_font (
                                            PANGO_CAIRO_FONT (self->drawn_with)));
    cairo_show_text_glyphs (
        self->cairo, self->drawn_text->str, (gint)self->drawn_text->len,
        (const cairo_glyph_t *)self->drawn->data, (gint)self->drawn->len,
        (const cairo_text_cluster_t *)self->clusters->data, (gint)self->clusters->len,
        0);
  }
  g_array_set_size (self->drawn, 0);
  g_array_set_size (self->clusters, 0);
  g_string_truncate (self->drawn_text, 0);
}

/* --- Any text --- */

gdouble
ac_pdf_text_height (AcPdfText *self, const gchar *text, gdouble width, guint max_lines)
{
  Key key = { (gchar *)text, (gint)(width * PANGO_SCALE), max_lines, PANGO_ALIGN_LEFT };
  PangoRectangle extents;
  Plain plain;

  if (lay_out (self, text, width, max_lines, &plain))
    return self->line_height * plain.n_lines;
  pango_layout_get_extents (layout_of (self, &key), NULL, &extents);
  return (gdouble)extents.height / PANGO_SCALE;
}

void
ac_pdf_text_show (AcPdfText *self, const gchar *text, gdouble x, gdouble y,
                  gdouble width, guint max_lines, PangoAlignment alignment)
{
  Key key = { (gchar *)text, (gint)(width * PANGO_SCALE), max_lines, alignment };
  Plain plain;

  if (*text == '\0')
    return;
  if (lay_out (self, text, width, max_lines, &plain)) {
    for (guint i = 0; i < plain.n_lines; i++) {
      const Line *line = &plain.lines[i];
      gdouble spare = width - line->width;

      show_line (self, &plain, line,
                 x + (alignment == PANGO_ALIGN_RIGHT    ? spare
                      : alignment == PANGO_ALIGN_CENTER ? spare / 2
                                                        : 0),
                 y + self->ascent + i * self->line_height);
    }
    return;
  }
  cairo_move_to (self->cairo, x, y);
  pango_cairo_show_layout (self->cairo, layout_of (self, &key));
}
