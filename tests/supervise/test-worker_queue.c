#include "worker_queue.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MIB (1024 * 1024)
#define KEY 0x17
#define DELTA 0x27

static gboolean
push (AcWorkerQueue *queue, guint8 type, guint8 first, guint8 second, gsize size)
{
  guint8 *body = g_malloc0 (size);
  AcFlvTag tag = { .type = type, .body = g_bytes_new_take (body, size) };
  gboolean pushed;

  body[0] = first;
  body[1] = second;
  pushed = ac_worker_queue_push_tag (queue, &tag);
  ac_flv_tag_clear (&tag);
  return pushed;
}

static void
fill (AcWorkerQueue *queue)
{
  while (push (queue, 9, DELTA, 1, MIB / 2))
    continue;
  g_assert_cmpuint (ac_worker_queue_bytes (queue), <=, AC_WORKER_QUEUE_MAX_BYTES);
  g_assert_cmpuint (ac_worker_queue_bytes (queue), >, AC_WORKER_QUEUE_MAX_BYTES - MIB);
}

static void
test_drop_to_key_frame (void)
{
  g_autoptr (AcWorkerQueue) queue = ac_worker_queue_new ();

  fill (queue);
  g_assert_false (push (queue, 9, KEY, 1, MIB)); /* still no room */
  g_assert_false (push (queue, 8, 0xaf, 1, 10)); /* there is, but picture is missing */
  ac_worker_queue_clear (queue);
  g_assert_true (ac_worker_queue_is_empty (queue));
  g_assert_false (push (queue, 9, DELTA, 1, 10));
  g_assert_false (push (queue, 8, 0xaf, 1, 10));
  g_assert_true (push (queue, 9, KEY, 1, 10));
  g_assert_true (push (queue, 9, DELTA, 1, 10));
  g_assert_true (push (queue, 8, 0xaf, 1, 10));
}

static void
test_setup_is_kept (void)
{
  g_autoptr (AcWorkerQueue) queue = ac_worker_queue_new ();

  fill (queue);
  g_assert_true (push (queue, 9, KEY, 0, MIB / 2));
  g_assert_true (push (queue, 8, 0xaf, 0, 10));
  g_assert_true (push (queue, 18, 2, 0, 10));
  g_assert_false (push (queue, 18, 2, 0, 2 * MIB));
  g_assert_cmpuint (ac_worker_queue_bytes (queue), <=,
                    AC_WORKER_QUEUE_MAX_BYTES + AC_WORKER_QUEUE_RESERVE_BYTES);
}

static void
test_audio_only (void)
{
  g_autoptr (AcWorkerQueue) queue = ac_worker_queue_new ();

  while (push (queue, 8, 0xaf, 1, MIB))
    continue;
  ac_worker_queue_clear (queue);
  g_assert_true (push (queue, 8, 0xaf, 1, 10));
}

static void
test_new_source (void)
{
  g_autoptr (AcWorkerQueue) queue = ac_worker_queue_new ();

  fill (queue);
  ac_worker_queue_push (queue, ac_wire_pack_source_end ()); /* always */
  ac_worker_queue_new_source (queue);
  ac_worker_queue_clear (queue);
  g_assert_true (push (queue, 9, DELTA, 1, 10));
}

/* What goes through the socket, in whatever pieces, is what was queued. */
static void
test_send (void)
{
  g_autoptr (AcWorkerQueue) queue = ac_worker_queue_new ();
  g_autoptr (AcWireParser) parser = ac_wire_parser_new ();
  g_autoptr (GError) error = NULL;
  guint n_frames = 0;
  gint fds[2];
  gsize sent;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), ==, 0);
  for (guint i = 0; i < 7; i++)
    g_assert_true (push (queue, 9, KEY, 1, MIB + i));
  while (n_frames < 7) {
    gssize got;
    gsize room;
    gpointer target;

    g_assert_true (ac_worker_queue_send (queue, fds[0], &sent, &error));
    g_assert_no_error (error);
    target = ac_wire_parser_want (parser, &room);
    while ((got = read (fds[1], target, room)) > 0) {
      g_autoptr (GBytes) payload = NULL;
      AcWireType type;

      g_assert_true (ac_wire_parser_filled (parser, got, &type, &payload, &error));
      if (payload != NULL) {
        AcFlvTag tag;

        g_assert_cmpint (type, ==, AC_WIRE_SOURCE_MEDIA);
        g_assert_true (ac_wire_unpack_source_media (payload, &tag, &error));
        g_assert_cmpuint (g_bytes_get_size (tag.body), ==, MIB + n_frames++);
        ac_flv_tag_clear (&tag);
      }
      target = ac_wire_parser_want (parser, &room);
    }
  }
  g_assert_true (ac_worker_queue_is_empty (queue));
  g_assert_cmpuint (ac_worker_queue_bytes (queue), ==, 0);
  close (fds[1]);
  g_assert_true (push (queue, 9, KEY, 1, 10));
  g_assert_false (ac_worker_queue_send (queue, fds[0], &sent, &error));
  g_assert_nonnull (error);
  close (fds[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker-queue/drop-to-key-frame", test_drop_to_key_frame);
  g_test_add_func ("/worker-queue/setup-is-kept", test_setup_is_kept);
  g_test_add_func ("/worker-queue/audio-only", test_audio_only);
  g_test_add_func ("/worker-queue/new-source", test_new_source);
  g_test_add_func ("/worker-queue/send", test_send);
  return g_test_run ();
}
