/* What browsers trickle. */
#include "ice_fragment.h"

#include "wire.h"

#include <string.h>

#define PWD "0123456789abcdefghij+/"
#define CANDIDATE "a=candidate:1 1 UDP 1 192.0.2.1 1024 typ host\r\n"

static gchar *
repeated (const gchar *text, guint n)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (all, text);
  return g_string_free (all, FALSE);
}

/* Returns: what was told of @text: "ufrag pwd candidates", or the fault's last words.
 */
static gchar *
told_of (const gchar *text, gsize size)
{
  AcIceFragment fragment = { .ufrag = (gchar *)"untouched" };
  g_autoptr (GError) error = NULL;
  gchar *told;

  if (!ac_ice_fragment_parse (text, size, &fragment, &error)) {
    g_assert_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED);
    g_assert_cmpstr (fragment.ufrag, ==, "untouched");
    return g_strdup (strchr (error->message, ':') + 2);
  }
  told = g_strdup_printf ("%s %s %u", fragment.ufrag != NULL ? fragment.ufrag : "-",
                          fragment.pwd != NULL ? fragment.pwd : "-",
                          fragment.candidates->len);
  ac_ice_fragment_clear (&fragment);
  return told;
}

static void
test_lines (void)
{
  static const struct {
    const gchar *text, *told;
  } cases[] = {
    { "a=ice-ufrag:abcd\r\na=ice-pwd:" PWD "\r\nm=audio 9 X 0\r\na=mid:0\r\n" CANDIDATE,
      "abcd " PWD " 1" },
    { "a=ice-ufrag:abcd\n" CANDIDATE CANDIDATE, "abcd - 2" },
    { "a=mid:0\r\na=end-of-candidates\r\n", "- - 0" },
    { "what is this\r\n\r\n", "- - 0" },
    { "a=ice-ufrag:abcd\r\nm=video 9 X 0\r\na=ice-ufrag:abcd\r\n", "abcd - 0" },
    { "a=ice-ufrag:abcd\r\nm=video 9 X 0\r\na=ice-ufrag:efgh\r\n",
      "its tracks have several user names or passwords of ICE" },
    { "a=ice-ufrag:abc\r\n", "a user name or password of ICE is too short, too long or "
                             "has forbidden characters" },
    { "a=ice-ufrag:ab cd\r\n", "a user name or password of ICE is too short, too long "
                               "or has forbidden characters" },
    { "a=ice-ufrag:abcd\r\na=ice-pwd:short\r\n",
      "a user name or password of ICE is too short, too long or has forbidden "
      "characters" },
    { "a=ice-pwd:" PWD "\r\n", "it has a password of ICE without a user name" },
    { "a=mid:\x01\r\n", "a line has characters that are not printable" },
    { "a=mid:\xe8\xaf\xbe\r\n", "a line has characters that are not printable" },
    { "a=mid:0\ra=mid:1\n", "a line has characters that are not printable" },
    { "", "it must have some text, of 16 KiB at most" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *told = told_of (cases[i].text, strlen (cases[i].text));

    g_assert_cmpstr (told, ==, cases[i].told);
  }
}

static void
check_limit (const gchar *line, guint most, const gchar *fault)
{
  g_autofree gchar *fits = repeated (line, most);
  g_autofree gchar *more = repeated (line, most + 1);
  g_autofree gchar *told = told_of (fits, strlen (fits));
  g_autofree gchar *told_more = told_of (more, strlen (more));

  g_assert_true (g_str_has_prefix (told, "- - "));
  g_assert_cmpstr (told_more, ==, fault);
}

static void
test_limits (void)
{
  g_autofree gchar *letters = repeated ("a", AC_ICE_FRAGMENT_MAX_BYTES + 1);
  g_autofree gchar *line = g_strndup (letters, AC_ICE_LINE_MAX_BYTES + 1);
  g_autofree gchar *name = g_strndup (letters, AC_ICE_CREDENTIAL_MAX_CHARS + 1);
  g_autofree gchar *credential = g_strconcat ("a=ice-ufrag:", name, NULL);
  g_autofree gchar *told = told_of (letters, AC_ICE_FRAGMENT_MAX_BYTES + 1);
  g_autofree gchar *told_line = told_of (line, strlen (line));
  g_autofree gchar *told_credential = told_of (credential, strlen (credential));
  g_autofree gchar *told_zero = told_of ("a=mid:0\0a=mid:1", 15);

  check_limit (CANDIDATE, AC_ICE_MAX_CANDIDATES, "it has too many candidates");
  check_limit ("a=x\n", AC_ICE_MAX_LINES - 1, "it has too many lines");
  g_assert_cmpstr (told, ==, "it must have some text, of 16 KiB at most");
  g_assert_cmpstr (told_line, ==, "a line is too long");
  g_assert_true (g_str_has_prefix (told_credential, "a user name"));
  g_assert_cmpstr (told_zero, ==, "a line has characters that are not printable");
}

static void
test_ufrag_of (void)
{
  g_autofree gchar *found =
      ac_ice_ufrag_of ("v=0\r\na=ice-ufrag:one\r\na=ice-ufrag:two\n");
  g_autofree gchar *last = ac_ice_ufrag_of ("a=ice-ufrag:one");
  g_autofree gchar *none = ac_ice_ufrag_of ("v=0\r\n");

  g_assert_cmpstr (found, ==, "one");
  g_assert_cmpstr (last, ==, "one");
  g_assert_null (none);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice-fragment/lines", test_lines);
  g_test_add_func ("/ice-fragment/limits", test_limits);
  g_test_add_func ("/ice-fragment/ufrag-of", test_ufrag_of);
  return g_test_run ();
}
