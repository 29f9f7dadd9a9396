/* data_dir.h - where things lie in a data directory, and the keys in it.
 *
 *   DIR/airclass.db      the database
 *   DIR/airclass.conf    configuration (optional)
 *   DIR/recordings/      the archive
 *   DIR/handouts/        files that are handed out in lessons
 *   DIR/lectures/        prepared lectures, unless the setting "lectures" names another
 *   DIR/keys/media.key   signs media addresses
 *   DIR/keys/control.key opens the admin address
 *   DIR/keys/identity.key seals identity numbers, see identity.h
 *   DIR/keys/srt.key     what the passphrases of SRT are made of
 *   DIR/keys/interchange.key  what pseudonyms and webhooks' secrets are made of
 *   DIR/ledger-heads.txt the ledger's head of each day (ledger_heads.h)
 *   DIR/run/             lock and ready.json of a running daemon
 *
 * Threads: any. */
#pragma once

#include <glib.h>

#define AC_CONTROL_KEY_CHARS 64

/* Returns: (transfer full): the default: /var/lib/airclass when it exists or this is
 * root, else $XDG_DATA_HOME/airclass. */
gchar *ac_data_dir_default (void);

/* Makes @dir and the folders in it that are missing, readable by their owner only.
 * Errors: G_FILE_ERROR, naming the path. */
gboolean ac_data_dir_prepare (const gchar *dir, GError **error);

/* Whether @dir was made by ac_data_dir_prepare() and a database is in it. */
gboolean ac_data_dir_exists (const gchar *dir);

gchar *ac_data_dir_media_key (const gchar *dir);    /* DIR/keys/media.key */
gchar *ac_data_dir_identity_key (const gchar *dir); /* DIR/keys/identity.key */
gchar *ac_data_dir_handouts (const gchar *dir);     /* DIR/handouts */
gchar *ac_data_dir_recordings (const gchar *dir);   /* DIR/recordings */
gchar *ac_data_dir_lectures (const gchar *dir);     /* DIR/lectures */
gchar *ac_data_dir_ready_file (const gchar *dir);   /* DIR/run/ready.json */
gchar *ac_data_dir_lock_file (const gchar *dir);    /* DIR/run/lock */
gchar *ac_data_dir_heads_file (const gchar *dir);   /* DIR/ledger-heads.txt */

/* Reads DIR/keys/control.key; makes it (0600, synced) when nobody has yet. Two that
 * come at once get the same key.
 * Returns: (transfer full): 64 hexadecimal digits. Errors: G_FILE_ERROR; a file that
 * holds something else is named, never replaced. */
gchar *ac_data_dir_control_key (const gchar *dir, GError **error);
/* The same of DIR/keys/srt.key. */
gchar *ac_data_dir_srt_key (const gchar *dir, GError **error);
/* The same of DIR/keys/interchange.key. */
gchar *ac_data_dir_interchange_key (const gchar *dir, GError **error);

/* The addresses that a daemon of @dir would give people, by DIR/airclass.conf and the
 * environment; http://127.0.0.1:8080 and rtmp://127.0.0.1:1935 when these say nothing.
 * Errors: AC_SETTINGS_ERROR. */
gboolean ac_data_dir_addresses (const gchar *dir, gchar **ret_http, gchar **ret_rtmp,
                                GError **error);
/* What it would say of SRT.
 * @ret_url: (out) (nullable): "srt://HOST:PORT"; NULL when there is none, or only a
 * running daemon knows its port
 * @ret_secret: (out) (nullable): what passphrases are made of; NULL without encryption
 * Errors: AC_SETTINGS_ERROR, G_FILE_ERROR. */
gboolean ac_data_dir_srt (const gchar *dir, gchar **ret_url, gchar **ret_secret,
                          GError **error);
/* How long its addresses of media would be good for, by the same.
 * Returns: 0 with AC_SETTINGS_ERROR. */
gint64 ac_data_dir_media_life_s (const gchar *dir, GError **error);
/* Where a daemon of @dir would look for prepared lectures, by the same.
 * Returns: (transfer full). Errors: AC_SETTINGS_ERROR. */
gchar *ac_data_dir_configured_lectures (const gchar *dir, GError **error);
