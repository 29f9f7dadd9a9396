/* roster_json.h - what an import would do, as tool and pages are told.
 *
 * Threads: any. */
#pragma once

#include "roster.h"

#include <json-glib/json-glib.h>

/* Without its rows: digest, applied, how many of each fate, headings that are ignored.
 */
JsonObject *ac_roster_report_to_json (const AcRosterReport *report);
/* The row's number, its fate, and why it is refused or what it changes. */
JsonObject *ac_roster_row_to_json (const AcRosterRow *row);
