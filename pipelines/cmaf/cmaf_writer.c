/* See cmaf_writer.h. Box layouts: ISO/IEC 14496-12 (boxes), 14496-14 (esds), 14496-15
 * (avc1), 23000-19 (which of them, and with which flags). */
#include "cmaf_writer.h"

#include "box_writer.h"

#define STYP_BYTES 24
#define PRFT_BYTES 32
#define MOOF_FIXED_BYTES (8 + 16 + 8 + 16 + 20) /* moof, mfhd, traf, tfhd, tfdt */
#define TRUN_FIXED_BYTES 20
#define MDAT_HEADER_BYTES 8

#define TFHD_DEFAULT_BASE_IS_MOOF 0x020000
#define TRUN_DATA_OFFSET 0x000001
#define TRUN_DURATION 0x000100
#define TRUN_SIZE 0x000200
#define TRUN_FLAGS 0x000400
#define TRUN_COMPOSITION_OFFSET 0x000800
#define SAMPLE_SYNC 0x02000000     /* depends on no other */
#define SAMPLE_NOT_SYNC 0x01010000 /* depends on others, is no sync sample */

#define NTP_UNIX_EPOCH G_GUINT64_CONSTANT (2208988800)  /* seconds, 1900 to 1970 */
#define MAX_WALL_MS (G_GINT64_CONSTANT (2085978495999)) /* NTP era 0 ends, 2036-02 */

G_DEFINE_QUARK (ac - cmaf - error - quark, ac_cmaf_error)

static gboolean
check (gboolean condition, AcCmafError code, const gchar *what, GError **error)
{
  if (!condition)
    g_set_error_literal (error, AC_CMAF_ERROR, (gint)code, what);
  return condition;
}

/* --- codec configurations --------------------------------------------------------- */

static gboolean
check_avcc (GBytes *avcc, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (avcc, &size);

  return check (size >= 7 && size <= AC_CMAF_MAX_CONFIG_BYTES && data[0] == 1,
                AC_CMAF_ERROR_CONFIG, "no AVCDecoderConfigurationRecord", error);
}

gchar *
ac_cmaf_codecs_video (GBytes *avcc, GError **error)
{
  const guint8 *data;

  if (!check_avcc (avcc, error))
    return NULL;
  data = g_bytes_get_data (avcc, NULL);
  return g_strdup_printf ("avc1.%02X%02X%02X", data[1], data[2], data[3]);
}

/* The audio object type is 5 bits, or 31 and 6 more. */
static guint
asc_object_type (GBytes *asc)
{
  const guint8 *data = g_bytes_get_data (asc, NULL);
  guint type = data[0] >> 3;

  if (type == 31)
    type = 32 + ((data[0] & 7u) << 3 | data[1] >> 5);
  return type;
}

static gboolean
check_asc (GBytes *asc, GError **error)
{
  gsize size = g_bytes_get_size (asc);

  return check (size >= 2 && size <= 64 && asc_object_type (asc) != 0,
                AC_CMAF_ERROR_CONFIG, "no AudioSpecificConfig", error);
}

gchar *
ac_cmaf_codecs_audio (GBytes *asc, GError **error)
{
  if (!check_asc (asc, error))
    return NULL;
  return g_strdup_printf ("mp4a.40.%u", asc_object_type (asc));
}

/* --- init ------------------------------------------------------------------------- */

static void
write_ftyp (AcBoxWriter *writer)
{
  static const gchar brands[][5] = { "iso6", "mp41", "cmfc", "dash", "hlsf" };
  gsize ftyp = ac_box_writer_begin (writer, "ftyp");

  ac_box_writer_tag (writer, "iso6");
  ac_box_writer_u32 (writer, 0);
  for (guint i = 0; i < G_N_ELEMENTS (brands); i++)
    ac_box_writer_tag (writer, brands[i]);
  ac_box_writer_end (writer, ftyp);
}

static void
write_matrix (AcBoxWriter *writer)
{
  static const guint32 unity[9] = { 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000 };

  for (guint i = 0; i < G_N_ELEMENTS (unity); i++)
    ac_box_writer_u32 (writer, unity[i]);
}

