/* Which datagrams come through the gate, on real sockets. */
#include "stun_gate.h"

#include <string.h>

#define OURS "serverserverserverserverserverse"

typedef struct {
  GSocket *in, *out;
} Fixture;

static GSocket *
datagrams (void)
{
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_UDP, &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketAddress) address = NULL;

  fixture->in = datagrams ();
  fixture->out = datagrams ();
  address = g_socket_get_local_address (fixture->in, NULL);
  g_assert_true (g_socket_connect (fixture->out, address, NULL, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->in);
  g_clear_object (&fixture->out);
}

/* A loopback socket has what was sent to it at once. */
static gboolean
comes_through (Fixture *fixture, const guint8 *data, gsize size)
{
  gchar got[1024];

  g_assert_cmpint (g_socket_send (fixture->out, (const gchar *)data, size, NULL, NULL),
                   ==, (gssize)size);
  return g_socket_receive (fixture->in, got, sizeof got, NULL, NULL) == (gssize)size;
}

/* @type: of the message; @attribute: the first one */
static gboolean
check_comes (Fixture *fixture, guint16 type, guint16 attribute, const gchar *name)
{
  const gsize length = strlen (name), padded = (length + 3) / 4 * 4;
  g_autofree guint8 *message = g_malloc0 (24 + padded);
  const guint16 head[] = { g_htons (type), g_htons ((guint16)(4 + padded)) };
  const guint32 cookie = g_htonl (0x2112A442);
  const guint16 attribute_head[] = { g_htons (attribute), g_htons ((guint16)length) };

  memcpy (message, head, 4);
  memcpy (message + 4, &cookie, 4);
  memcpy (message + 20, attribute_head, 4);
  memcpy (message + 24, name, length);
  return comes_through (fixture, message, 24 + padded);
}

static gboolean
name_comes (Fixture *fixture, const gchar *name)
{
  return check_comes (fixture, 0x0001, 0x0006, name);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *longest = g_strnfill (AC_STUN_GATE_MAX_UFRAG, 'y');
  g_autofree gchar *whole = g_strdup_printf (OURS ":%s", longest);

  g_assert_true (name_comes (fixture, OURS ":new1"));
  g_assert_true (ac_stun_gate_set (fixture->in, OURS, "old1"));
  g_assert_true (name_comes (fixture, OURS ":old1"));
  g_assert_false (name_comes (fixture, OURS ":new1"));
  g_assert_false (name_comes (fixture, OURS ":old12"));
  g_assert_false (name_comes (fixture, OURS ":old"));
  g_assert_false (name_comes (fixture, ""));

  g_assert_true (ac_stun_gate_set (fixture->in, OURS, "new1234"));
  g_assert_true (name_comes (fixture, OURS ":new1234"));
  g_assert_false (name_comes (fixture, OURS ":new1235"));
  g_assert_false (name_comes (fixture, OURS ":nEw1234"));
  g_assert_false (name_comes (fixture, OURS ":old1"));

  g_assert_true (ac_stun_gate_set (fixture->in, OURS, longest));
  g_assert_true (name_comes (fixture, whole));
  whole[strlen (whole) - 1] = 'x';
  g_assert_false (name_comes (fixture, whole));
}

static void
test_others (Fixture *fixture, gconstpointer data)
{
  const guint8 rtp[12] = { 0x80, 96 };
  const guint8 dtls[13] = { 22, 0xfe, 0xfd };
  const guint8 bare[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 }; /* no attribute */
  const guint8 like_stun[24] = { 0, 1 }; /* of RFC 3489, without the cookie */
  g_autofree gchar *too_long = g_strnfill (AC_STUN_GATE_MAX_UFRAG + 1, 'y');

  g_assert_true (ac_stun_gate_set (fixture->in, OURS, "them"));
  g_assert_true (comes_through (fixture, rtp, sizeof rtp));
  g_assert_true (comes_through (fixture, dtls, sizeof dtls));
  g_assert_true (comes_through (fixture, like_stun, sizeof like_stun));
  g_assert_false (comes_through (fixture, bare, sizeof bare));
  g_assert_false (comes_through (fixture, bare, 2));
  g_assert_true (check_comes (fixture, 0x0101, 0x0006, "a response"));
  g_assert_true (check_comes (fixture, 0x0011, 0x0006, "an indication"));
  g_assert_true (check_comes (fixture, 0x0001, 0x0024, "a name further on"));

  g_assert_false (ac_stun_gate_set (fixture->in, OURS, too_long));
  g_assert_true (name_comes (fixture, OURS ":them"));
  g_assert_false (name_comes (fixture, OURS ":they"));
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/stun-gate/names", Fixture, NULL, set_up, test_names, tear_down);
  g_test_add ("/stun-gate/others", Fixture, NULL, set_up, test_others, tear_down);
  return g_test_run ();
}
