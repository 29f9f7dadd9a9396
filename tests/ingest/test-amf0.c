#include "amf0.h"

#include <string.h>

#define BYTES(...) (const guint8[]){ __VA_ARGS__ }, sizeof ((guint8[]){ __VA_ARGS__ })

typedef struct {
  const gchar *name;
  const guint8 *bytes;
  gsize size;
  gboolean good;
  gsize left; /* bytes behind the value */
} SkipCase;

static const SkipCase skip_cases[] = {
  { "number", BYTES (0, 1, 2, 3, 4, 5, 6, 7, 8), TRUE, 0 },
  { "number-cut", BYTES (0, 1, 2, 3, 4, 5, 6, 7), FALSE, 0 },
  { "boolean", BYTES (1, 1, 99), TRUE, 1 },
  { "boolean-cut", BYTES (1), FALSE, 0 },
  { "string", BYTES (2, 0, 2, 'h', 'i'), TRUE, 0 },
  { "string-empty", BYTES (2, 0, 0), TRUE, 0 },
  { "string-giant", BYTES (2, 0xff, 0xff, 'h', 'i'), FALSE, 0 },
  { "string-cut", BYTES (2, 0), FALSE, 0 },
  { "long-string", BYTES (12, 0, 0, 0, 1, 'x'), TRUE, 0 },
  { "long-string-giant", BYTES (12, 0xff, 0xff, 0xff, 0xff, 'x'), FALSE, 0 },
  { "xml", BYTES (15, 0, 0, 0, 1, '<'), TRUE, 0 },
  { "null", BYTES (5, 5), TRUE, 1 },
  { "undefined", BYTES (6), TRUE, 0 },
  { "unsupported", BYTES (13), TRUE, 0 },
  { "reference", BYTES (7, 0, 1), TRUE, 0 },
  { "date", BYTES (11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), TRUE, 0 },
  { "object", BYTES (3, 0, 1, 'a', 5, 0, 0, 9), TRUE, 0 },
  { "object-no-end", BYTES (3, 0, 1, 'a', 5, 0, 0), FALSE, 0 },
  { "object-empty-name", BYTES (3, 0, 0, 5, 0, 0, 9), TRUE, 0 },
  { "typed-object", BYTES (16, 0, 1, 'T', 0, 1, 'a', 5, 0, 0, 9), TRUE, 0 },
  { "ecma-array", BYTES (8, 0xff, 0xff, 0xff, 0xff, 0, 1, 'a', 5, 0, 0, 9), TRUE, 0 },
  { "strict-array", BYTES (10, 0, 0, 0, 2, 5, 5), TRUE, 0 },
  { "strict-array-giant", BYTES (10, 0xff, 0xff, 0xff, 0xff, 5, 5), FALSE, 0 },
  { "stray-object-end", BYTES (9), FALSE, 0 },
  { "movieclip", BYTES (4), FALSE, 0 },
  { "amf3", BYTES (17), FALSE, 0 },
};

static void
test_skip (gconstpointer data)
{
  const SkipCase *c = data;
  AcAmf0Reader reader;

  ac_amf0_reader_init (&reader, c->bytes, c->size);
  g_assert_cmpint (ac_amf0_skip (&reader), ==, c->good);
  if (c->good) {
    g_assert_null (reader.problem);
    g_assert_cmpuint (reader.end - reader.at, ==, c->left);
  } else {
    g_assert_nonnull (reader.problem);
    g_assert_cmpint (ac_amf0_reader_peek (&reader), ==, -1);
    g_assert_false (ac_amf0_skip (&reader));
  }
}

static void
test_empty (void)
{
  AcAmf0Reader reader;
  AcAmf0Text text;

  ac_amf0_reader_init (&reader, NULL, 0);
  g_assert_cmpint (ac_amf0_reader_peek (&reader), ==, -1);
  g_assert_null (reader.problem);
  g_assert_false (ac_amf0_read_string (&reader, &text));
  g_assert_nonnull (reader.problem);
}

static void
test_depth (void)
{
  for (guint depth = AC_AMF0_MAX_DEPTH - 1; depth <= AC_AMF0_MAX_DEPTH; depth++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    AcAmf0Reader reader;

    for (guint i = 0; i < depth; i++) {
      ac_amf0_write_object_start (bytes);
      ac_amf0_write_field (bytes, "o");
    }
    ac_amf0_write_null (bytes);
    for (guint i = 0; i < depth; i++)
      ac_amf0_write_object_end (bytes);
    ac_amf0_reader_init (&reader, bytes->data, bytes->len);
    g_assert_cmpint (ac_amf0_skip (&reader), ==, depth < AC_AMF0_MAX_DEPTH);
  }
}

