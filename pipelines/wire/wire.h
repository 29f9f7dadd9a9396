/* wire.h - the frames between the daemon and a worker, over a socket pair.
 *
 * A frame is a 32-bit little-endian length of what follows, one byte of type, and the
 * payload. Control payloads are GVariants in normal form, little-endian; media
 * payloads are raw. Neither side trusts the other: every length has a limit and a
 * frame that breaks a rule is an error that ends the connection.
 *
 * The parser and the builders do no I/O.
 *
 * Threads: one at a time. */
#pragma once

#include "health.h"
#include "ice_fragment.h"
#include "slot.h"

#define AC_WIRE_FRAME_MAX_BYTES (16 * 1024 * 1024)

typedef enum {
  /* daemon to worker */
  AC_WIRE_CONFIGURE = 1, /* first frame, once */
  AC_WIRE_SOURCE_BEGIN,  /* a source was attached; decoders start afresh */
  AC_WIRE_SOURCE_MEDIA,  /* one unit of it, see AcFlvTag */
  AC_WIRE_SOURCE_END,    /* it is gone: hold, then slate */
  AC_WIRE_FINISH,        /* the lesson ended: flush, send FINISHED, exit 0 */
  AC_WIRE_MACHINE,       /* what the machine has to spare, about once a second */
  AC_WIRE_VIEWER_BEGIN,  /* a browser would watch, see AcWireViewer */
  AC_WIRE_VIEWER_TRICKLE,
  AC_WIRE_VIEWER_END,
  /* worker to daemon */
  AC_WIRE_EPOCH = 64, /* before its first slot */
  AC_WIRE_SLOT,
  AC_WIRE_HEALTH, /* about once a second */
  AC_WIRE_FINISHED,
  AC_WIRE_SOURCE_STATE, /* of a source that the worker fetches by itself */
  AC_WIRE_VIEWER_STATE, /* of a browser that watches, likewise */
} AcWireType;

typedef enum {
  AC_WIRE_ERROR_TOO_LONG,  /* a length over its limit */
  AC_WIRE_ERROR_MALFORMED, /* a payload that is not what its type says */
} AcWireError;
#define AC_WIRE_ERROR (ac_wire_error_quark ())
GQuark ac_wire_error_quark (void);

/* What a worker is told before anything else. */
typedef struct {
  gint64 lesson;
  gchar *title;        /* for the slate; UTF-8 */
  guint32 epoch;       /* number of the epoch to make */
  guint64 first_msn;   /* of its first segment */
  guint64 start;       /* ticks of lesson time of its first frame */
  guint32 frame_rate;  /* 25 or 30; 0: choose from the source, then begin. When it is
                        * set the worker begins at once, on slate if need be */
  guint32 top_height;  /* tallest rendition, frozen with the frame rate; 0: choose */
  gboolean may_follow; /* pass the source's own pictures on when they are regular */
  gboolean shedding;   /* leave renditions out when the machine cannot make them */
  gchar encoder[24];   /* of the pictures, a GStreamer element; "": x264enc */
} AcWireConfigure;

/* The machine as the daemon sees it. */
typedef struct {
  guint32 spare_millicores; /* this worker may take so much more */
} AcWireMachine;

/* A session description of a browser's connection, and ours. */
#define AC_SDP_MAX_BYTES (64 * 1024)

/* How a source comes to the worker. */
typedef enum {
  AC_SOURCE_FLV,   /* units are FLV tags */
  AC_SOURCE_TS,    /* units are MPEG-TS packets, see AC_UNIT_TS */
  AC_SOURCE_PULL,  /* fetched from an address: RTSP, HLS, RTMP, SRT */
  AC_SOURCE_FILE,  /* read from a path, in real time */
  AC_SOURCE_WEBRTC /* a peer connection of the worker's own */
} AcSourceKind;
#define AC_N_SOURCE_KINDS (AC_SOURCE_WEBRTC + 1)

typedef struct {
  AcSourceKind kind;
  /* Of PULL, or FILE's path; UTF-8, at most 2,048 bytes. Of WEBRTC: the offer, SDP, at
   * most AC_SDP_MAX_BYTES. Else "". */
  gchar *address;
  gboolean loop;      /* of FILE: begins again at its end */
  guint32 age_ms;     /* how old the first unit is: those of a standby were kept */
  gint64 position_ms; /* of FILE: where it begins */
  guint32 number; /* of this SOURCE_BEGIN among the lesson's; see AcWireSourceState */
} AcWireSource;

/* What became of a source that the worker fetches by itself. */
typedef enum {
  AC_SOURCE_CONNECTED, /* media comes */
  AC_SOURCE_ENDED,     /* it came to its end in good order */
  AC_SOURCE_FAILED,    /* nothing more comes of it until it is begun again */
  /* Of WEBRTC: what is to be told to the browser, the answer to its offer or, as a
   * fragment, to a restart of ICE. */
  AC_SOURCE_ANSWERED
} AcSourceState;

typedef struct {
  AcSourceState state;
  /* One line for a person; UTF-8, at most 1,024 bytes. Of ANSWERED: the answer, SDP, at
   * most AC_SDP_MAX_BYTES. */
  gchar *detail;
  /* Of the SOURCE_BEGIN that it answers. What the source before has said may still be
   * on its way when the next one is begun. */
  guint32 source_number;
} AcWireSourceState;

