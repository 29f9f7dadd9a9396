#include "stun_gate.h"

#include <errno.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/socket.h>

/* Of a datagram as a filter sees it (RFC 768, RFC 8489 5 and 14). */
enum {
  UDP_HEADER = 8,
  MESSAGE_TYPE = UDP_HEADER,
  MAGIC_COOKIE = UDP_HEADER + 4,
  ATTRIBUTE_TYPE = UDP_HEADER + 20,
  ATTRIBUTE_LENGTH = ATTRIBUTE_TYPE + 2,
  ATTRIBUTE_VALUE = ATTRIBUTE_TYPE + 4,
};
#define BINDING_REQUEST 0x0001
#define COOKIE 0x2112A442
#define USERNAME 0x0006

/* Where a comparison goes on that fails, until the length of the program is known. */
enum { TO_PASS, TO_DROP };

static void
compare (GArray *program, guint16 size, guint at, guint32 value, guint8 otherwise)
{
  const struct sock_filter steps[] = {
    BPF_STMT (BPF_LD | BPF_ABS | size, at),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, value, 0, otherwise),
  };

  g_array_append_vals (program, steps, G_N_ELEMENTS (steps));
}

static void
compare_text (GArray *program, guint at, const gchar *text)
{
  gsize left = strlen (text);

  for (; left >= 4; left -= 4, at += 4, text += 4) {
    guint32 word;

    memcpy (&word, text, sizeof word);
    compare (program, BPF_W, at, GUINT32_FROM_BE (word), TO_DROP);
  }
  for (; left > 0; left--, at++, text++)
    compare (program, BPF_B, at, (guint8)*text, TO_DROP);
}

static void
end (GArray *program)
{
  const struct sock_filter pass = BPF_STMT (BPF_RET | BPF_K, G_MAXUINT32);
  const struct sock_filter drop = BPF_STMT (BPF_RET | BPF_K, 0);
  const guint passes = program->len, drops = passes + 1;

  for (guint i = 0; i < passes; i++) {
    struct sock_filter *step = &g_array_index (program, struct sock_filter, i);

    if (BPF_CLASS (step->code) == BPF_JMP)
      step->jf = (guint8)((step->jf == TO_PASS ? passes : drops) - i - 1);
  }
  g_array_append_val (program, pass);
  g_array_append_val (program, drop);
}

gboolean
ac_stun_gate_set (GSocket *socket, const gchar *ours, const gchar *theirs)
{
  const gsize before = strlen (ours) + 1, length = before + strlen (theirs);
  g_autoptr (GArray) program = NULL;
  struct sock_fprog filter;

  if (strlen (theirs) > AC_STUN_GATE_MAX_UFRAG) {
    errno = E2BIG;
    return FALSE;
  }
  program = g_array_new (FALSE, FALSE, sizeof (struct sock_filter));
  compare (program, BPF_H, MESSAGE_TYPE, BINDING_REQUEST, TO_PASS);
  compare (program, BPF_W, MAGIC_COOKIE, COOKIE, TO_PASS);
  compare (program, BPF_H, ATTRIBUTE_TYPE, USERNAME, TO_PASS);
  compare (program, BPF_H, ATTRIBUTE_LENGTH, (guint32)length, TO_DROP);
  compare_text (program, ATTRIBUTE_VALUE + before, theirs);
  end (program);
  filter.len = (guint16)program->len;
  filter.filter = (struct sock_filter *)program->data;
  return setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_ATTACH_FILTER, &filter,
                     sizeof filter) == 0;
}
