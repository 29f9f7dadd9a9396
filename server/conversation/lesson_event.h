/* lesson_event.h - one thing that is said in a lesson.
 *
 * The events of a lesson are numbered from 1 in the order in which they were committed.
 * What people said is in @text and nowhere else: who erases a person blanks it, and the
 * order stays.
 *
 * Threads:   made on any thread, immutable once it was added to the store; the count of
 *            references is atomic.
 * Ownership: reference counted. */
#pragma once

#include "store.h"

#include <json-glib/json-glib.h>

/* Whom it is told to; or-ed. */
typedef enum {
  AC_AUDIENCE_ALL = 1 << 0,
  AC_AUDIENCE_STAFF = 1 << 1,  /* who may moderate the lesson */
  AC_AUDIENCE_MEMBER = 1 << 2, /* the member that it is about */
} AcAudience;

#define AC_LESSON_EVENT_TEXT_MAX_CHARS 2000
#define AC_LESSON_EVENT_BODY_MAX_BYTES 8192

typedef struct {
  gint64 lesson;
  gint64 seq; /* 0: not added yet */
  gchar *kind;
  AcAudience audience;
  gint64 member;     /* who says it, or whom it is about; 0: nobody */
  gint64 actor;      /* who of the staff did it; 0: nobody */
  gint64 site;       /* the room that it comes from; 0: none */
  gboolean by_staff; /* @member speaks as one of the staff: by their full name */
  gint64 wall_ms;
  gint64 media_ms; /* the live edge then */
  gchar *body;     /* a JSON object; nobody's words */
  gchar *text;     /* (nullable) */
  gchar *name;     /* (nullable): of @member or @site; read with it */
} AcLessonEvent;

/* Returns: (transfer full): with an empty body; its strings are the caller's to set,
 * owned, until it is added. @kind: [a-z-] */
AcLessonEvent *ac_lesson_event_new (gint64 lesson, const gchar *kind,
                                    AcAudience audience);
AcLessonEvent *ac_lesson_event_ref (AcLessonEvent *self);
void ac_lesson_event_unref (AcLessonEvent *self);
/* @body: (transfer full) */
void ac_lesson_event_set_body (AcLessonEvent *self, JsonObject *body);

/* Inside a job: gives @self its number and keeps it. Sets @name.
 * Errors: AC_STORE_ERROR. */
gboolean ac_lesson_event_add (AcStore *store, AcLessonEvent *self, GError **error);

/* Who listens. */
typedef struct {
  gint64 member;
  gboolean staff;
} AcListener;

gboolean ac_lesson_event_is_for (const AcLessonEvent *self, const AcListener *who);

/* Returns: the number of the last event; 0: none. Also inside a job. */
gint64 ac_lesson_event_last (AcStore *store, gint64 lesson, GError **error);
/* Returns: (transfer full) (nullable): the AcLessonEvent after @since that @who may
 * hear and that were not hidden meanwhile, in order, at most @limit. */
GPtrArray *ac_lesson_event_list (AcStore *store, gint64 lesson, gint64 since,
                                 const AcListener *who, guint limit, GError **error);
/* The same of one kind, for everybody, the last @limit ones, in order. */
GPtrArray *ac_lesson_event_list_kind (AcStore *store, gint64 lesson, const gchar *kind,
                                      guint limit, GError **error);

/* Appends @self as JSON, as docs/protocol.md has it. @staff: names in full, and who
 * they are; else masked. */
void ac_lesson_event_append_json (const AcLessonEvent *self, gboolean staff,
                                  GString *out);
/* Returns: (transfer full): the object that ac_lesson_event_append_json() writes. */
JsonObject *ac_lesson_event_to_json (const AcLessonEvent *self, gboolean staff);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcLessonEvent, ac_lesson_event_unref)
