/* See wire.h.
 *
 * Layouts of the raw payloads, integers little-endian:
 *   SOURCE_MEDIA  u8 type, u32 timestamp_ms, body to the end
 *   SLOT          u32 epoch, u32 part, u64 msn, u64 start, u32 duration, u32 flags,
 *                 i64 wall_ms, u32 n_parts, n_parts times u32 size (0: a gap), then
 *                 the parts' bytes one after another, to the end exactly
 * All others are empty or one GVariant in normal form. */
#include "wire.h"

#include <string.h>

#define HEADER_BYTES 5 /* length and type */
#define MEDIA_HEADER_BYTES 5
#define SLOT_HEADER_BYTES 44
#define TITLE_MAX_BYTES 1024
#define MAX_TICKS (G_MAXINT64 / 2)

#define ADDRESS_MAX_BYTES 2048
#define POSITION_MAX_MS (G_GINT64_CONSTANT (1000) * 24 * 60 * 60 * 1000)
#define DETAIL_MAX_BYTES 1024
#define TS_PACKET_BYTES 188

#define SOURCE_TYPE "(usbuxu)"
#define STATE_TYPE "(usu)"
#define VIEWER_TYPE "(us)"
#define DICTIONARY_TYPE "a{sv}"
#define HEALTH_MAX_BYTES (64 * 1024)

#define OF_CONFIGURE(member, kind) AC_FIELD (AcWireConfigure, member, kind, FALSE, NULL)

static const AcField configure_fields[] = {
  OF_CONFIGURE (lesson, LARGE),      OF_CONFIGURE (epoch, NUMBER),
  OF_CONFIGURE (first_msn, LARGE),   OF_CONFIGURE (start, LARGE),
  OF_CONFIGURE (frame_rate, NUMBER), OF_CONFIGURE (top_height, NUMBER),
  OF_CONFIGURE (may_follow, SWITCH), OF_CONFIGURE (shedding, SWITCH),
  OF_CONFIGURE (encoder, TEXT),      { 0 },
};

static const AcField machine_fields[] = {
  AC_FIELD (AcWireMachine, spare_millicores, NUMBER, FALSE, NULL),
  { 0 },
};

struct _AcWireParser {
  guint8 header[HEADER_BYTES];
  gsize filled; /* bytes of the header, then of the payload */
  gboolean in_payload, failed;
  guint8 *payload;
  gsize payload_size;
};

G_DEFINE_QUARK (ac - wire - error - quark, ac_wire_error)

/* --- integers --------------------------------------------------------------------- */

static guint8 *
put_u32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, sizeof value);
  return at + sizeof value;
}

static guint8 *
put_u64 (guint8 *at, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (at, &value, sizeof value);
  return at + sizeof value;
}

static guint32
get_u32 (const guint8 **at)
{
  guint32 value;

  memcpy (&value, *at, sizeof value);
  *at += sizeof value;
  return GUINT32_FROM_LE (value);
}

static guint64
get_u64 (const guint8 **at)
{
  guint64 value;

  memcpy (&value, *at, sizeof value);
  *at += sizeof value;
  return GUINT64_FROM_LE (value);
}

/* --- packing ---------------------------------------------------------------------- */

/* Allocates a frame and writes its header. Returns: where the payload goes. */
static guint8 *
frame_new (AcWireType type, gsize payload_size, guint8 **ret_frame)
{
  guint8 *frame = g_malloc (HEADER_BYTES + payload_size);

  put_u32 (frame, (guint32)(1 + payload_size));
  frame[4] = (guint8)type;
  *ret_frame = frame;
  return frame + HEADER_BYTES;
}

static GBytes *
pack_empty (AcWireType type)
{
  guint8 *frame;

  frame_new (type, 0, &frame);
  return g_bytes_new_take (frame, HEADER_BYTES);
}

/* On the wire, little-endian; the same call turns it back. */
static GVariant *
to_wire_order (GVariant *variant)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
  return g_variant_byteswap (variant);
#else
  return g_variant_ref (variant);
#endif
}

static GBytes *
pack_variant (AcWireType type, GVariant *floating)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (floating);
  g_autoptr (GVariant) wire = to_wire_order (variant);
  gsize size = g_variant_get_size (wire);
  guint8 *frame, *at;

  at = frame_new (type, size, &frame);
  memcpy (at, g_variant_get_data (wire), size); /* _store() wants it aligned */
  return g_bytes_new_take (frame, HEADER_BYTES + size);
}

