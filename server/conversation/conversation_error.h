/* conversation_error.h - what is refused of what people say in a lesson.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

typedef enum {
  AC_CONVERSATION_ERROR_INVALID,   /* a value is refused; field */
  AC_CONVERSATION_ERROR_NOT_FOUND, /* it names something that is not there; field */
  AC_CONVERSATION_ERROR_STATE,    /* not now: closed, withdrawn, the lesson has ended */
  AC_CONVERSATION_ERROR_MUTED,    /* this member may not speak in this lesson */
  AC_CONVERSATION_ERROR_TOO_FAST, /* _after_ms() says when */
  AC_CONVERSATION_ERROR_LIMIT,    /* enough of it in this lesson */
} AcConversationError;
#define AC_CONVERSATION_ERROR (ac_conversation_error_quark ())
GQuark ac_conversation_error_quark (void);

/* Sets @error.
 * @field: (nullable): static, the member at fault
 * @format: one sentence: what, and how to mend it
 * Returns: FALSE. */
gboolean ac_conversation_refuse (GError **error, AcConversationError code,
                                 const gchar *field, const gchar *format, ...)
    G_GNUC_PRINTF (4, 5);
/* TOO_FAST. Returns: FALSE. */
gboolean ac_conversation_put_off (GError **error, gint64 after_ms);

/* "invalid", "not-found", "state", "muted", "too-fast", "limit" */
const gchar *ac_conversation_error_name (AcConversationError code);
/* Returns: (nullable): NULL for errors of other domains too. */
const gchar *ac_conversation_error_field (const GError *error);
/* Returns: 0: not said. */
gint64 ac_conversation_error_after_ms (const GError *error);
