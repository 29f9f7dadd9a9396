/* room_log.h - what a steward wrote down while the room had no line.
 *
 * The steward's device keeps a log: entries numbered 1, 2, 3 ..., each with
 *
 *   hash = SHA-256 (hash of the entry before, 32 zero bytes for the first | its text)
 *
 * and sends what was not acknowledged when the line is back. The text is JSON as the
 * device wrote it; what is read of it:
 *
 *   {"at_ms": wall clock of the device, "act": "in", "out", "out-all", "guest" or
 * "heads", "member" or "card", "name", "moment", "heads"}
 *
 * An entry that is here already changes nothing; one that does not follow the last, or
 * is not the one that is here, is refused by its number, and all sent with it. The
 * device tells its clock while it sends, so that a clock that is wrong by hours does no
 * harm; what lies outside of the lesson counts as its beginning, or its end, and
 * nothing is later than its arrival.
 *
 * Hashes are of the text as it was sent; what is kept of it is what is read, and of a
 * card the member whom it names on arrival instead of its code ("way": "card").
 *
 * Entries wait. The secretary, who is not the sender, approves or rejects what waits of
 * a device, in slices; approved ones become stays, guests and head counts that are
 * marked late (roll.h), and entries of kind LATE in the ledger. They are about what was
 * when they were written down: a stay that began after that is left alone, and a late
 * one that the log does not end goes to where its member was next seen with a line.
 *
 * Threads: inside a store job, reads on either side.
 * Errors:  AC_STORE_ERROR; AC_CREDIT_ERROR: INVALID with the field; STATE "entries"
 * when the chain is broken; NOT_FOUND "lesson", "device"; DENIED: the sender. */
#pragma once

#include "roll.h"

#define AC_ROOM_LOG_DEVICE_CHARS 16
#define AC_ROOM_LOG_BATCH_MAX 200
#define AC_ROOM_LOG_ENTRY_MAX_BYTES 512
#define AC_ROOM_LOG_ENTRIES_MAX 10000 /* of a site and device */

typedef struct {
  gint64 seq;
  gchar prev_hash[65], hash[65]; /* hexadecimal digits */
  gchar *text;
} AcRoomLogEntry;

void ac_room_log_entry_clear (AcRoomLogEntry *entry);

typedef struct {
  AcRoomKey room;
  gchar device[AC_ROOM_LOG_DEVICE_CHARS + 1]; /* hexadecimal digits */
  gint64 sender;                              /* a member */
  gint64 sent_ms;     /* the device's wall clock when it sends */
  gint64 received_ms; /* ours */
  gint64 edge_ms;     /* media: how far the lesson is */
  GArray *entries;    /* AcRoomLogEntry, by seq */
} AcRoomLog;

/* Whether @device is AC_ROOM_LOG_DEVICE_CHARS lower-case hexadecimal digits. */
gboolean ac_room_log_is_device (const gchar *device);

/* Inside a job. @ret_last_seq: what is here now of the device, acknowledged */
gboolean ac_room_log_receive (AcStore *store, const AcRoomLog *log,
                              gint64 *ret_last_seq, GError **error);

#define AC_ROOM_LOG_SLICE_MS 20

/* What waits of a device is decided in slices, so that beats are acknowledged in
 * between: a log of AC_ROOM_LOG_ENTRIES_MAX takes seconds. */
typedef struct {
  AcRoomKey room;
  gchar device[AC_ROOM_LOG_DEVICE_CHARS + 1];
  gboolean approve;
  gint64 decider;    /* a member */
  gint64 wall_ms;    /* when they decided */
  gint64 budget_us;  /* of a slice; 0: without end */
  gint64 last_seq;   /* decides up to it; 0: nothing was looked at yet */
  gint64 at_seq;     /* decided up to it */
  guint n, n_failed; /* out: over all slices: entries that were decided; of them
                      * approved, which could not be done any more (a member who is not
                      * there), and are kept as they are */
  gboolean finished; /* out: nothing is left of it */
} AcRoomLogDecision;

/* Inside a job: the next slice; to be called until it is finished. What waits is looked
 * at before the first entry is decided; what comes later waits for another decision.
 * Each slice is all or nothing, the decision is not: when one fails, or no more are
 * called for, those before it stay decided, and the rest waits to be approved or
 * rejected. Until then late stays of it are open whose end is in the rest. The slice
 * with the last entry, of either decision, ends those whose member was seen again with
 * a line; those of others whose end was rejected go on to the end of the lesson. */
gboolean ac_room_log_decide (AcStore *store, AcRoomLogDecision *self, GError **error);

typedef struct {
  const gchar *device; /* of this one; NULL: of all */
  gint64 after;        /* those with a greater seq */
  const gchar *past;   /* those behind entry @after of this device, in order of devices;
                        * NULL: of each device those after @after */
  gboolean names;      /* of whom entries are about; a log may name anybody */
  guint limit;
} AcRoomLogPage;

/* Returns: (transfer full) (nullable): {"device", "seq", "entry" (what is kept), "at",
 * "media_ms", "sender" (number), "received_at", "state", "decided_by", "decided_at",
 * "number" and masked "name" of whom it is about, where that is a member and names are
 * told} of @room, by device and seq. */
JsonArray *ac_room_log_list (AcStore *store, AcRoomKey room, const AcRoomLogPage *page,
                             GError **error);

/* Returns: (transfer full) (nullable): {"lesson", "title", "site", "name", "entries"}
 * of the rooms of @branch and below (0: of all) of which entries wait to be decided,
 * those that have waited longest first, at most @limit. */
JsonArray *ac_room_log_list_waiting (AcStore *store, gint64 branch, guint limit,
                                     GError **error);
