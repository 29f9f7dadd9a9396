#include "ts_tables.h"

#include <string.h>

#define MAX_PROGRAMS 16
#define SECTION_HEADER_BYTES 3
#define SECTION_MAX_BYTES 1024
#define CRC_BYTES 4
/* So many PATs are waited for the PMTs of all programs. */
#define PATIENCE_PATS 5

#define PAT_PID 0
#define PAT_ID 0
#define PMT_ID 2

/* A section that is being put together. */
typedef struct {
  guint8 bytes[SECTION_MAX_BYTES];
  gsize size; /* 0: waits for a beginning */
} Section;

typedef struct {
  guint16 number, pmt_pid;
  gboolean seen;
  AcTsProgram offer;
  Section section;
} Program;

struct _AcTsTables {
  Section pat;
  Program programs[MAX_PROGRAMS]; /* in the PAT's order */
  guint n_programs;
  guint n_pats; /* since the programs changed */
  gint chosen;  /* index; -1: none yet */
};

AcTsTables *
ac_ts_tables_new (void)
{
  AcTsTables *self = g_new0 (AcTsTables, 1);

  self->chosen = -1;
  return self;
}

void
ac_ts_tables_free (AcTsTables *self)
{
  g_free (self);
}

static Program *
find_program (AcTsTables *self, guint16 pmt_pid)
{
  for (guint i = 0; i < self->n_programs; i++)
    if (self->programs[i].pmt_pid == pmt_pid)
      return &self->programs[i];
  return NULL;
}

gboolean
ac_ts_tables_wants (AcTsTables *self, guint16 pid)
{
  return pid == PAT_PID || find_program (self, pid) != NULL;
}

/* ISO/IEC 13818-1, annex A. */
static guint32
crc_of (const guint8 *data, gsize size)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < size; i++) {
    crc ^= (guint32)data[i] << 24;
    for (guint bit = 0; bit < 8; bit++)
      crc = crc << 1 ^ ((crc & 0x80000000) != 0 ? 0x04c11db7 : 0);
  }
  return crc;
}

static guint16
pid_at (const guint8 *at)
{
  return (guint16)((at[0] & 0x1f) << 8 | at[1]);
}

static gsize
length_at (const guint8 *at)
{
  return (gsize)(at[0] & 0x0f) << 8 | at[1];
}

/* --- what a stream is ------------------------------------------------------------- */

/* Looks for the descriptor @tag.
 * Returns: (nullable): its content. */
static const guint8 *
find_descriptor (const guint8 *data, gsize size, guint8 tag, gsize *ret_size)
{
  gsize offset = 0;

  while (size - offset >= 2) {
    const gsize length = data[offset + 1];

    if (length > size - offset - 2)
      return NULL;
    if (data[offset] == tag) {
      *ret_size = length;
      return data + offset + 2;
    }
    offset += 2 + length;
  }
  return NULL;
}

static gboolean
is_registered (const guint8 *data, gsize size, const gchar *name)
{
  gsize length;
  const guint8 *found = find_descriptor (data, size, 5, &length);

  return found != NULL && length >= 4 && memcmp (found, name, 4) == 0;
}

/* Opus in MPEG-TS: the extension descriptor 0x80 says how many channels. */
static guint
opus_channels (const guint8 *data, gsize size)
{
  gsize length;
  const guint8 *found = find_descriptor (data, size, 0x7f, &length);

  return found != NULL && length >= 2 && found[0] == 0x80 && found[1] >= 1 &&
                 found[1] <= 8
             ? found[1]
             : 2;
}

/* Private data says by its descriptors what it is: those of DVB (EN 300 468, annex D)
 * or a registration. */
static AcTsFormat
private_format (const guint8 *data, gsize size)
{
  gsize length;

  if (is_registered (data, size, "Opus"))
    return (AcTsFormat){ AC_TS_OPUS, opus_channels (data, size) };
  if (is_registered (data, size, "HEVC"))
    return (AcTsFormat){ AC_TS_H265, 0 };
  if (is_registered (data, size, "AC-3") ||
      find_descriptor (data, size, 0x6a, &length) != NULL)
    return (AcTsFormat){ AC_TS_AC3, 0 };
  if (is_registered (data, size, "EAC3") ||
      find_descriptor (data, size, 0x7a, &length) != NULL)
    return (AcTsFormat){ AC_TS_EAC3, 0 };
  return (AcTsFormat){ AC_TS_NONE, 0 };
}

