/* librtmp-publish - sends the tags of an FLV file with librtmp, as encoders built on it
 * do.
 *
 * Usage: librtmp-publish FILE URL */

#include <glib.h>
#include <librtmp/rtmp.h>

static int
publish (const gchar *path, gchar *url)
{
  g_autofree gchar *contents = NULL;
  RTMP *rtmp = RTMP_Alloc ();
  gsize size;
  int status = 1;

  RTMP_Init (rtmp);
  if (!g_file_get_contents (path, &contents, &size, NULL) || size < 13)
    goto out;
  if (!RTMP_SetupURL (rtmp, url))
    goto out;
  RTMP_EnableWrite (rtmp);
  if (!RTMP_Connect (rtmp, NULL) || !RTMP_ConnectStream (rtmp, 0))
    goto out;
  /* It takes the file without its header, tags cut anywhere. */
  for (gsize at = 13; at < size;) {
    int sent = RTMP_Write (rtmp, contents + at, MIN (size - at, 60000));

    if (sent <= 0)
      goto out;
    at += sent;
  }
  status = 0;
out:
  RTMP_Close (rtmp);
  RTMP_Free (rtmp);
  return status;
}

int
main (int argc, char **argv)
{
  if (argc != 3) {
    g_printerr ("Usage: librtmp-publish FILE URL\n");
    return 64;
  }
  return publish (argv[1], argv[2]);
}