/* A browser that watches by a connection of the worker's own. Its state is told as that
 * of a source is: source_number is the viewer's, CONNECTED: it watches, FAILED: it is
 * gone, or never was. */
typedef struct {
  guint32 number; /* among all of this worker */
  /* Of BEGIN: its offer, SDP. Of TRICKLE: an SDP fragment, see ice_fragment.h. UTF-8,
   * at most AC_SDP_MAX_BYTES. Else "". */
  gchar *text;
} AcWireViewer;

/* One unit of a source that the daemon feeds. An FLV tag (Adobe Video File Format
 * Specification 10.1, annex E), as RTMP carries them: @timestamp_ms in the source's own
 * clock, unrepaired, 32 bits. Or, with the type AC_UNIT_TS, MPEG-TS packets: whole
 * ones, 64 KiB at most, no timestamp. Or, of a WEBRTC source, with the type
 * AC_UNIT_CANDIDATES, what the browser trickles: an SDP fragment, see ice_fragment.h;
 * a user name that is not the last one restarts ICE, which is ANSWERED. */
#define AC_UNIT_TS 0x47
#define AC_UNIT_TS_MAX_BYTES (64 * 1024)
#define AC_UNIT_CANDIDATES 0x53
#define AC_UNIT_CANDIDATES_MAX_BYTES AC_ICE_FRAGMENT_MAX_BYTES
typedef struct {
  guint8 type; /* 8 audio, 9 video, 18 script data, AC_UNIT_... */
  guint32 timestamp_ms;
  GBytes *body;
} AcFlvTag;

/* Builders. Returns: (transfer full): a whole frame, ready to be sent. */
GBytes *ac_wire_pack_configure (const AcWireConfigure *configure);
/* An address that is too long is cut, a detail too. */
GBytes *ac_wire_pack_source_begin (const AcWireSource *source);
GBytes *ac_wire_pack_source_media (const AcFlvTag *tag);
GBytes *ac_wire_pack_source_end (void);
GBytes *ac_wire_pack_finish (void);
GBytes *ac_wire_pack_machine (const AcWireMachine *machine);
/* @type: AC_WIRE_VIEWER_BEGIN, _TRICKLE or _END */
GBytes *ac_wire_pack_viewer (AcWireType type, const AcWireViewer *viewer);
GBytes *ac_wire_pack_epoch (const AcMediaEpoch *epoch);
GBytes *ac_wire_pack_slot (const AcSlot *slot);
GBytes *ac_wire_pack_health (const AcWireHealth *health);
GBytes *ac_wire_pack_source_state (const AcWireSourceState *state);
GBytes *ac_wire_pack_viewer_state (const AcWireSourceState *state);
GBytes *ac_wire_pack_finished (void);

/* Readers of a payload, as the parser gives it.
 * Errors: MALFORMED. Media bytes are slices of @payload, not copies. */
gboolean ac_wire_unpack_configure (GBytes *payload, AcWireConfigure *ret_configure,
                                   GError **error);
gboolean ac_wire_unpack_source_begin (GBytes *payload, AcWireSource *ret_source,
                                      GError **error);
gboolean ac_wire_unpack_source_media (GBytes *payload, AcFlvTag *ret_tag,
                                      GError **error);
gboolean ac_wire_unpack_machine (GBytes *payload, AcWireMachine *ret_machine,
                                 GError **error);
gboolean ac_wire_unpack_viewer (GBytes *payload, AcWireViewer *ret_viewer,
                                GError **error);
AcMediaEpoch *ac_wire_unpack_epoch (GBytes *payload, GError **error);
AcSlot *ac_wire_unpack_slot (GBytes *payload, GError **error);
gboolean ac_wire_unpack_health (GBytes *payload, AcWireHealth *ret_health,
                                GError **error);
/* Of a source, or of a viewer. */
gboolean ac_wire_unpack_source_state (GBytes *payload, AcWireSourceState *ret_state,
                                      GError **error);

void ac_wire_configure_clear (AcWireConfigure *configure);
void ac_wire_source_clear (AcWireSource *source);
void ac_wire_source_state_clear (AcWireSourceState *state);
void ac_wire_viewer_clear (AcWireViewer *viewer);
void ac_flv_tag_clear (AcFlvTag *tag);

/* Cuts a byte stream into frames. A large payload is read straight into its final
 * buffer: ac_wire_parser_want() says where the next bytes of the stream go. */
typedef struct _AcWireParser AcWireParser;

AcWireParser *ac_wire_parser_new (void);
void ac_wire_parser_free (AcWireParser *self);

/* @ret_size: how many bytes may be written there, at least 1
 * Returns: (transfer none): where; valid until the next call of _filled(). */
gpointer ac_wire_parser_want (AcWireParser *self, gsize *ret_size);

/* Tells that @size bytes were written. When that completes a frame, *@ret_payload is
 * set (transfer full, may be empty, never NULL then) with its type; otherwise NULL.
 * Errors: TOO_LONG; the stream is useless after it. */
gboolean ac_wire_parser_filled (AcWireParser *self, gsize size, AcWireType *ret_type,
                                GBytes **ret_payload, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWireParser, ac_wire_parser_free)
