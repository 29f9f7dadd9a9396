#include "picture_memory.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 256 /* bytes: more than any decoder asks for */

typedef struct {
  gatomicrefcount n_refs;
  gsize size;
  guint8 *data;
} Block;

typedef struct {
  GstMemory memory;
  gboolean is_copy;
  gint n_maps;  /* atomic */
  Block *block; /* changes only while nothing is mapped */
} PictureMemory;

struct _AcPictureAllocator {
  GstAllocator parent_instance;

  GMutex lock; /* guards the rest */
  Block *spare[AC_PICTURE_SPARE_MAX];
  guint n_spare;
};

G_DEFINE_FINAL_TYPE (AcPictureAllocator, ac_picture_allocator, GST_TYPE_ALLOCATOR)

/* --- blocks ----------------------------------------------------------------------- */

static void
block_free (Block *block)
{
  free (block->data);
  g_free (block);
}

/* Returns: (nullable): a spare block of that size. */
static Block *
take_spare (AcPictureAllocator *self, gsize size)
{
  Block *block = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_spare && block == NULL; i++) {
    if (self->spare[i]->size == size) {
      block = self->spare[i];
      self->spare[i] = self->spare[--self->n_spare];
    }
  }
  g_mutex_unlock (&self->lock);
  return block;
}

static Block *
block_new (AcPictureAllocator *self, gsize size)
{
  Block *block = take_spare (self, size);

  if (block == NULL) {
    block = g_new0 (Block, 1);
    block->size = size;
    block->data =
        aligned_alloc (ALIGNMENT, (size + ALIGNMENT - 1) & ~(gsize)(ALIGNMENT - 1));
    if (block->data == NULL)
      g_error ("no memory for a picture of %" G_GSIZE_FORMAT " bytes", size);
  }
  g_atomic_ref_count_init (&block->n_refs);
  return block;
}

/* The oldest spare one makes room: pictures may have changed their size. */
static void
block_unref (AcPictureAllocator *self, Block *block)
{
  if (!g_atomic_ref_count_dec (&block->n_refs))
    return;
  g_mutex_lock (&self->lock);
  if (self->n_spare == AC_PICTURE_SPARE_MAX) {
    block_free (self->spare[0]);
    memmove (self->spare, self->spare + 1, (--self->n_spare) * sizeof *self->spare);
  }
  self->spare[self->n_spare++] = block;
  g_mutex_unlock (&self->lock);
}

/* --- memory ----------------------------------------------------------------------- */

static AcPictureAllocator *
allocator_of (const GstMemory *memory)
{
  return AC_PICTURE_ALLOCATOR (memory->allocator);
}

static gpointer
map (GstMemory *memory, gsize max_size, GstMapFlags flags)
{
  PictureMemory *self = (PictureMemory *)memory;
  const gboolean first = g_atomic_int_add (&self->n_maps, 1) == 0;
  Block *block = self->block;

  if (first && (flags & GST_MAP_WRITE) != 0 &&
      !g_atomic_ref_count_compare (&block->n_refs, 1)) {
    self->block = block_new (allocator_of (memory), block->size);
    if (self->is_copy)
      memcpy (self->block->data, block->data, block->size);
    block_unref (allocator_of (memory), block);
  }
  return self->block->data;
}

static void
unmap (GstMemory *memory)
{
  g_atomic_int_add (&((PictureMemory *)memory)->n_maps, -1);
}

static GstMemory *
copy (GstMemory *memory, gssize offset, gssize size)
{
  PictureMemory *original = (PictureMemory *)memory;
  PictureMemory *self = g_new0 (PictureMemory, 1);

  if (size < 0)
    size = (gssize)memory->size - offset;
  self->is_copy = TRUE;
  self->block = original->block;
  g_atomic_ref_count_inc (&self->block->n_refs);
  gst_memory_init (GST_MEMORY_CAST (self), GST_MEMORY_FLAG_NO_SHARE, memory->allocator,
                   NULL, memory->maxsize, memory->align, memory->offset + (gsize)offset,
                   (gsize)size);
  return GST_MEMORY_CAST (self);
}

static GstMemory *
allocate (GstAllocator *allocator, gsize size, GstAllocationParams *params)
{
  const gsize max_size = params->prefix + size + params->padding;
  PictureMemory *self;

  if (params->align >= ALIGNMENT)
    return NULL;
  self = g_new0 (PictureMemory, 1);
  self->block = block_new (AC_PICTURE_ALLOCATOR (allocator), max_size);
  gst_memory_init (GST_MEMORY_CAST (self), GST_MEMORY_FLAG_NO_SHARE, allocator, NULL,
                   max_size, params->align, params->prefix, size);
  return GST_MEMORY_CAST (self);
}

static void
release (GstAllocator *allocator, GstMemory *memory)
{
  block_unref (AC_PICTURE_ALLOCATOR (allocator), ((PictureMemory *)memory)->block);
  g_free (memory);
}

/* --- life ------------------------------------------------------------------------- */

static void
ac_picture_allocator_finalize (GObject *object)
{
  AcPictureAllocator *self = AC_PICTURE_ALLOCATOR (object);

  for (guint i = 0; i < self->n_spare; i++)
    block_free (self->spare[i]);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (ac_picture_allocator_parent_class)->finalize (object);
}

static void
ac_picture_allocator_class_init (AcPictureAllocatorClass *klass)
{
  GST_ALLOCATOR_CLASS (klass)->alloc = allocate;
  GST_ALLOCATOR_CLASS (klass)->free = release;
  G_OBJECT_CLASS (klass)->finalize = ac_picture_allocator_finalize;
}

static void
ac_picture_allocator_init (AcPictureAllocator *self)
{
  GstAllocator *allocator = GST_ALLOCATOR (self);

  g_mutex_init (&self->lock);
  allocator->mem_type = "AcPicture";
  allocator->mem_map = map;
  allocator->mem_unmap = unmap;
  allocator->mem_copy = copy;
}

GstAllocator *
ac_picture_allocator_new (void)
{
  GstAllocator *self = g_object_new (AC_TYPE_PICTURE_ALLOCATOR, NULL);

  gst_object_ref_sink (self);
  return self;
}
