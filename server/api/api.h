/* api.h - the HTTP API of the pages: thin routes over the nouns below.
 *
 * docs/api.yaml describes it. Every route stands in one table with the role that it
 * needs; what is not in the table does not exist.
 *
 * Threads:   main loop.
 * Ownership: plain; what it is made of outlives it, and the store its jobs, which may
 *            be answered after it was freed: those that need more than the store answer
 *            nothing then. */
#pragma once

#include "accounts.h"
#include "classroom.h"
#include "encoder_addresses.h"
#include "http_exchange.h"
#include "identity.h"
#include "media_token.h"
#include "report_desk.h"
#include "rooms.h"

typedef struct _AcApi AcApi;

typedef struct {
  AcStore *store;
  AcAccounts *accounts;
  AcClassroom *classroom;
  AcRooms *rooms;
  const AcMediaKey *media_key;
  gint64 media_life_s;       /* how long the addresses of media are good for */
  AcIdentities *identities;  /* (nullable): identity numbers are not kept */
  AcReportDesk *report_desk; /* freed after the store */
  const gchar *handouts;     /* the directory of their files; made when there is one */
  const gchar *lectures;     /* the directory of prepared lectures */
  /* Returns: (transfer full): how the lesson did later than @since_ms, as JSON. NULL
   * function: nothing is known. */
  GBytes *(*health) (gint64 lesson, gint64 since_ms, gpointer user_data);
  gpointer health_data;
  /* Appends the metrics of all parts, as /metrics has them; NULL: there are none. */
  void (*metrics) (GString *out, gpointer user_data);
  gpointer metrics_data;
  const gchar *recordings; /* their directory; NULL: there is none */
  const gchar *data_dir;   /* of the store, which is read beside it too */
} AcApiParts;

AcApi *ac_api_new (const AcApiParts *parts);
void ac_api_free (AcApi *self);
/* Once they are known: where encoders send to, which is told with a lesson's keys. */
void ac_api_set_encoder_places (AcApi *self, const AcEncoderPlaces *places);

/* Appends what players told, as /metrics has it. */
void ac_api_metrics (AcApi *self, GString *out);

/* Answers @exchange, now or later. */
void ac_api_handle (AcApi *self, AcHttpExchange *exchange);

/* Answers 100 with whose file it is when the one who asks may send the body of
 * @exchange, which is not there yet; else as ac_api_handle() would. */
void ac_api_upload_handle (AcApi *self, AcHttpExchange *exchange);

/* The same for paths below AC_API_CALENDAR_PREFIX, which need no session: calendars are
 * opened by the key in their address. */
#define AC_API_CALENDAR_PREFIX "/calendar/"
void ac_api_calendar_handle (AcApi *self, AcHttpExchange *exchange);

/* The cookie that carries a session's token. */
#define AC_API_COOKIE "airclass_session"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcApi, ac_api_free)
