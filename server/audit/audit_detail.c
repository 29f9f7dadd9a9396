#include "audit.h"

#include <json-glib/json-glib.h>

gchar *
ac_audit_detail (const gchar *types, ...)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  va_list values;

  va_start (values, types);
  for (; *types != '\0'; types++) {
    const gchar *name = va_arg (values, const gchar *);

    if (*types == 't') {
      const gchar *text = va_arg (values, const gchar *);

      if (text != NULL)
        json_object_set_string_member (object, name, text);
    } else {
      gint64 number = va_arg (values, gint64);

      if (number != 0 || *types == 'i')
        json_object_set_int_member (object, name, number);
    }
  }
  va_end (values);
  json_node_take_object (node, object);
  return json_to_string (node, FALSE);
}
