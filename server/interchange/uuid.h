/* uuid.h - identifiers that follow from names: the same name, the same identifier.
 *
 * RFC 9562. Threads: any. */
#pragma once

#include <glib.h>

#define AC_UUID_CHARS 36

/* @ret_uuid: version 5 (section 5.5) of @name in the namespace of URLs */
void ac_uuid_of_url (const gchar *url, gchar ret_uuid[AC_UUID_CHARS + 1]);
/* The same with the version bits of a random one: who checks for version 4 takes no
 * other. */
void ac_uuid_as_random (const gchar *url, gchar ret_uuid[AC_UUID_CHARS + 1]);
