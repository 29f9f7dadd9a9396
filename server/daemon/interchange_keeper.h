/* interchange_keeper.h - what other systems are told while the daemon runs: a learning
 * record store, if one is set, and whoever registered a webhook.
 *
 * Threads:   main loop.
 * Ownership: plain; freed before its store. */
#pragma once

#include "settings.h"
#include "store.h"

typedef struct _AcInterchangeKeeper AcInterchangeKeeper;

/* @settings: of daemon_settings.h
 * @http: the address that people are given
 * Errors: AC_SETTINGS_ERROR when the record store cannot be told by its address;
 * G_FILE_ERROR of the key. */
AcInterchangeKeeper *ac_interchange_keeper_new (AcStore *store, const gchar *data_dir,
                                                AcSettings *settings, const gchar *http,
                                                GError **error);
void ac_interchange_keeper_free (AcInterchangeKeeper *self);

/* Appends lines of the Prometheus text format. */
void ac_interchange_keeper_metrics (AcInterchangeKeeper *self, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcInterchangeKeeper, ac_interchange_keeper_free)
