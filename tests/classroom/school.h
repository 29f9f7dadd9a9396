/* school.h - a data directory with members and lessons, for tests.
 *
 * A watchdog ends the program after 60 s; nothing else is timed. */
#pragma once

#include "accounts.h"
#include "classroom.h"

#define SCHOOL_PASSWORD "correct horse battery"

typedef struct {
  gchar *dir;
  AcStore *store;
  AcAccounts *accounts;
  AcClassroom *classroom;
  gint64 clock_ms; /* the classroom's clock stands here */
  guint watchdog;
} School;

void school_open (School *school);
void school_close (School *school);
/* Closes all but the directory, until school_reopen() or school_close(). */
void school_pause (School *school);
/* As a restart of the daemon does. */
void school_reopen (School *school);

gint64 school_add_member (School *school, const gchar *number, AcRole role);
/* Returns: (transfer full): the cookie header of a fresh session. */
gchar *school_sign_in (School *school, const gchar *number);
/* Returns: (transfer full): the token in such a header. */
gchar *school_token (const gchar *cookie);
gint64 school_add_lesson (School *school, const gchar *title, gchar **ret_stream_key);
void school_start_lesson (School *school, gint64 lesson);
void school_end_lesson (School *school, gint64 lesson);
/* @sql: a literal, without parameters */
void school_sql (School *school, const gchar *sql);
/* @branch: 0: everywhere */
void school_grant (School *school, gint64 member, AcRole role, gint64 branch);
/* @member's home is @branch from today on. */
void school_place (School *school, gint64 member, gint64 branch);
/* Waits until every write so far is committed and answered. */
void school_settle (School *school);

#define school_until(condition)                                                        \
  G_STMT_START                                                                         \
  {                                                                                    \
    while (!(condition))                                                               \
      g_main_context_iteration (NULL, TRUE);                                           \
  }                                                                                    \
  G_STMT_END

/* A socket's end: what was sent to it, and how it was closed. */
typedef struct {
  AcPeer peer;
  GPtrArray *sent; /* text of each message */
  guint16 closed;  /* 0: open */
} FakePeer;

void fake_peer_init (FakePeer *self, const gchar *cookie, const gchar *query);
void fake_peer_clear (FakePeer *self);
void fake_peer_open (FakePeer *self, School *school);
void fake_peer_say (FakePeer *self, School *school, const gchar *text);
/* The front's last word; also after a close of the classroom's. */
void fake_peer_hang_up (FakePeer *self, School *school);
const gchar *fake_peer_last (FakePeer *self);
