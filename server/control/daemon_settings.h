/* daemon_settings.h - everything that can be configured, in one table.
 *
 * The daemon obeys it; the tool reads from it which addresses to print when no daemon
 * runs; docs show its sample.
 *
 * Threads: any. */
#pragma once

#include "settings.h"

const AcSetting *ac_daemon_settings_table (void);

/* The addresses that people are given: the configured public ones, else those that
 * are bound. @port: that was bound, 0 when nothing is: the configured one.
 * Returns: (transfer full): "http://HOST:PORT", "rtmp://HOST:PORT". */
gchar *ac_daemon_settings_http_url (AcSettings *settings, guint16 port);
gchar *ac_daemon_settings_rtmp_url (AcSettings *settings, guint16 port);

/* Returns: (transfer full) (nullable): "srt://HOST:PORT"; NULL when there is none, or
 * its port is not known before it is bound. */
gchar *ac_daemon_settings_srt_url (AcSettings *settings, guint16 port);

/* @scheme: "http", "https", "rtmp" or "srt"
 * Returns: (transfer full): the address that is bound, whatever people are given. */
gchar *ac_daemon_settings_bound_url (AcSettings *settings, const gchar *scheme,
                                     guint16 port);

/* Returns: (transfer full): the directory of prepared lectures of @data_dir. */
gchar *ac_daemon_settings_lectures (AcSettings *settings, const gchar *data_dir);

/* Returns: TRUE when @address ("HOST:PORT", "[HOST]:PORT") is of this machine only. */
gboolean ac_daemon_settings_is_loopback (const gchar *address);
