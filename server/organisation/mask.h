/* mask.h - personal data as others see it.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

/* Returns: (transfer full): "王*明", "王*"; "J***n" of what is no Chinese name. */
gchar *ac_mask_name (const gchar *name);
/* Returns: (transfer full) (nullable): "138****8000"; NULL for NULL. */
gchar *ac_mask_phone (const gchar *phone);
