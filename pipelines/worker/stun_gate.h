/* stun_gate.h - connectivity checks under a user name that was not told are not heard.
 *
 * A browser that restarts ICE tries its new ports at once, before the server can know
 * of the restart, under its new user name and the server's former one. The agent would
 * say yes, since it looks at its own half of the name alone (RFC 8445 7.3). Chromium
 * then sends over such a pair, and takes the server's new credentials for every pair
 * but the one it sends over, whose checks fail from then on. Unheard until the restart
 * is known, they are repeated with the new credentials and succeed.
 *
 * The kernel drops them (socket(7), SO_ATTACH_FILTER): the agent reads its sockets
 * itself.
 *
 * Threads: any. */
#pragma once

#include <gio/gio.h>

/* RFC 8839 5.4. */
#define AC_STUN_GATE_MAX_UFRAG 256

/* From here on binding requests that begin with a USERNAME come through only when it is
 * as long as @ours, a colon and @theirs and ends with the latter (RFC 8445 7.2.2; its
 * first half is the agent's to look at). Everything else does as before, but for a
 * datagram that ends before what its beginning promises.
 *
 * @socket: of datagrams
 * @theirs: at most AC_STUN_GATE_MAX_UFRAG long, or the kernel refuses
 * Returns: FALSE, with errno: all comes through, or what did before. */
gboolean ac_stun_gate_set (GSocket *socket, const gchar *ours, const gchar *theirs);
