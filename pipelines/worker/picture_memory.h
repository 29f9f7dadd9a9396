/* picture_memory.h - memory for decoded pictures that is copied by sharing it.
 *
 * A decoder keeps its pictures for reference, mapped for writing, while it gives them
 * on. GStreamer can then not share their memory with another buffer and copies it,
 * every picture, in gst_video_decoder_finish_frame(). But a decoder writes into a
 * picture no more once it has given it on.
 *
 * So a copy of such memory is the same *block* under another GstMemory. The original is
 * the decoder's: when it is mapped for writing again (its pool uses it for another
 * picture) while copies are left, it gets another block, of undefined content. A copy
 * that is mapped for writing gets a block of its own with the same content.
 *
 * Bounded: AC_PICTURE_SPARE_MAX blocks that nobody uses are kept, since a page that
 * comes from the kernel has to be cleared.
 *
 * Threads:   any.
 * Ownership: a GstAllocator, which lives as long as its memory. */
#pragma once

#include <gst/gst.h>

#define AC_PICTURE_SPARE_MAX 8

#define AC_TYPE_PICTURE_ALLOCATOR (ac_picture_allocator_get_type ())
G_DECLARE_FINAL_TYPE (AcPictureAllocator, ac_picture_allocator, AC, PICTURE_ALLOCATOR,
                      GstAllocator)

GstAllocator *ac_picture_allocator_new (void);
