#include "frame_parsers.h"

#include <gst/base/gstbaseparse.h>

/* A header of ADTS, and one of LOAS with its least configuration; no frame is shorter.
 */
#define LEAST_BYTES 10

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  gst_base_parse_set_min_frame_size (user_data, LEAST_BYTES);
  return GST_PAD_PROBE_OK;
}

static void
hurry (const GValue *value, gpointer user_data)
{
  GstElement *element = g_value_get_object (value);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, element, NULL);
}

void
ac_frame_parsers_hurry (GstBin *bin)
{
  g_autoptr (GstIterator) elements =
      gst_bin_iterate_all_by_element_factory_name (bin, "aacparse");

  while (gst_iterator_foreach (elements, hurry, NULL) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (elements);
}