/* A text that is too long, or no UTF-8, is made fit. */
static gchar *
fit_text (const gchar *text, gsize max_bytes)
{
  g_autofree gchar *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  gsize length = strlen (valid);

  if (length > max_bytes) {
    const gchar *end = g_utf8_find_prev_char (valid, valid + max_bytes + 1);

    length = (gsize)(end - valid);
  }
  return g_strndup (valid, length);
}

GBytes *
ac_wire_pack_configure (const AcWireConfigure *configure)
{
  g_autofree gchar *title = fit_text (configure->title, TITLE_MAX_BYTES);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (DICTIONARY_TYPE));
  g_variant_builder_add (&builder, "{sv}", "title", g_variant_new_string (title));
  ac_fields_add (configure_fields, configure, &builder);
  return pack_variant (AC_WIRE_CONFIGURE, g_variant_builder_end (&builder));
}

static gsize
address_max_bytes (guint32 kind)
{
  return kind == AC_SOURCE_WEBRTC ? AC_SDP_MAX_BYTES : ADDRESS_MAX_BYTES;
}

static gsize
detail_max_bytes (guint32 state)
{
  return state == AC_SOURCE_ANSWERED ? AC_SDP_MAX_BYTES : DETAIL_MAX_BYTES;
}

GBytes *
ac_wire_pack_source_begin (const AcWireSource *source)
{
  g_autofree gchar *address =
      fit_text (source->address, address_max_bytes (source->kind));

  return pack_variant (AC_WIRE_SOURCE_BEGIN,
                       g_variant_new (SOURCE_TYPE, (guint32)source->kind, address,
                                      source->loop, source->age_ms, source->position_ms,
                                      source->number));
}

GBytes *
ac_wire_pack_source_media (const AcFlvTag *tag)
{
  gsize size;
  const guint8 *body = g_bytes_get_data (tag->body, &size);
  guint8 *frame;
  guint8 *at = frame_new (AC_WIRE_SOURCE_MEDIA, MEDIA_HEADER_BYTES + size, &frame);

  *at++ = tag->type;
  at = put_u32 (at, tag->timestamp_ms);
  if (size > 0)
    memcpy (at, body, size);
  return g_bytes_new_take (frame, HEADER_BYTES + MEDIA_HEADER_BYTES + size);
}

GBytes *
ac_wire_pack_source_end (void)
{
  return pack_empty (AC_WIRE_SOURCE_END);
}

GBytes *
ac_wire_pack_finish (void)
{
  return pack_empty (AC_WIRE_FINISH);
}

GBytes *
ac_wire_pack_epoch (const AcMediaEpoch *epoch)
{
  return pack_variant (AC_WIRE_EPOCH, ac_media_epoch_to_variant (epoch));
}

static gsize
part_size (const AcSlot *slot, guint index)
{
  return slot->parts[index] != NULL ? g_bytes_get_size (slot->parts[index]) : 0;
}

GBytes *
ac_wire_pack_slot (const AcSlot *slot)
{
  gsize size = SLOT_HEADER_BYTES + 4 * (gsize)slot->n_parts;
  guint8 *frame, *at;

  for (guint i = 0; i < slot->n_parts; i++)
    size += part_size (slot, i);

  at = frame_new (AC_WIRE_SLOT, size, &frame);
  at = put_u32 (at, slot->epoch);
  at = put_u32 (at, slot->part);
  at = put_u64 (at, slot->msn);
  at = put_u64 (at, slot->start);
  at = put_u32 (at, slot->duration);
  at = put_u32 (at, slot->flags);
  at = put_u64 (at, (guint64)slot->wall_ms);
  at = put_u32 (at, slot->n_parts);
  for (guint i = 0; i < slot->n_parts; i++)
    at = put_u32 (at, (guint32)part_size (slot, i));
  for (guint i = 0; i < slot->n_parts; i++) {
    gsize length = part_size (slot, i);

    if (length > 0)
      memcpy (at, g_bytes_get_data (slot->parts[i], NULL), length);
    at += length;
  }
  return g_bytes_new_take (frame, HEADER_BYTES + size);
}

GBytes *
ac_wire_pack_machine (const AcWireMachine *machine)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (DICTIONARY_TYPE));
  ac_fields_add (machine_fields, machine, &builder);
  return pack_variant (AC_WIRE_MACHINE, g_variant_builder_end (&builder));
}

