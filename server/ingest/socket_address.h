/* socket_address.h - addresses as the operator writes them and as the log shows them.
 *
 * Threads: any. */
#pragma once

#include <gio/gio.h>

/* @listen: "127.0.0.1:0", "[::]:1935"; a name stands for the first of its addresses
 * @default_port: when it names none
 * Errors: GIO's. */
GSocketAddress *ac_socket_address_resolve (const gchar *listen, guint16 default_port,
                                           GError **error);

/* Returns: (transfer full): "192.0.2.1:50123", "[2001:db8::1]:50123"; "unknown" for
 * NULL and what is no internet address. IPv4 at a listener for both is IPv4. */
gchar *ac_socket_address_text (GSocketAddress *address);
