/* page_model.h - what a page makes of the messages of docs/protocol.md, as small as it
 * can be: it holds a "state" and changes it by events and tallies. */
#pragma once

#include <json-glib/json-glib.h>

typedef struct {
  JsonObject *state;
} PageModel;

/* @state: (transfer full) */
void page_model_reset (PageModel *self, JsonObject *state);
void page_model_apply (PageModel *self, JsonObject *event);
void page_model_tally (PageModel *self, JsonObject *tally);
void page_model_clear (PageModel *self);
/* Returns: (transfer full): what of @state a person would see, one line a thing. */
gchar *page_model_summary (JsonObject *state);
