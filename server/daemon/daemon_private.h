/* daemon_private.h - what the daemon is made of, for its own files:
 *
 *   daemon.c            builds the parts, runs them, takes them apart
 *   daemon_wiring.c     what a part tells another that it does not know
 *   daemon_listeners.c  the addresses that it listens on, and says so
 *
 * Threads: main. */
#pragma once

#include "daemon.h"

#include "accounts.h"
#include "admin_server.h"
#include "api.h"
#include "broadcasts.h"
#include "carried_over.h"
#include "control.h"
#include "encoder_choice.h"
#include "front.h"
#include "gateway.h"
#include "interchange_keeper.h"
#include "ledger_keeper.h"
#include "own_sources.h"
#include "rtmp_server.h"
#include "srt_server.h"
#include "timetable_keeper.h"
#include "whep.h"
#include "whip.h"

struct _AcDaemon {
  AcDaemonOptions *options;
  GMainLoop *loop;
  AcMediaKey media_key;

  AcStore *store;
  AcIdentities *identities;
  AcGateway *gateway; /* NULL: no codes are sent */
  AcAccounts *accounts;
  AcClassroom *classroom;
  AcRooms *rooms;
  AcLedgerKeeper *ledger;       /* NULL until the daemon runs */
  AcTimetableKeeper *timetable; /* likewise */
  AcInterchangeKeeper *interchange;
  AcRecordings *recordings;
  AcDelivered *delivered;
  AcCarriedOver *carried_over; /* NULL: evidence is not asked for */
  AcBroadcasts *broadcasts;
  AcEncoderChoice *encoder_choice; /* (nullable) */
  AcOwnSources *own_sources;
  AcWhip *whip;
  AcWhep *whep;
  AcControl *control;
  AcApi *api;
  AcReportDesk *report_desk;
  AcFront *front;
  AcRtmpServer *rtmp;
  gchar *srt_secret;       /* NULL: SRT is not encrypted */
  AcSrtAccess *srt_access; /* NULL with the server */
  AcSrtServer *srt;        /* NULL: no address is set for it */
  AcAdminServer *admin;

  gchar *handouts; /* the directory of files that are handed out */
  gchar *recordings_dir;
  gchar *lectures; /* the directory of prepared lectures */
  gchar *ready_json;
  guint signal_sources[2];
  guint suspend_timeout;
};

/* daemon_wiring.c; @user_data of each is the daemon */
extern const AcClassroomHandler ac_daemon_classroom_handler;
extern const AcBroadcastsHandler ac_daemon_broadcasts_handler;
extern const AcFrontHandler ac_daemon_front_handler;
extern const AcAdminServerHandler ac_daemon_admin_handler;

/* daemon_listeners.c */
/* HTTP, RTMP, SRT and the admin address, which carries the operator's commands. */
gboolean ac_daemon_open_listeners (AcDaemon *self, GError **error);
/* What a process before this one left behind when it died says nothing any more. Once
 * the directory is locked, so that it is nobody else's. */
void ac_daemon_retract (AcDaemon *self);
/* Writes the ready files. Errors: G_FILE_ERROR. */
gboolean ac_daemon_announce (AcDaemon *self, GError **error);
