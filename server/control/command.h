/* command.h - what the control's commands share. */
#pragma once

#include "control.h"
#include "json_text.h"

struct _AcControl {
  gboolean closed; /* what it is made of may be gone: only calls under way hold it */
  AcControlParts parts;
  gchar *data_dir, *lectures, *http, *rtmp, *srt, *srt_secret;
};

/* A command under way; answered exactly once by one of the functions below, which free
 * it. Its arguments live until then. */
typedef struct {
  AcControl *control; /* referenced */
  JsonObject *args;
  AcControlDone done;
  gpointer user_data;
  gchar *stream_key; /* lesson-add: shown with the answer */
  gint64 id;         /* ac_control_call_write(): what the job has added */
  void (*tell) (gpointer call);
  gpointer data; /* of the command's own */
  GDestroyNotify free_data;
} AcControlCall;

void ac_control_call_answer (AcControlCall *call, JsonNode *result); /* takes it */
void ac_control_call_answer_object (AcControlCall *call,
                                    JsonObject *object); /* takes */
void ac_control_call_fail (AcControlCall *call, const AcControlFailure *failure);
/* Fails with what @error of accounts, classroom or the store means. */
void ac_control_call_fail_error (AcControlCall *call, const GError *error);

/* Runs @job on the store thread with the call as its data, whose arguments it may read;
 * then @tell on the main loop, which answers. When the job fails so does the call.
 * @tell: takes an AcControlCall */
void ac_control_call_write (AcControlCall *call, AcStoreJob job,
                            void (*tell) (gpointer call));

/* Arguments; FALSE or NULL: the call has failed and is gone. */
gboolean ac_control_read_id (AcControlCall *call, const gchar *name, gint64 *ret_id);
gboolean ac_control_read_number (AcControlCall *call, const gchar *name, gint64 max,
                                 gint64 fallback, gint64 *ret_value);
const gchar *ac_control_read_text (AcControlCall *call, const gchar *name);
/* Fails with AC_CONTROL_INVALID. Returns: FALSE. */
gboolean ac_control_refuse (AcControlCall *call, const gchar *field,
                            const gchar *message);
/* FALSE when it is not there. */
gboolean ac_control_read_switch (AcControlCall *call, const gchar *name,
                                 gboolean *ret_value);

/* What @name may be left out: NULL then. FALSE: the call has failed and is gone. */
gboolean ac_control_read_optional (AcControlCall *call, const gchar *name,
                                   const gchar **ret_text);

/* members.c */
void ac_control_member_add (AcControlCall *call);
void ac_control_member_show (AcControlCall *call);
void ac_control_member_set (AcControlCall *call);
void ac_control_member_move (AcControlCall *call);
void ac_control_member_certificate (AcControlCall *call);

/* passwords.c */
void ac_control_member_password (AcControlCall *call);

/* roles.c */
void ac_control_role_grant (AcControlCall *call);
void ac_control_role_revoke (AcControlCall *call);
void ac_control_role_list (AcControlCall *call);

/* rosters.c */
void ac_control_members_import (AcControlCall *call);
void ac_control_members_export (AcControlCall *call);

/* branches.c */
void ac_control_branch_add (AcControlCall *call);
void ac_control_branch_list (AcControlCall *call);
void ac_control_branch_move (AcControlCall *call);
void ac_control_branch_rename (AcControlCall *call);
void ac_control_site_add (AcControlCall *call);
void ac_control_site_list (AcControlCall *call);
void ac_control_site_steward (AcControlCall *call);

/* screens.c */
void ac_control_screen_pair (AcControlCall *call);
void ac_control_screen_list (AcControlCall *call);
void ac_control_screen_revoke (AcControlCall *call);

/* cards.c */
void ac_control_member_card (AcControlCall *call);
void ac_control_member_cards (AcControlCall *call);

/* courses.c */
void ac_control_course_add (AcControlCall *call);
void ac_control_course_set (AcControlCall *call);
void ac_control_course_list (AcControlCall *call);

/* plans.c */
void ac_control_lesson_change (AcControlCall *call);
void ac_control_lesson_cancel (AcControlCall *call);
void ac_control_lesson_key (AcControlCall *call);
void ac_control_lesson_excuse (AcControlCall *call);
void ac_control_lesson_expected (AcControlCall *call);

/* lessons.c */

/* @ret_wall_ms: 0 when no hour is given. FALSE: the call has failed and is gone. */
gboolean ac_control_read_hour (AcControlCall *call, gint64 *ret_wall_ms);
/* Answers with lesson @id as it is, or with @error. @user_data: the call */
void ac_control_lesson_written (gint64 id, const GError *error, gpointer user_data);
/* Sets the keys, and the addresses for encoders that hold them. */
void ac_control_set_keys (AcControlCall *call, JsonObject *object, gint64 lesson,
                          const gchar *stream_key);

void ac_control_lesson_add (AcControlCall *call);
void ac_control_lesson_source (AcControlCall *call);
void ac_control_lesson_start (AcControlCall *call);
void ac_control_lesson_end (AcControlCall *call);
void ac_control_lesson_list (AcControlCall *call);
void ac_control_lesson_url (AcControlCall *call);
void ac_control_attendance (AcControlCall *call);

/* policies.c */
void ac_control_policy_add (AcControlCall *call);
void ac_control_policy_list (AcControlCall *call);
void ac_control_policy_show (AcControlCall *call);

/* ledger.c */
void ac_control_ledger_close (AcControlCall *call);

/* standings.c */
void ac_control_standing_set (AcControlCall *call);

/* audits.c */
void ac_control_audit_list (AcControlCall *call);

/* identities.c */
void ac_control_identity_rotate (AcControlCall *call);

/* person.c */
void ac_control_member_show_all (AcControlCall *call);

/* erasures.c */
void ac_control_member_erase (AcControlCall *call);

/* webhooks.c */
void ac_control_webhook_add (AcControlCall *call);
void ac_control_webhook_list (AcControlCall *call);
void ac_control_webhook_remove (AcControlCall *call);
void ac_control_webhook_resume (AcControlCall *call);

/* interchange.c */
void ac_control_statements_export (AcControlCall *call);
void ac_control_oneroster_export (AcControlCall *call);

/* reports.c */
void ac_control_report (AcControlCall *call);
