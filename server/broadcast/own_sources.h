/* own_sources.h - lessons that get their media by themselves: their feeds, their hours.
 *
 * A lesson that is live and has a source is fed from it: an address is fetched again
 * and again until the lesson ends (see backoff.h), a file is played from where the
 * lesson has got to, and ends the lesson at its end. A planned one with an hour becomes
 * live at it, up to an hour late; see docs/adr/0008-prepared-lectures.md.
 *
 * An encoder that publishes may take over from a source that sends nothing, by the
 * rules of feeds.h; the source is tried again when it leaves.
 *
 * Threads:   main loop.
 * Ownership: plain; what it is made of outlives it. */
#pragma once

#include "broadcasts.h"

typedef struct _AcOwnSources AcOwnSources;

/* @lectures: the directory that files are played from */
AcOwnSources *ac_own_sources_new (AcClassroom *classroom, AcBroadcasts *broadcasts,
                                  const gchar *lectures);
/* Feeds that are still attached are left to their broadcasts, and not told. */
void ac_own_sources_free (AcOwnSources *self);

/* At start, after ac_broadcasts_resume(): goes on with those that were live. */
void ac_own_sources_resume (AcOwnSources *self);
/* Before ac_broadcasts_suspend(): nothing is begun any more. */
void ac_own_sources_suspend (AcOwnSources *self);

/* After the broadcasts were told. */
void ac_own_sources_lesson_changed (AcOwnSources *self, gint64 lesson,
                                    AcLessonState state);
void ac_own_sources_source_changed (AcOwnSources *self, gint64 lesson);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcOwnSources, ac_own_sources_free)