GBytes *
ac_wire_pack_health (const AcWireHealth *health)
{
  return pack_variant (AC_WIRE_HEALTH, ac_health_to_variant (health));
}

static GBytes *
pack_state (AcWireType type, const AcWireSourceState *state)
{
  g_autofree gchar *detail = fit_text (state->detail, detail_max_bytes (state->state));

  return pack_variant (type, g_variant_new (STATE_TYPE, (guint32)state->state, detail,
                                            state->source_number));
}

GBytes *
ac_wire_pack_source_state (const AcWireSourceState *state)
{
  return pack_state (AC_WIRE_SOURCE_STATE, state);
}

GBytes *
ac_wire_pack_viewer_state (const AcWireSourceState *state)
{
  return pack_state (AC_WIRE_VIEWER_STATE, state);
}

GBytes *
ac_wire_pack_viewer (AcWireType type, const AcWireViewer *viewer)
{
  g_autofree gchar *text = fit_text (viewer->text, AC_SDP_MAX_BYTES);

  return pack_variant (type, g_variant_new (VIEWER_TYPE, viewer->number, text));
}

GBytes *
ac_wire_pack_finished (void)
{
  return pack_empty (AC_WIRE_FINISHED);
}

/* --- unpacking -------------------------------------------------------------------- */

static gboolean
malformed (const gchar *what, GError **error)
{
  g_set_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_MALFORMED, "malformed %s", what);
  return FALSE;
}

/* Returns: (transfer full) (nullable): @payload as a variant of @type. */
static GVariant *
read_variant (GBytes *payload, const gchar *type)
{
  g_autoptr (GVariant) wire = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (type), payload, FALSE));

  if (!g_variant_is_normal_form (wire))
    return NULL;
  return to_wire_order (wire);
}

/* An element's name, which ends up in the description of a pipeline. */
static gboolean
is_element_name (const gchar *name)
{
  return strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789") == strlen (name);
}

gboolean
ac_wire_unpack_configure (GBytes *payload, AcWireConfigure *ret_configure,
                          GError **error)
{
  g_autoptr (GVariant) variant = read_variant (payload, DICTIONARY_TYPE);
  AcWireConfigure configure = { 0 };

  if (variant == NULL || !ac_fields_read (configure_fields, variant, &configure) ||
      !g_variant_lookup (variant, "title", "s", &configure.title))
    return malformed ("CONFIGURE", error);
  if (strlen (configure.title) > TITLE_MAX_BYTES || configure.epoch == 0 ||
      configure.first_msn > MAX_TICKS || configure.start > MAX_TICKS ||
      configure.top_height > 16384 || !is_element_name (configure.encoder) ||
      (configure.frame_rate != 0 && configure.frame_rate != 25 &&
       configure.frame_rate != 30)) {
    ac_wire_configure_clear (&configure);
    return malformed ("CONFIGURE", error);
  }
  *ret_configure = configure;
  return TRUE;
}

gboolean
ac_wire_unpack_source_begin (GBytes *payload, AcWireSource *ret_source, GError **error)
{
  g_autoptr (GVariant) variant = read_variant (payload, SOURCE_TYPE);
  AcWireSource source = { 0 };
  guint32 kind;

  if (variant == NULL)
    return malformed ("SOURCE_BEGIN", error);
  g_variant_get (variant, SOURCE_TYPE, &kind, &source.address, &source.loop,
                 &source.age_ms, &source.position_ms, &source.number);
  if (kind >= AC_N_SOURCE_KINDS || source.position_ms < 0 ||
      source.position_ms > POSITION_MAX_MS ||
      strlen (source.address) > address_max_bytes (kind)) {
    ac_wire_source_clear (&source);
    return malformed ("SOURCE_BEGIN", error);
  }
  source.kind = (AcSourceKind)kind;
  *ret_source = source;
  return TRUE;
}

/* Returns: whether a unit of @type may be @size bytes long. */
static gboolean
unit_is_good (guint8 type, gsize size)
{
  if (type == AC_UNIT_TS)
    return size > 0 && size <= AC_UNIT_TS_MAX_BYTES && size % TS_PACKET_BYTES == 0;
  if (type == AC_UNIT_CANDIDATES)
    return size > 0 && size <= AC_UNIT_CANDIDATES_MAX_BYTES;
  return type == 8 || type == 9 || type == 18;
}