static AcTsFormat
format_of (guint8 stream_type, const guint8 *descriptors, gsize size)
{
  static const struct {
    guint8 stream_type;
    AcTsCodec codec;
  } known[] = {
    { 0x03, AC_TS_MPEG_AUDIO }, { 0x04, AC_TS_MPEG_AUDIO }, { 0x0f, AC_TS_AAC_ADTS },
    { 0x11, AC_TS_AAC_LATM },   { 0x1b, AC_TS_H264 },       { 0x24, AC_TS_H265 },
    { 0x81, AC_TS_AC3 },        { 0x87, AC_TS_EAC3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].stream_type == stream_type)
      return (AcTsFormat){ known[i].codec, 0 };
  return stream_type == 0x06 ? private_format (descriptors, size)
                             : (AcTsFormat){ AC_TS_NONE, 0 };
}

/* --- tables ----------------------------------------------------------------------- */

static void
offer_stream (AcTsProgram *offer, guint16 pid, AcTsFormat format)
{
  AcSourceTrack track = format.codec == AC_TS_H264 || format.codec == AC_TS_H265
                            ? AC_SOURCE_VIDEO
                            : AC_SOURCE_AUDIO;

  if (format.codec == AC_TS_NONE || offer->pids[track] != AC_TS_NO_PID)
    return;
  offer->pids[track] = pid;
  offer->formats[track] = format;
}

/* @data: a PMT section behind its eight bytes of header */
static void
read_pmt (Program *program, const guint8 *data, gsize size)
{
  AcTsProgram offer = { { AC_TS_NO_PID, AC_TS_NO_PID }, { { 0 } } };
  gsize offset;

  if (size < 4)
    return;
  offset = 4 + length_at (data + 2);
  while (offset <= size && size - offset >= 5) {
    const gsize length = length_at (data + offset + 3);

    if (length > size - offset - 5)
      return;
    offer_stream (&offer, pid_at (data + offset + 1),
                  format_of (data[offset], data + offset + 5, length));
    offset += 5 + length;
  }
  program->offer = offer;
  program->seen = TRUE;
}

/* Returns: whether the PAT at @data says what is known. */
static gboolean
is_same_pat (AcTsTables *self, const guint8 *data, gsize size)
{
  guint n = 0;

  for (gsize at = 0; size - at >= 4; at += 4) {
    const guint16 number = (guint16)(data[at] << 8 | data[at + 1]);

    if (number == 0 || n == MAX_PROGRAMS)
      continue;
    if (n >= self->n_programs || self->programs[n].number != number ||
        self->programs[n].pmt_pid != pid_at (data + at + 2))
      return FALSE;
    n++;
  }
  return n == self->n_programs;
}

/* @data: a PAT section behind its eight bytes of header */
static void
read_pat (AcTsTables *self, const guint8 *data, gsize size)
{
  self->n_pats = MIN (self->n_pats + 1, PATIENCE_PATS);
  if (is_same_pat (self, data, size))
    return;
  self->n_programs = 0;
  self->n_pats = 0;
  self->chosen = -1;
  for (gsize at = 0; size - at >= 4 && self->n_programs < MAX_PROGRAMS; at += 4) {
    const guint16 number = (guint16)(data[at] << 8 | data[at + 1]);
    Program *program = &self->programs[self->n_programs];

    if (number == 0) /* the network's, no program */
      continue;
    memset (program, 0, sizeof *program);
    program->number = number;
    program->pmt_pid = pid_at (data + at + 2);
    program->offer.pids[0] = program->offer.pids[1] = AC_TS_NO_PID;
    self->n_programs++;
  }
}

