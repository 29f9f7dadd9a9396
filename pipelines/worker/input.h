/* input.h - where a source comes from: units or an address in, formats and packets out.
 *
 * An input only unpacks. It repairs nothing, but gives nothing on whose lengths do not
 * fit each other. Of tracks of one kind it gives the first. Each kind is one file
 * (flv_input.c, ...) that fills in an AcInputClass and has a row in input.c.
 *
 * Threads:   main loop; the handler is called there too.
 * Ownership: plain. Nothing is called after ac_input_free(), which must not be called
 *            from inside the handler. */
#pragma once

#include "packet.h"
#include "wire.h"

#include <gst/gst.h>

typedef struct _AcInput AcInput;

typedef struct {
  /* Before the track's first packet, and when it changes. It may say the same again. */
  void (*format) (AcSourceTrack track, GstCaps *caps, gpointer user_data);
  void (*packet) (const AcPacket *packet, gpointer user_data);
  /* What the source says of its frame rate; 0: it does not know. */
  void (*rate) (guint32 frames_per_1000s, gpointer user_data);
  /* Of inputs that fetch by themselves. @detail: one line for a person */
  void (*state) (AcSourceState state, const gchar *detail, gpointer user_data);
} AcInputHandler;

typedef enum {
  AC_INPUT_ERROR_UNSUPPORTED, /* no input of this kind is built in */
  AC_INPUT_ERROR_FAILED,      /* it cannot begin; the message says why */
} AcInputError;
#define AC_INPUT_ERROR (ac_input_error_quark ())
GQuark ac_input_error_quark (void);

/* Errors: AC_INPUT_ERROR, GST_CORE_ERROR: an element is missing. */
AcInput *ac_input_new (const AcWireSource *source, const AcInputHandler *handler,
                       gpointer user_data, GError **error);
/* A unit of the daemon; inputs that fetch by themselves know none and ignore it. */
void ac_input_push (AcInput *self, const AcFlvTag *unit);
void ac_input_free (AcInput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcInput, ac_input_free)

/* --- for the files of kinds ------------------------------------------------------- */

typedef struct {
  /* Returns: (transfer full) (nullable): with its own fields zeroed or filled in;
   * ac_input_new() fills in those of AcInput. */
  AcInput *(*create) (const AcWireSource *source, GError **error);
  /* Once the handler is there: may call it. NULL: nothing to do. */
  void (*begin) (AcInput *self);
  void (*push) (AcInput *self, const AcFlvTag *unit); /* NULL: takes none */
  void (*free) (AcInput *self);
} AcInputClass;

/* The first member of each kind's struct. */
struct _AcInput {
  const AcInputClass *klass;
  AcInputHandler handler;
  gpointer user_data;
  gboolean over; /* it was told that it failed or ended: it gives nothing on any more */
};

/* For those that fetch by themselves (fetch.h has callbacks of these forms). @input:
 * the AcInput. They tell the handler, unless it is over. */
void ac_input_report (AcInput *self, AcSourceState state, const gchar *detail);
void ac_input_on_format (AcSourceTrack track, GstCaps *caps, gpointer input);
void ac_input_on_failed (const gchar *reason, gpointer input);

extern const AcInputClass ac_flv_input_class;
extern const AcInputClass ac_ts_input_class;
extern const AcInputClass ac_pull_input_class;
extern const AcInputClass ac_file_input_class;
extern const AcInputClass ac_webrtc_input_class;
