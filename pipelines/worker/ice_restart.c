#include "ice_restart.h"

#include "stun_gate.h"

#include <nice/agent.h>

/* RTCP is multiplexed. */
#define COMPONENT 1
/* Of a webrtcbin that bundles; it counts from 1. */
#define MAX_STREAMS 4
/* A browser that has lost its path without knowing chooses another when it has heard
 * nothing for 2.5 s, and says so up to 2.5 s later (Chromium 156); after libnice's own
 * 5 s it would be too late. */
#define CHOICE_TIMEOUT_MS 15000

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NiceAgent, g_object_unref)

static NiceAgent *
agent_of (GstElement *peer)
{
  g_autoptr (GObject) ice = NULL;
  NiceAgent *agent = NULL;

  g_object_get (peer, "ice-agent", &ice, NULL);
  if (ice != NULL &&
      g_object_class_find_property (G_OBJECT_GET_CLASS (ice), "agent") != NULL)
    g_object_get (ice, "agent", &agent, NULL);
  return agent;
}

/* Returns: (transfer full) (nullable): the credentials that are ours now, as lines. */
static gchar *
credentials_of (NiceAgent *agent, guint stream)
{
  g_autofree gchar *ufrag = NULL;
  g_autofree gchar *pwd = NULL;

  if (!nice_agent_get_local_credentials (agent, stream, &ufrag, &pwd))
    return NULL;
  return g_strdup_printf ("a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", ufrag, pwd);
}

/* Returns: the stream of all tracks; 0: there is none. */
static guint
stream_of (NiceAgent *agent)
{
  for (guint stream = 1; stream <= MAX_STREAMS; stream++) {
    g_autofree gchar *known = credentials_of (agent, stream);

    if (known != NULL)
      return stream;
  }
  return 0;
}

static void
hear_only (NiceAgent *agent, guint stream, const gchar *ufrag)
{
  g_autoptr (GPtrArray) sockets = nice_agent_get_sockets (agent, stream, COMPONENT);
  g_autofree gchar *ours = NULL;
  g_autofree gchar *pwd = NULL;

  if (sockets == NULL || !nice_agent_get_local_credentials (agent, stream, &ours, &pwd))
    return;
  for (guint i = 0; i < sockets->len; i++)
    if (g_socket_get_socket_type (sockets->pdata[i]) == G_SOCKET_TYPE_DATAGRAM &&
        !ac_stun_gate_set (sockets->pdata[i], ours, ufrag))
      GST_WARNING ("no gate before a socket: %s", g_strerror (errno));
}

static void
append_candidates (GString *text, NiceAgent *agent, guint stream)
{
  GSList *candidates = nice_agent_get_local_candidates (agent, stream, COMPONENT);

  for (GSList *l = candidates; l != NULL; l = l->next) {
    g_autofree gchar *line = nice_agent_generate_local_candidate_sdp (agent, l->data);

    g_string_append_printf (text, "%s\r\n", line);
  }
  g_slist_free_full (candidates, (GDestroyNotify)nice_candidate_free);
  g_string_append (text, "a=end-of-candidates\r\n");
}

void
ac_ice_expect (GstElement *peer, const gchar *ufrag)
{
  g_autoptr (NiceAgent) agent = agent_of (peer);
  const guint stream = agent != NULL ? stream_of (agent) : 0;

  if (stream == 0)
    return;
  g_object_set (agent, "idle-timeout", CHOICE_TIMEOUT_MS, NULL);
  hear_only (agent, stream, ufrag);
}

gchar *
ac_ice_restart (GstElement *peer, const GstSDPMedia *first,
                const AcIceFragment *fragment)
{
  g_autoptr (NiceAgent) agent = agent_of (peer);
  const guint stream = agent != NULL ? stream_of (agent) : 0;
  const gchar *format = gst_sdp_media_get_format (first, 0);
  const gchar *mid = gst_sdp_media_get_attribute_val (first, "mid");
  g_autofree gchar *ours = NULL;
  GString *text;

  if (stream == 0 || !nice_agent_restart_stream (agent, stream) ||
      !nice_agent_set_remote_credentials (agent, stream, fragment->ufrag,
                                          fragment->pwd))
    return NULL;
  hear_only (agent, stream, fragment->ufrag);
  ours = credentials_of (agent, stream);
  text = g_string_new (NULL);
  g_string_printf (text, "m=%s 9 UDP/TLS/RTP/SAVPF %s\r\na=mid:%s\r\n%s",
                   gst_sdp_media_get_media (first), format != NULL ? format : "0",
                   mid != NULL ? mid : "0", ours);
  append_candidates (text, agent, stream);
  return g_string_free (text, FALSE);
}