static void
write_mvhd (AcBoxWriter *writer, guint32 timescale)
{
  gsize mvhd = ac_box_writer_begin_full (writer, "mvhd", 0, 0);

  ac_box_writer_zeros (writer, 8); /* creation, modification */
  ac_box_writer_u32 (writer, timescale);
  ac_box_writer_u32 (writer, 0);       /* duration: all of it is in fragments */
  ac_box_writer_u32 (writer, 0x10000); /* rate 1.0 */
  ac_box_writer_u16 (writer, 0x100);   /* volume 1.0 */
  ac_box_writer_zeros (writer, 10);
  write_matrix (writer);
  ac_box_writer_zeros (writer, 24);
  ac_box_writer_u32 (writer, AC_CMAF_TRACK_ID + 1); /* next track */
  ac_box_writer_end (writer, mvhd);
}

static void
write_tkhd (AcBoxWriter *writer, guint32 width, guint32 height)
{
  /* enabled, in movie, in preview */
  gsize tkhd = ac_box_writer_begin_full (writer, "tkhd", 0, 7);

  ac_box_writer_zeros (writer, 8);
  ac_box_writer_u32 (writer, AC_CMAF_TRACK_ID);
  ac_box_writer_zeros (writer, 4 + 4 + 8);           /* duration 0 */
  ac_box_writer_zeros (writer, 4);                   /* layer, group */
  ac_box_writer_u16 (writer, width > 0 ? 0 : 0x100); /* volume */
  ac_box_writer_u16 (writer, 0);
  write_matrix (writer);
  ac_box_writer_u32 (writer, width << 16);
  ac_box_writer_u32 (writer, height << 16);
  ac_box_writer_end (writer, tkhd);
}

static void
write_mdhd_hdlr (AcBoxWriter *writer, guint32 timescale, const gchar *handler,
                 const gchar *name)
{
  gsize box = ac_box_writer_begin_full (writer, "mdhd", 0, 0);

  ac_box_writer_zeros (writer, 8);
  ac_box_writer_u32 (writer, timescale);
  ac_box_writer_u32 (writer, 0);
  ac_box_writer_u16 (writer, 0x55c4); /* language "und" */
  ac_box_writer_u16 (writer, 0);
  ac_box_writer_end (writer, box);

  box = ac_box_writer_begin_full (writer, "hdlr", 0, 0);
  ac_box_writer_u32 (writer, 0);
  ac_box_writer_tag (writer, handler);
  ac_box_writer_zeros (writer, 12);
  for (const gchar *c = name; *c != '\0'; c++)
    ac_box_writer_u8 (writer, (guint8)*c);
  ac_box_writer_u8 (writer, 0);
  ac_box_writer_end (writer, box);
}

static void
write_btrt (AcBoxWriter *writer, guint32 target_bps)
{
  gsize btrt;

  if (target_bps == 0)
    return;
  btrt = ac_box_writer_begin (writer, "btrt");
  ac_box_writer_u32 (writer, 0); /* decoding buffer: not said */
  ac_box_writer_u32 (writer, target_bps);
  ac_box_writer_u32 (writer, target_bps);
  ac_box_writer_end (writer, btrt);
}

static void
write_avc1 (AcBoxWriter *writer, const AcCmafVideo *video)
{
  gsize avc1 = ac_box_writer_begin (writer, "avc1");
  gsize box;

  ac_box_writer_zeros (writer, 6);
  ac_box_writer_u16 (writer, 1); /* data reference */
  ac_box_writer_zeros (writer, 16);
  ac_box_writer_u16 (writer, (guint16)video->width);
  ac_box_writer_u16 (writer, (guint16)video->height);
  ac_box_writer_u32 (writer, 0x480000); /* 72 dpi, the only value there is */
  ac_box_writer_u32 (writer, 0x480000);
  ac_box_writer_u32 (writer, 0);
  ac_box_writer_u16 (writer, 1);      /* frames a sample */
  ac_box_writer_zeros (writer, 32);   /* compressor's name */
  ac_box_writer_u16 (writer, 24);     /* depth */
  ac_box_writer_u16 (writer, 0xffff); /* no colour table */

  box = ac_box_writer_begin (writer, "avcC");
  ac_box_writer_data (writer, video->avcc);
  ac_box_writer_end (writer, box);

  if (video->primaries != 0) {
    box = ac_box_writer_begin (writer, "colr");
    ac_box_writer_tag (writer, "nclx");
    ac_box_writer_u16 (writer, video->primaries);
    ac_box_writer_u16 (writer, video->transfer);
    ac_box_writer_u16 (writer, video->matrix);
    ac_box_writer_u8 (writer, video->full_range ? 0x80 : 0);
    ac_box_writer_end (writer, box);
  }

  box = ac_box_writer_begin (writer, "pasp");
  ac_box_writer_u32 (writer, 1);
  ac_box_writer_u32 (writer, 1);
  ac_box_writer_end (writer, box);
  write_btrt (writer, video->target_bps);
  ac_box_writer_end (writer, avc1);
}