gboolean
ac_wire_unpack_source_media (GBytes *payload, AcFlvTag *ret_tag, GError **error)
{
  gsize size;
  const guint8 *at = g_bytes_get_data (payload, &size);
  guint8 type;

  if (size < MEDIA_HEADER_BYTES)
    return malformed ("SOURCE_MEDIA", error);
  type = *at++;
  if (!unit_is_good (type, size - MEDIA_HEADER_BYTES))
    return malformed ("SOURCE_MEDIA", error);

  ret_tag->type = type;
  ret_tag->timestamp_ms = get_u32 (&at);
  ret_tag->body =
      g_bytes_new_from_bytes (payload, MEDIA_HEADER_BYTES, size - MEDIA_HEADER_BYTES);
  return TRUE;
}

gboolean
ac_wire_unpack_viewer (GBytes *payload, AcWireViewer *ret_viewer, GError **error)
{
  g_autoptr (GVariant) variant = read_variant (payload, VIEWER_TYPE);
  AcWireViewer viewer = { 0 };

  if (variant == NULL)
    return malformed ("VIEWER", error);
  g_variant_get (variant, VIEWER_TYPE, &viewer.number, &viewer.text);
  if (strlen (viewer.text) > AC_SDP_MAX_BYTES) {
    ac_wire_viewer_clear (&viewer);
    return malformed ("VIEWER", error);
  }
  *ret_viewer = viewer;
  return TRUE;
}

AcMediaEpoch *
ac_wire_unpack_epoch (GBytes *payload, GError **error)
{
  g_autoptr (GVariant) variant = read_variant (payload, AC_MEDIA_EPOCH_TYPE);
  AcMediaEpoch *epoch = NULL;

  if (variant != NULL)
    epoch = ac_media_epoch_from_variant (variant);
  if (epoch == NULL)
    malformed ("EPOCH", error);
  return epoch;
}

static gboolean
slot_is_good (const AcSlot *slot)
{
  const guint32 known =
      AC_SLOT_SEGMENT_START | AC_SLOT_SEGMENT_END | AC_SLOT_NOT_CREDITABLE;

  return slot->epoch > 0 && slot->part < 1000 && slot->msn <= MAX_TICKS &&
         slot->start <= MAX_TICKS && slot->duration > 0 &&
         slot->duration <= 60 * AC_TICKS_PER_SECOND && (slot->flags & ~known) == 0 &&
         slot->wall_ms >= 0 && slot->n_parts > 0 && slot->n_parts <= AC_MAX_TRACKS;
}

AcSlot *
ac_wire_unpack_slot (GBytes *payload, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);
  const guint8 *at = data;
  gsize offset, sum = 0;
  gsize sizes[AC_MAX_TRACKS];
  AcSlot fields = { 0 };
  AcSlot *slot;

  if (size < SLOT_HEADER_BYTES)
    return malformed ("SLOT", error), NULL;
  fields.epoch = get_u32 (&at);
  fields.part = get_u32 (&at);
  fields.msn = get_u64 (&at);
  fields.start = get_u64 (&at);
  fields.duration = get_u32 (&at);
  fields.flags = get_u32 (&at);
  fields.wall_ms = (gint64)get_u64 (&at);
  fields.n_parts = get_u32 (&at);
  offset = SLOT_HEADER_BYTES + 4 * (gsize)fields.n_parts;
  if (!slot_is_good (&fields) || size < offset)
    return malformed ("SLOT", error), NULL;

  for (guint i = 0; i < fields.n_parts; i++) {
    sizes[i] = get_u32 (&at);
    sum += sizes[i];
  }
  if (sum != size - offset)
    return malformed ("SLOT", error), NULL;

  slot = ac_slot_new (&fields); /* its parts are still NULL */
  for (guint i = 0; i < fields.n_parts; i++) {
    if (sizes[i] > 0)
      slot->parts[i] = g_bytes_new_from_bytes (payload, offset, sizes[i]);
    offset += sizes[i];
  }
  return slot;
}

gboolean
ac_wire_unpack_machine (GBytes *payload, AcWireMachine *ret_machine, GError **error)
{
  g_autoptr (GVariant) variant = read_variant (payload, DICTIONARY_TYPE);
  AcWireMachine machine = { 0 };

  if (variant == NULL || !ac_fields_read (machine_fields, variant, &machine))
    return malformed ("MACHINE", error);
  *ret_machine = machine;
  return TRUE;
}

