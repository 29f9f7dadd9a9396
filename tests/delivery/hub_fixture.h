/* hub_fixture.h - a hub on a loop of its own, with a clock that only tests move. */
#pragma once

#include "hub.h"
#include "hub_clock.h"
#include "lesson_maker.h"

#define SUBJECT 11

typedef struct {
  AcMediaWait wait;
  AcMediaAnswer answer; /* status 0: none yet */
  gchar *text;
} Request;

typedef struct {
  GMainContext *context;
  LessonMaker *maker;
  AcRecordings *recordings; /* the maker's, or NULL */
  AcDelivered *delivered;
  AcMediaKey key;
  AcHub *hub;
  gint64 now_ms, wall_ms;
  guint n_wanted, n_answered;
  gint64 wanted;
  gchar *token;
} HubFixture;

HubFixture *hub_fixture_new (gboolean recorded);
void hub_fixture_free (HubFixture *self);

/* Publishes the window as it is. */
void hub_fixture_publish (HubFixture *self);
/* Asks for @address, below the lesson ("v360/playlist.m3u8?_HLS_msn=1"). */
Request *hub_fixture_ask (HubFixture *self, const gchar *address);
Request *hub_fixture_ask_path (HubFixture *self, const gchar *path, const gchar *query,
                               gboolean gzip);
/* Runs the loop until @request is answered. */
void hub_fixture_wait (HubFixture *self, Request *request);
guint hub_fixture_status (HubFixture *self, const gchar *address);
void request_free (Request *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HubFixture, hub_fixture_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)