/* Descriptors of ISO/IEC 14496-1 7.2.6; all lengths here fit one byte. */
static void
write_esds (AcBoxWriter *writer, const AcCmafAudio *audio)
{
  guint8 asc_size = (guint8)g_bytes_get_size (audio->asc);
  gsize esds = ac_box_writer_begin_full (writer, "esds", 0, 0);

  ac_box_writer_u8 (writer, 3); /* ES descriptor */
  ac_box_writer_u8 (writer, (guint8)(3 + (2 + 13 + 2 + asc_size) + 3));
  ac_box_writer_u16 (writer, 0); /* ES_ID: 0 in files */
  ac_box_writer_u8 (writer, 0);
  ac_box_writer_u8 (writer, 4); /* decoder configuration */
  ac_box_writer_u8 (writer, (guint8)(13 + 2 + asc_size));
  ac_box_writer_u8 (writer, 0x40); /* MPEG-4 audio */
  ac_box_writer_u8 (writer, 0x15); /* audio stream */
  ac_box_writer_zeros (writer, 3);
  ac_box_writer_u32 (writer, audio->target_bps);
  ac_box_writer_u32 (writer, audio->target_bps);
  ac_box_writer_u8 (writer, 5); /* decoder specific information */
  ac_box_writer_u8 (writer, asc_size);
  ac_box_writer_data (writer, audio->asc);
  ac_box_writer_u8 (writer, 6); /* sync layer: MP4 */
  ac_box_writer_u8 (writer, 1);
  ac_box_writer_u8 (writer, 2);
  ac_box_writer_end (writer, esds);
}

static void
write_mp4a (AcBoxWriter *writer, const AcCmafAudio *audio)
{
  gsize mp4a = ac_box_writer_begin (writer, "mp4a");

  ac_box_writer_zeros (writer, 6);
  ac_box_writer_u16 (writer, 1); /* data reference */
  ac_box_writer_zeros (writer, 8);
  ac_box_writer_u16 (writer, (guint16)audio->channels);
  ac_box_writer_u16 (writer, 16);
  ac_box_writer_u32 (writer, 0);
  ac_box_writer_u32 (writer, audio->sample_rate << 16);
  write_esds (writer, audio);
  write_btrt (writer, audio->target_bps);
  ac_box_writer_end (writer, mp4a);
}

/* The media is in this file. */
static void
write_dinf (AcBoxWriter *writer)
{
  gsize dinf = ac_box_writer_begin (writer, "dinf");
  gsize dref = ac_box_writer_begin_full (writer, "dref", 0, 0);
  gsize url;

  ac_box_writer_u32 (writer, 1);
  url = ac_box_writer_begin_full (writer, "url ", 0, 1);
  ac_box_writer_end (writer, url);
  ac_box_writer_end (writer, dref);
  ac_box_writer_end (writer, dinf);
}

/* A sample table has to be there and be empty; stsd alone says something. */
static void
write_stbl (AcBoxWriter *writer, const AcCmafVideo *video, const AcCmafAudio *audio)
{
  static const gchar empty[][5] = { "stts", "stsc", "stco" };
  gsize stbl = ac_box_writer_begin (writer, "stbl");
  gsize box = ac_box_writer_begin_full (writer, "stsd", 0, 0);

  ac_box_writer_u32 (writer, 1);
  if (video != NULL)
    write_avc1 (writer, video);
  else
    write_mp4a (writer, audio);
  ac_box_writer_end (writer, box);

  for (guint i = 0; i < G_N_ELEMENTS (empty); i++) {
    box = ac_box_writer_begin_full (writer, empty[i], 0, 0);
    ac_box_writer_u32 (writer, 0);
    ac_box_writer_end (writer, box);
  }
  box = ac_box_writer_begin_full (writer, "stsz", 0, 0);
  ac_box_writer_zeros (writer, 8);
  ac_box_writer_end (writer, box);
  ac_box_writer_end (writer, stbl);
}

