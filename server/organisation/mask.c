#include "mask.h"

#include <string.h>

gchar *
ac_mask_name (const gchar *name)
{
  glong length = g_utf8_strlen (name, -1);
  g_autoptr (GString) out = g_string_new (NULL);

  for (glong i = 0; i < length; i++, name = g_utf8_next_char (name))
    if (i == 0 || (i == length - 1 && length > 2))
      g_string_append_unichar (out, g_utf8_get_char (name));
    else
      g_string_append_c (out, '*');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

gchar *
ac_mask_phone (const gchar *phone)
{
  gsize length = phone != NULL ? strlen (phone) : 0;
  gboolean mobile = length >= 11;

  if (phone == NULL)
    return NULL;
  return g_strdup_printf ("%.*s****%s", mobile ? 3 : 2, phone,
                          phone + length - MIN (length, mobile ? 4 : 2));
}
