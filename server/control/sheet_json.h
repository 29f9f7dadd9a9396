/* sheet_json.h - tables on their way between tool and daemon: [[1, "编号", "姓名"],
 * ...], each row with its number before its cells.
 *
 * Threads: any. */
#pragma once

#include "sheet.h"

#include <json-glib/json-glib.h>

JsonArray *ac_sheet_to_json (const AcSheet *sheet);
/* Errors: AC_SHEET_ERROR. */
AcSheet *ac_sheet_from_json (JsonArray *rows, GError **error);
