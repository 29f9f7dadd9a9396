#include "interchange_printout.h"

#include "table.h"

#include <string.h>

static const gchar *
text_of (JsonObject *object, const gchar *name)
{
  const gchar *text = json_object_get_string_member_with_default (object, name, NULL);

  return text != NULL ? text : "-";
}

static gint64
int_of (JsonObject *object, const gchar *name)
{
  return json_object_get_int_member_with_default (object, name, 0);
}

static const gchar *
standing (JsonObject *webhook)
{
  if (json_object_get_boolean_member_with_default (webhook, "stopped", FALSE))
    return "given up";
  return json_object_get_null_member (webhook, "failing_since") ? "told" : "failing";
}

static gchar *
print_webhooks (JsonObject *result)
{
  JsonArray *webhooks = json_object_get_array_member (result, "webhooks");
  g_autoptr (AcTable) table = ac_table_new (
      (const gchar *const[]){ "ID", "URL", "EVENTS", "STATE", "ERROR", NULL }, "><<<<");

  for (guint i = 0; i < json_array_get_length (webhooks); i++) {
    JsonObject *webhook = json_array_get_object_element (webhooks, i);
    g_autofree gchar *id =
        g_strdup_printf ("%" G_GINT64_FORMAT, int_of (webhook, "webhook"));
    const gchar *events = text_of (webhook, "events");

    ac_table_add_row (table, (const gchar *const[]){
                                 id, text_of (webhook, "url"),
                                 *events != '\0' ? events : "all", standing (webhook),
                                 text_of (webhook, "error"), NULL });
  }
  return ac_table_to_text (table);
}

gchar *
ac_interchange_printout (const gchar *command, JsonObject *result)
{
  if (strcmp (command, "webhook-list") == 0)
    return print_webhooks (result);
  if (strcmp (command, "webhook-add") == 0)
    return g_strdup_printf ("webhook %" G_GINT64_FORMAT "\nsecret  %s\n"
                            "The secret is not shown again.\n",
                            int_of (result, "webhook"), text_of (result, "secret"));
  if (g_str_has_prefix (command, "webhook-"))
    return g_strdup_printf (
        "Webhook %" G_GINT64_FORMAT " is %s.\n", int_of (result, "webhook"),
        strcmp (command, "webhook-remove") == 0 ? "removed" : "told again");
  if (strcmp (command, "report") == 0)
    return json_object_has_member (result, "code")
               ? g_strdup_printf ("The transcript %s is in %s.\n",
                                  text_of (result, "code"), text_of (result, "file"))
               : g_strdup_printf ("The report is in %s.\n", text_of (result, "file"));
  if (strcmp (command, "statements-export") == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " statements are in %s.\n",
                            int_of (result, "statements"), text_of (result, "file"));
  if (strcmp (command, "oneroster-export") == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " users, %" G_GINT64_FORMAT
                            " classes and %" G_GINT64_FORMAT
                            " enrollments are in %s.\n",
                            int_of (result, "users"), int_of (result, "classes"),
                            int_of (result, "enrollments"), text_of (result, "file"));
  return NULL;
}