gboolean
ac_wire_unpack_health (GBytes *payload, AcWireHealth *ret_health, GError **error)
{
  g_autoptr (GVariant) variant = g_bytes_get_size (payload) <= HEALTH_MAX_BYTES
                                     ? read_variant (payload, AC_HEALTH_TYPE)
                                     : NULL;

  if (variant == NULL || !ac_health_from_variant (variant, ret_health))
    return malformed ("HEALTH", error);
  return TRUE;
}

gboolean
ac_wire_unpack_source_state (GBytes *payload, AcWireSourceState *ret_state,
                             GError **error)
{
  g_autoptr (GVariant) variant = read_variant (payload, STATE_TYPE);
  AcWireSourceState state = { 0 };
  guint32 number;

  if (variant == NULL)
    return malformed ("SOURCE_STATE", error);
  g_variant_get (variant, STATE_TYPE, &number, &state.detail, &state.source_number);
  if (number > AC_SOURCE_ANSWERED ||
      strlen (state.detail) > detail_max_bytes (number)) {
    ac_wire_source_state_clear (&state);
    return malformed ("SOURCE_STATE", error);
  }
  state.state = (AcSourceState)number;
  *ret_state = state;
  return TRUE;
}

void
ac_wire_configure_clear (AcWireConfigure *configure)
{
  g_clear_pointer (&configure->title, g_free);
}

void
ac_wire_source_clear (AcWireSource *source)
{
  g_clear_pointer (&source->address, g_free);
}

void
ac_wire_source_state_clear (AcWireSourceState *state)
{
  g_clear_pointer (&state->detail, g_free);
}

void
ac_wire_viewer_clear (AcWireViewer *viewer)
{
  g_clear_pointer (&viewer->text, g_free);
}

void
ac_flv_tag_clear (AcFlvTag *tag)
{
  g_clear_pointer (&tag->body, g_bytes_unref);
}

/* --- parser ----------------------------------------------------------------------- */

AcWireParser *
ac_wire_parser_new (void)
{
  return g_new0 (AcWireParser, 1);
}

void
ac_wire_parser_free (AcWireParser *self)
{
  g_free (self->payload);
  g_free (self);
}

gpointer
ac_wire_parser_want (AcWireParser *self, gsize *ret_size)
{
  if (self->failed) { /* what comes after an error is thrown away */
    *ret_size = HEADER_BYTES;
    return self->header;
  }
  if (self->in_payload) {
    *ret_size = self->payload_size - self->filled;
    return self->payload + self->filled;
  }
  *ret_size = HEADER_BYTES - self->filled;
  return self->header + self->filled;
}

/* Looks at a whole header; an empty payload needs no further bytes. */
static gboolean
begin_payload (AcWireParser *self, GError **error)
{
  const guint8 *at = self->header;
  guint32 length = get_u32 (&at);

  if (length == 0 || length > AC_WIRE_FRAME_MAX_BYTES) {
    self->failed = TRUE;
    if (length == 0)
      return malformed ("frame", error);
    g_set_error (error, AC_WIRE_ERROR, AC_WIRE_ERROR_TOO_LONG,
                 "a frame of %" G_GUINT32_FORMAT " bytes", length);
    return FALSE;
  }
  self->in_payload = TRUE;
  self->filled = 0;
  self->payload_size = length - 1;
  self->payload = self->payload_size > 0 ? g_malloc (self->payload_size) : NULL;
  return TRUE;
}

gboolean
ac_wire_parser_filled (AcWireParser *self, gsize size, AcWireType *ret_type,
                       GBytes **ret_payload, GError **error)
{
  *ret_payload = NULL;
  if (self->failed)
    return malformed ("stream", error);

  self->filled += size;
  if (!self->in_payload) {
    if (self->filled < HEADER_BYTES)
      return TRUE;
    if (!begin_payload (self, error))
      return FALSE;
  }
  if (self->filled < self->payload_size)
    return TRUE;

  *ret_type = (AcWireType)self->header[4];
  *ret_payload =
      g_bytes_new_take (g_steal_pointer (&self->payload), self->payload_size);
  self->in_payload = FALSE;
  self->filled = 0;
  return TRUE;
}