/* Those before it in the PAT may be better, so they are waited for, a while. */
static void
choose (AcTsTables *self)
{
  const gboolean patient = self->n_pats < PATIENCE_PATS;
  gint with_sound = -1;

  if (self->chosen >= 0 &&
      self->programs[self->chosen].offer.pids[AC_SOURCE_VIDEO] != AC_TS_NO_PID)
    return;
  for (guint i = 0; i < self->n_programs; i++) {
    const Program *program = &self->programs[i];

    if (!program->seen && patient)
      return;
    if (program->offer.pids[AC_SOURCE_VIDEO] != AC_TS_NO_PID) {
      self->chosen = (gint)i;
      return;
    }
    if (with_sound < 0 && program->offer.pids[AC_SOURCE_AUDIO] != AC_TS_NO_PID)
      with_sound = (gint)i;
  }
  if (self->chosen < 0)
    self->chosen = with_sound;
}

/* A whole section. */
static void
take_section (AcTsTables *self, Program *program, const guint8 *section, gsize size)
{
  const guint8 id = program != NULL ? PMT_ID : PAT_ID;
  const gsize header = 8;

  if (size < header + CRC_BYTES || section[0] != id || (section[1] & 0x80) == 0 ||
      (section[5] & 1) == 0 || crc_of (section, size) != 0)
    return; /* another table, one for later, or a broken one */
  if (program == NULL)
    read_pat (self, section + header, size - header - CRC_BYTES);
  else if (program->number == (section[3] << 8 | section[4]))
    read_pmt (program, section + header, size - header - CRC_BYTES);
  choose (self);
}

/* Adds to the section under way and takes it when it is whole.
 * Returns: how many bytes were used; less than @size: more sections may follow. */
static gsize
add_to_section (AcTsTables *self, Program *program, const guint8 *data, gsize size)
{
  Section *section = program != NULL ? &program->section : &self->pat;
  const gsize room = SECTION_MAX_BYTES - section->size;
  const gsize before = section->size;
  gsize whole;

  memcpy (section->bytes + before, data, MIN (size, room));
  section->size += MIN (size, room);
  if (section->size < SECTION_HEADER_BYTES)
    return size;
  whole = SECTION_HEADER_BYTES + length_at (section->bytes + 1);
  if (whole > SECTION_MAX_BYTES) {
    section->size = 0;
    return size;
  }
  if (section->size < whole)
    return size;
  section->size = 0;
  take_section (self, program, section->bytes, whole);
  return whole - before;
}

static void
push_section_bytes (AcTsTables *self, guint16 pid, const guint8 *data, gsize size,
                    gboolean starts)
{
  Program *program = pid == PAT_PID ? NULL : find_program (self, pid);
  Section *section = program != NULL ? &program->section : &self->pat;

  if (pid != PAT_PID && program == NULL)
    return; /* a PAT in this very packet has done away with it */
  if (starts)
    section->size = 0;
  else if (section->size == 0)
    return; /* its beginning is missing */
  while (size > 0 && (section->size > 0 || data[0] != 0xff)) { /* 0xff: stuffing */
    const gsize used = add_to_section (self, program, data, size);

    data += used;
    size -= used;
    if (!starts || section->size > 0)
      return;
  }
}

gboolean
ac_ts_tables_push (AcTsTables *self, guint16 pid, gboolean starts,
                   const guint8 *payload, gsize size)
{
  const AcTsProgram *program = ac_ts_tables_program (self);
  const AcTsProgram before = program != NULL ? *program : (AcTsProgram){ 0 };
  gsize pointer;

  if (!starts) {
    push_section_bytes (self, pid, payload, size, FALSE);
  } else if (size >= 1 && (pointer = payload[0]) < size) {
    push_section_bytes (self, pid, payload + 1, pointer, FALSE);
    push_section_bytes (self, pid, payload + 1 + pointer, size - 1 - pointer, TRUE);
  }
  program = ac_ts_tables_program (self);
  return program != NULL && memcmp (&before, program, sizeof before) != 0;
}

void
ac_ts_tables_lost (AcTsTables *self, guint16 pid)
{
  Program *program = pid == PAT_PID ? NULL : find_program (self, pid);

  if (pid == PAT_PID)
    self->pat.size = 0;
  else if (program != NULL)
    program->section.size = 0;
}

const AcTsProgram *
ac_ts_tables_program (AcTsTables *self)
{
  return self->chosen >= 0 ? &self->programs[self->chosen].offer : NULL;
}