static void
write_mvex (AcBoxWriter *writer)
{
  gsize mvex = ac_box_writer_begin (writer, "mvex");
  gsize trex = ac_box_writer_begin_full (writer, "trex", 0, 0);

  ac_box_writer_u32 (writer, AC_CMAF_TRACK_ID);
  ac_box_writer_u32 (writer, 1); /* sample description */
  ac_box_writer_zeros (writer, 12);
  ac_box_writer_end (writer, trex);
  ac_box_writer_end (writer, mvex);
}

static GBytes *
write_init (const AcCmafVideo *video, const AcCmafAudio *audio)
{
  guint32 timescale = video != NULL ? video->timescale : audio->sample_rate;
  g_auto (AcBoxWriter) writer = { NULL };
  gsize moov, trak, mdia, minf, box;

  ac_box_writer_init (&writer, 1024);
  write_ftyp (&writer);
  moov = ac_box_writer_begin (&writer, "moov");
  write_mvhd (&writer, timescale);
  trak = ac_box_writer_begin (&writer, "trak");
  write_tkhd (&writer, video != NULL ? video->width : 0,
              video != NULL ? video->height : 0);
  mdia = ac_box_writer_begin (&writer, "mdia");
  write_mdhd_hdlr (&writer, timescale, video != NULL ? "vide" : "soun",
                   video != NULL ? "Airclass video" : "Airclass audio");
  minf = ac_box_writer_begin (&writer, "minf");
  if (video != NULL) {
    box = ac_box_writer_begin_full (&writer, "vmhd", 0, 1);
    ac_box_writer_zeros (&writer, 8);
  } else {
    box = ac_box_writer_begin_full (&writer, "smhd", 0, 0);
    ac_box_writer_zeros (&writer, 4);
  }
  ac_box_writer_end (&writer, box);
  write_dinf (&writer);
  write_stbl (&writer, video, audio);
  ac_box_writer_end (&writer, minf);
  ac_box_writer_end (&writer, mdia);
  ac_box_writer_end (&writer, trak);
  write_mvex (&writer);
  ac_box_writer_end (&writer, moov);
  return ac_box_writer_finish (&writer);
}

GBytes *
ac_cmaf_init_video (const AcCmafVideo *video, GError **error)
{
  if (!check_avcc (video->avcc, error))
    return NULL;
  if (!check (video->timescale > 0 && video->width > 0 && video->width <= 16384 &&
                  video->height > 0 && video->height <= 16384,
              AC_CMAF_ERROR_CONFIG, "picture size or timescale out of range", error))
    return NULL;
  return write_init (video, NULL);
}

GBytes *
ac_cmaf_init_audio (const AcCmafAudio *audio, GError **error)
{
  if (!check_asc (audio->asc, error))
    return NULL;
  if (!check (audio->sample_rate > 0 && audio->sample_rate <= 65535 &&
                  audio->channels > 0 && audio->channels <= 8,
              AC_CMAF_ERROR_CONFIG, "sample rate or channels out of range", error))
    return NULL;
  return write_init (NULL, audio);
}

/* --- chunks ----------------------------------------------------------------------- */

static void
write_styp (AcBoxWriter *writer)
{
  gsize styp = ac_box_writer_begin (writer, "styp");

  ac_box_writer_tag (writer, "msdh");
  ac_box_writer_u32 (writer, 0);
  ac_box_writer_tag (writer, "msdh");
  ac_box_writer_tag (writer, "cmfs");
  ac_box_writer_end (writer, styp);
}

/* Producer reference time: when the first sample went into the encoder. */
static void
write_prft (AcBoxWriter *writer, const AcCmafChunk *chunk)
{
  guint64 seconds = (guint64)chunk->wall_ms / 1000 + NTP_UNIX_EPOCH;
  guint64 fraction = (((guint64)chunk->wall_ms % 1000) << 32) / 1000;
  gsize prft = ac_box_writer_begin_full (writer, "prft", 1, 0);

  ac_box_writer_u32 (writer, AC_CMAF_TRACK_ID);
  ac_box_writer_u64 (writer, seconds << 32 | fraction);
  ac_box_writer_u64 (writer, chunk->decode_time);
  ac_box_writer_end (writer, prft);
}

