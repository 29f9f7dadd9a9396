/* secrets.h - what others know members and webhooks by, made of the key in
 * DIR/keys/interchange.key. Nothing of it is stored. Threads: any. */
#pragma once

#include <glib.h>

/* Returns: (transfer full): 32 hexadecimal digits that stay the same for @member and
 * tell nothing about them without @key. */
gchar *ac_secret_pseudonym (const gchar *key, gint64 member);
/* Returns: (transfer full): what a webhook's deliveries are signed with, in the form of
 * Standard Webhooks: "whsec_" and 32 bytes in base64. */
gchar *ac_secret_of_webhook (const gchar *key, const gchar *uid);
/* Returns: (transfer full): "v1,BASE64" of HMAC-SHA256 over "ID.TIMESTAMP.BODY"
 * (https://www.standardwebhooks.com, "Signature scheme"). */
gchar *ac_secret_sign (const gchar *key, const gchar *uid, const gchar *message_id,
                       gint64 timestamp_s, GBytes *body);