static void
test_count (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  AcAmf0Reader reader;

  for (guint i = 0; i <= AC_AMF0_MAX_VALUES; i++)
    ac_amf0_write_null (bytes);
  ac_amf0_reader_init (&reader, bytes->data, bytes->len);
  for (guint i = 0; i < AC_AMF0_MAX_VALUES; i++)
    g_assert_true (ac_amf0_skip (&reader));
  g_assert_false (ac_amf0_skip (&reader));
}

static void
test_wrong_type (void)
{
  const guint8 bytes[] = { 5, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
  AcAmf0Reader reader;
  AcAmf0Text text;
  gdouble number;
  gboolean flag;

  ac_amf0_reader_init (&reader, bytes, sizeof bytes);
  g_assert_false (ac_amf0_read_number (&reader, &number));
  ac_amf0_reader_init (&reader, bytes, sizeof bytes);
  g_assert_false (ac_amf0_read_boolean (&reader, &flag));
  ac_amf0_reader_init (&reader, bytes, sizeof bytes);
  g_assert_false (ac_amf0_read_string (&reader, &text));
  ac_amf0_reader_init (&reader, bytes, sizeof bytes);
  g_assert_false (ac_amf0_read_object_start (&reader));
}

/* Every writer is read back, and no prefix of the whole is read to its end. */
static void
test_round_trip (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  AcAmf0Reader reader;
  AcAmf0Text text;
  gdouble number;
  gboolean flag, end;

  ac_amf0_write_string (bytes, "空中课堂");
  ac_amf0_write_number (bytes, -1.5);
  ac_amf0_write_boolean (bytes, TRUE);
  ac_amf0_write_null (bytes);
  ac_amf0_write_undefined (bytes);
  ac_amf0_write_object_start (bytes);
  ac_amf0_write_field (bytes, "code");
  ac_amf0_write_string (bytes, "x");
  ac_amf0_write_object_end (bytes);

  ac_amf0_reader_init (&reader, bytes->data, bytes->len);
  g_assert_cmpint (ac_amf0_reader_peek (&reader), ==, AC_AMF0_STRING);
  g_assert_true (ac_amf0_read_string (&reader, &text));
  g_assert_true (ac_amf0_text_equal (&text, "空中课堂"));
  g_assert_false (ac_amf0_text_equal (&text, "空中"));
  g_assert_true (ac_amf0_read_number (&reader, &number));
  g_assert_cmpfloat (number, ==, -1.5);
  g_assert_true (ac_amf0_read_boolean (&reader, &flag));
  g_assert_true (flag);
  g_assert_true (ac_amf0_skip (&reader));
  g_assert_true (ac_amf0_skip (&reader));
  g_assert_true (ac_amf0_read_object_start (&reader));
  g_assert_true (ac_amf0_read_field (&reader, &text, &end));
  g_assert_false (end);
  g_assert_true (ac_amf0_text_equal (&text, "code"));
  g_assert_true (ac_amf0_skip (&reader));
  g_assert_true (ac_amf0_read_field (&reader, &text, &end));
  g_assert_true (end);
  g_assert_true (reader.at == reader.end);

  for (gsize size = 0; size < bytes->len; size++) {
    g_autofree guint8 *cut = g_memdup2 (bytes->data, size);
    guint values = 0;

    ac_amf0_reader_init (&reader, cut, size);
    while (ac_amf0_skip (&reader))
      values++;
    g_assert_cmpuint (values, <, 6);
  }
}

static void
test_long_text_is_cut (void)
{
  g_autofree gchar *text = g_strnfill (70000, 'x');
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  AcAmf0Reader reader;
  AcAmf0Text read;

  ac_amf0_write_string (bytes, text);
  ac_amf0_reader_init (&reader, bytes->data, bytes->len);
  g_assert_true (ac_amf0_read_string (&reader, &read));
  g_assert_cmpuint (read.size, ==, 65535);
  g_assert_true (reader.at == reader.end);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (skip_cases); i++) {
    g_autofree gchar *path = g_strconcat ("/amf0/skip/", skip_cases[i].name, NULL);
    g_test_add_data_func (path, &skip_cases[i], test_skip);
  }
  g_test_add_func ("/amf0/empty", test_empty);
  g_test_add_func ("/amf0/depth", test_depth);
  g_test_add_func ("/amf0/count", test_count);
  g_test_add_func ("/amf0/wrong-type", test_wrong_type);
  g_test_add_func ("/amf0/round-trip", test_round_trip);
  g_test_add_func ("/amf0/long-text-is-cut", test_long_text_is_cut);
  return g_test_run ();
}
