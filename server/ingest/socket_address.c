#include "socket_address.h"

#include <string.h>

#define MAPPED_PREFIX "::ffff:"

GSocketAddress *
ac_socket_address_resolve (const gchar *listen, guint16 default_port, GError **error)
{
  g_autoptr (GSocketConnectable) name =
      g_network_address_parse (listen, default_port, error);
  g_autoptr (GSocketAddressEnumerator) addresses = NULL;
  GSocketAddress *address;

  if (name == NULL)
    return NULL;
  addresses = g_socket_connectable_enumerate (name);
  address = g_socket_address_enumerator_next (addresses, NULL, error);
  if (address == NULL && error != NULL && *error == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such address");
  return address;
}

gchar *
ac_socket_address_text (GSocketAddress *address)
{
  g_autofree gchar *host = NULL;
  GInetAddress *inet;
  guint16 port;

  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("unknown");
  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  host = g_inet_address_to_string (inet);
  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4)
    return g_strdup_printf ("%s:%u", host, port);
  if (g_str_has_prefix (host, MAPPED_PREFIX))
    return g_strdup_printf ("%s:%u", host + strlen (MAPPED_PREFIX), port);
  return g_strdup_printf ("[%s]:%u", host, port);
}
