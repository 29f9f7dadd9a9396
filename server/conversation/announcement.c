/* announcement.c - what the staff say to all. */
#include "talk_private.h"

#define ANNOUNCEMENT_MAX_CHARS 1000

gboolean
ac_announcement_add (AcTalk *talk, GError **error)
{
  const gchar *words =
      ac_talk_read_words (talk, "text", ANNOUNCEMENT_MAX_CHARS, TRUE, error);
  AcLessonEvent *event;

  if (words == NULL ||
      !ac_talk_check_count (talk,
                            "SELECT count (*) FROM lesson_events "
                            "WHERE lesson = ? AND kind = 'announcement'",
                            AC_ANNOUNCEMENTS_MAX, "announcements", error))
    return FALSE;
  event = ac_talk_event (talk, "announcement", AC_AUDIENCE_ALL);
  event->member = talk->who->member;
  event->by_staff = TRUE;
  event->text = g_strdup (words);
  talk->result->seq = ac_talk_add (talk, event, NULL, error);
  return talk->result->seq != 0;
}

gboolean
ac_announcement_withdraw (AcTalk *talk, GError **error)
{
  JsonObject *body;
  AcLessonEvent *event;
  gboolean found;
  gint64 announcement, hidden;

  if (!ac_talk_read_number (talk, "announcement", 1, G_MAXINT32, &announcement,
                            error) ||
      !ac_talk_look_up (talk,
                        "SELECT hidden FROM lesson_events "
                        "WHERE lesson = ? AND seq = ? AND kind = 'announcement'",
                        announcement, &hidden, &found, error))
    return FALSE;
  if (!found)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_NOT_FOUND,
                                   "announcement", "there is no such announcement");
  if (hidden)
    return TRUE;
  body = json_object_new ();
  json_object_set_int_member (body, "announcement", announcement);
  event = ac_talk_event (talk, "announcement-withdrawn", AC_AUDIENCE_ALL);
  event->actor = talk->who->member;
  talk->result->seq = ac_talk_add (talk, event, body, error);
  return talk->result->seq != 0 && ac_store_run (talk->store, error,
                                                 "UPDATE lesson_events SET hidden = 1 "
                                                 "WHERE lesson = ? AND seq = ?",
                                                 "ii", talk->who->lesson, announcement);
}