static void
write_trun (AcBoxWriter *writer, const AcCmafChunk *chunk, gboolean offsets,
            gsize moof_bytes)
{
  guint32 flags = TRUN_DATA_OFFSET | TRUN_DURATION | TRUN_SIZE | TRUN_FLAGS;
  gsize trun;

  if (offsets)
    flags |= TRUN_COMPOSITION_OFFSET;
  trun = ac_box_writer_begin_full (writer, "trun", offsets ? 1 : 0, flags);
  ac_box_writer_u32 (writer, chunk->n_samples);
  ac_box_writer_u32 (writer, (guint32)(moof_bytes + MDAT_HEADER_BYTES));
  for (guint i = 0; i < chunk->n_samples; i++) {
    const AcCmafSample *sample = &chunk->samples[i];

    ac_box_writer_u32 (writer, sample->duration);
    ac_box_writer_u32 (writer, (guint32)g_bytes_get_size (sample->data));
    ac_box_writer_u32 (writer, sample->sync ? SAMPLE_SYNC : SAMPLE_NOT_SYNC);
    if (offsets)
      ac_box_writer_u32 (writer, (guint32)sample->composition_offset);
  }
  ac_box_writer_end (writer, trun);
}

static void
write_moof (AcBoxWriter *writer, const AcCmafChunk *chunk, gboolean offsets,
            gsize moof_bytes)
{
  gsize moof = ac_box_writer_begin (writer, "moof");
  gsize box = ac_box_writer_begin_full (writer, "mfhd", 0, 0);
  gsize traf;

  ac_box_writer_u32 (writer, chunk->sequence);
  ac_box_writer_end (writer, box);

  traf = ac_box_writer_begin (writer, "traf");
  box = ac_box_writer_begin_full (writer, "tfhd", 0, TFHD_DEFAULT_BASE_IS_MOOF);
  ac_box_writer_u32 (writer, AC_CMAF_TRACK_ID);
  ac_box_writer_end (writer, box);
  box = ac_box_writer_begin_full (writer, "tfdt", 1, 0);
  ac_box_writer_u64 (writer, chunk->decode_time);
  ac_box_writer_end (writer, box);
  write_trun (writer, chunk, offsets, moof_bytes);
  ac_box_writer_end (writer, traf);
  ac_box_writer_end (writer, moof);
}

/* Sums up what the samples need; FALSE when that is over a limit. */
static gboolean
measure (const AcCmafChunk *chunk, gsize *ret_media_bytes, gboolean *ret_offsets,
         GError **error)
{
  gsize bytes = 0;
  gboolean offsets = FALSE;

  if (!check (chunk->n_samples > 0 && chunk->n_samples <= AC_CMAF_MAX_SAMPLES,
              AC_CMAF_ERROR_LIMIT, "number of samples out of range", error) ||
      !check (chunk->wall_ms <= MAX_WALL_MS, AC_CMAF_ERROR_LIMIT,
              "wall clock out of range", error))
    return FALSE;

  for (guint i = 0; i < chunk->n_samples; i++) {
    gsize size = g_bytes_get_size (chunk->samples[i].data);

    if (!check (size <= AC_CMAF_MAX_CHUNK_BYTES - bytes, AC_CMAF_ERROR_LIMIT,
                "too many bytes in a chunk", error))
      return FALSE;
    bytes += size;
    offsets |= chunk->samples[i].composition_offset != 0;
  }
  *ret_media_bytes = bytes;
  *ret_offsets = offsets;
  return TRUE;
}

GBytes *
ac_cmaf_chunk (const AcCmafChunk *chunk, GError **error)
{
  g_auto (AcBoxWriter) writer = { NULL };
  gsize media_bytes, moof_bytes, mdat;
  gboolean offsets;

  if (!measure (chunk, &media_bytes, &offsets, error))
    return NULL;

  moof_bytes = MOOF_FIXED_BYTES + TRUN_FIXED_BYTES +
               (gsize)chunk->n_samples * (offsets ? 16 : 12);
  ac_box_writer_init (&writer, STYP_BYTES + PRFT_BYTES + moof_bytes +
                                   MDAT_HEADER_BYTES + media_bytes);
  if (chunk->segment_start)
    write_styp (&writer);
  if (chunk->wall_ms >= 0)
    write_prft (&writer, chunk);
  write_moof (&writer, chunk, offsets, moof_bytes);

  mdat = ac_box_writer_begin (&writer, "mdat");
  for (guint i = 0; i < chunk->n_samples; i++)
    ac_box_writer_data (&writer, chunk->samples[i].data);
  ac_box_writer_end (&writer, mdat);
  return ac_box_writer_finish (&writer);
}
