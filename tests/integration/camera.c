/* camera - an IP camera: a clip by RTSP, for those who know its password.
 *
 * Usage: camera PORT USER PASSWORD CLIP.mp4; PORT 0: any. Prints "rtsp://...". */
#include <gst/rtsp-server/rtsp-server.h>

static void
demand_password (GstRTSPServer *server, const gchar *user, const gchar *password)
{
  g_autoptr (GstRTSPAuth) auth = gst_rtsp_auth_new ();
  GstRTSPToken *token = gst_rtsp_token_new (GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE,
                                            G_TYPE_STRING, "viewer", NULL);

  gst_rtsp_auth_set_supported_methods (auth, GST_RTSP_AUTH_DIGEST);
  gst_rtsp_auth_add_digest (auth, user, password, token);
  gst_rtsp_token_unref (token);
  gst_rtsp_server_set_auth (server, auth);
}

static void
mount (GstRTSPServer *server, const gchar *clip)
{
  g_autoptr (GstRTSPMountPoints) mounts = gst_rtsp_server_get_mount_points (server);
  g_autofree gchar *launch = g_strdup_printf (
      "( filesrc location=%s ! qtdemux name=d "
      "d.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 "
      "d.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 )",
      clip);
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();

  gst_rtsp_media_factory_set_launch (factory, launch);
  gst_rtsp_media_factory_add_role (
      factory, "viewer", GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN, TRUE,
      GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, G_TYPE_BOOLEAN, TRUE, NULL);
  gst_rtsp_mount_points_add_factory (mounts, "/ch1", factory);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GstRTSPServer) server = NULL;

  gst_init (&argc, &argv);
  if (argc != 5) {
    g_printerr ("usage: camera PORT USER PASSWORD CLIP\n");
    return 64;
  }
  server = gst_rtsp_server_new ();
  gst_rtsp_server_set_address (server, "127.0.0.1");
  gst_rtsp_server_set_service (server, argv[1]);
  demand_password (server, argv[2], argv[3]);
  mount (server, argv[4]);
  if (gst_rtsp_server_attach (server, NULL) == 0)
    return 71;
  g_print ("rtsp://127.0.0.1:%d/ch1\n", gst_rtsp_server_get_bound_port (server));
  g_main_loop_run (loop);
  return 0;
}
