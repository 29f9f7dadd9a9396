#include "reply.h"

#include "front_thread.h"

#include <string.h>

#define CONTENT_SECURITY_POLICY                                                        \
  "default-src 'self'; media-src 'self' blob:; connect-src 'self' ws: wss:; "          \
  "worker-src 'self' blob:; img-src 'self' data:; style-src 'self'; "                  \
  "script-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

typedef struct {
  const gchar *name, *value;
} Line;

#define MAX_LINES 24

/* A header as lines; short values that had to be made live in it, too. */
typedef struct {
  Line lines[MAX_LINES];
  guint n_lines;
  gchar status[4], length[24], retry_after[12];
} Lines;

static const gchar *
reason_of (guint status)
{
  static const struct {
    guint status;
    const gchar *reason;
  } reasons[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 202, "Accepted" },
    { 204, "No Content" },
    { 303, "See Other" },
    { 304, "Not Modified" },
    { 308, "Permanent Redirect" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 408, "Request Timeout" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 411, "Length Required" },
    { 413, "Content Too Large" },
    { 414, "URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Content" },
    { 426, "Upgrade Required" },
    { 429, "Too Many Requests" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 503, "Service Unavailable" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].status == status)
      return reasons[i].reason;
  return "Other";
}

/* A value with a line break would be two headers. */
static void
add_line (Lines *lines, const gchar *name, const gchar *value)
{
  if (value == NULL || strpbrk (value, "\r\n") != NULL)
    return;
  g_assert (lines->n_lines < MAX_LINES);
  lines->lines[lines->n_lines++] = (Line){ name, value };
}

static gboolean
has_content (const AcReply *reply)
{
  return reply->status != 204 && reply->status != 304;
}

static void
add_content (Lines *lines, const AcReply *reply)
{
  gsize length = reply->body != NULL ? g_bytes_get_size (reply->body) : 0;

  if (has_content (reply)) {
    g_snprintf (lines->length, sizeof lines->length, "%" G_GSIZE_FORMAT, length);
    add_line (lines, "content-length", lines->length);
    add_line (lines, "content-type", reply->content_type);
    add_line (lines, "content-encoding", reply->content_encoding);
  }
  add_line (lines, "cache-control", reply->cache_control);
  add_line (lines, "etag", reply->etag);
  if (reply->flags & AC_REPLY_VARY_ENCODING)
    add_line (lines, "vary", "Accept-Encoding");
}

/* RFC 9725 4.8; without credentials, the key is sent by hand. */
static void
add_signalling (Lines *lines)
{
  add_line (lines, "access-control-allow-origin", "*");
  add_line (lines, "access-control-allow-methods", "POST, PATCH, DELETE, OPTIONS");
  add_line (lines, "access-control-allow-headers",
            "authorization, content-type, if-match");
  add_line (lines, "access-control-expose-headers", "location, etag");
  add_line (lines, "accept-post", "application/sdp");
  add_line (lines, "accept-patch", "application/trickle-ice-sdpfrag");
}

static void
add_policies (Lines *lines, guint flags)
{
  add_line (lines, "x-content-type-options", "nosniff");
  if (flags & AC_REPLY_CORS) {
    add_line (lines, "access-control-allow-origin", "*");
    add_line (lines, "access-control-expose-headers", "Age, Date");
  } else {
    add_line (lines, "referrer-policy", "no-referrer");
  }
  if (flags & AC_REPLY_SIGNALLING)
    add_signalling (lines);
  if (flags & AC_REPLY_PREFLIGHT) {
    add_line (lines, "access-control-allow-methods", "GET, HEAD, OPTIONS");
    add_line (lines, "access-control-allow-headers", "*");
    add_line (lines, "access-control-max-age", "86400");
  }
  if (flags & AC_REPLY_PAGE)
    add_line (lines, "content-security-policy", CONTENT_SECURITY_POLICY);
  if (flags & AC_REPLY_ALLOW_READ)
    add_line (lines, "allow", "GET, HEAD, OPTIONS");
  if (flags & AC_REPLY_CLOSE)
    add_line (lines, "connection", "close");
  else if (flags & AC_REPLY_KEEP_ALIVE)
    add_line (lines, "connection", "keep-alive");
}

/* RFC 9110 10.2.2 wants the date; it is made once a second. */
static const gchar *
current_date (AcFrontThread *thread)
{
  gint64 now_s = ac_front_thread_now_s (thread);

  if (thread->date_s != now_s || thread->date[0] == '\0') {
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
    static const gchar days[][4] = {
      "", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"
    };
    static const gchar months[][4] = { "",    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

    g_snprintf (thread->date, sizeof thread->date,
                "%s, %02d %s %04d %02d:%02d:%02d GMT",
                days[g_date_time_get_day_of_week (now)],
                g_date_time_get_day_of_month (now), months[g_date_time_get_month (now)],
                g_date_time_get_year (now), g_date_time_get_hour (now),
                g_date_time_get_minute (now), g_date_time_get_second (now));
    thread->date_s = now_s;
  }
  return thread->date;
}

static void
collect_lines (AcFrontThread *thread, const AcReply *reply, Lines *lines)
{
  lines->n_lines = 0;
  add_line (lines, "date", current_date (thread));
  add_content (lines, reply);
  add_policies (lines, reply->flags);
  add_line (lines, "location", reply->location);
  add_line (lines, "content-disposition", reply->disposition);
  add_line (lines, "set-cookie", reply->set_cookie);
  if (reply->retry_after_s > 0) {
    g_snprintf (lines->retry_after, sizeof lines->retry_after, "%u",
                reply->retry_after_s);
    add_line (lines, "retry-after", lines->retry_after);
  }
}

static guint8 *
append (guint8 *to, const guint8 *end, const gchar *text)
{
  gsize length = strlen (text);

  if (to == NULL || (gsize)(end - to) < length)
    return NULL;
  memcpy (to, text, length);
  return to + length;
}

/* Returns: the end of the header in @to, or NULL when it does not fit. */
static guint8 *
write_head (AcFrontThread *thread, const AcReply *reply, guint8 *to, const guint8 *end)
{
  gchar status_line[64];
  Lines lines;

  g_snprintf (status_line, sizeof status_line, "HTTP/1.1 %u %s\r\n", reply->status,
              reason_of (reply->status));
  to = append (to, end, status_line);
  collect_lines (thread, reply, &lines);
  for (guint i = 0; i < lines.n_lines; i++) {
    to = append (to, end, lines.lines[i].name);
    to = append (to, end, ": ");
    to = append (to, end, lines.lines[i].value);
    to = append (to, end, "\r\n");
  }
  return append (to, end, "\r\n");
}

static gboolean
is_rendered (AcFrontThread *thread, const AcReply *reply)
{
  const AcRendered *kept = &thread->rendered;

  return kept->total_bytes > 0 && kept->body == reply->body &&
         kept->status == reply->status && kept->flags == reply->flags &&
         kept->date_s == ac_front_thread_now_s (thread) &&
         kept->content_type == reply->content_type &&
         kept->cache_control == reply->cache_control &&
         kept->content_encoding == reply->content_encoding && kept->etag == reply->etag;
}

static void
keep_rendered (AcFrontThread *thread, const AcReply *reply, gsize head_bytes,
               gsize total_bytes)
{
  AcRendered *kept = &thread->rendered;

  g_clear_pointer (&kept->body, g_bytes_unref);
  *kept = (AcRendered){
    .head_bytes = head_bytes,
    .total_bytes = total_bytes,
    .body = g_bytes_ref (reply->body),
    .status = reply->status,
    .flags = reply->flags,
    .date_s = thread->date_s,
    .content_type = reply->content_type,
    .cache_control = reply->cache_control,
    .content_encoding = reply->content_encoding,
    .etag = reply->etag,
  };
}

gsize
ac_reply_render (AcFrontThread *thread, const AcReply *reply, gboolean head_only,
                 gsize *ret_body_bytes)
{
  AcRendered *kept = &thread->rendered;
  guint8 *start = thread->out + LWS_PRE, *to;
  gboolean with_body = reply->body != NULL && !head_only && has_content (reply);
  gboolean may_keep = with_body && reply->set_cookie == NULL &&
                      reply->location == NULL && reply->disposition == NULL &&
                      reply->retry_after_s == 0 &&
                      !(reply->flags & AC_REPLY_SIGNALLING);

  if (may_keep && is_rendered (thread, reply)) {
    *ret_body_bytes = kept->total_bytes - kept->head_bytes;
    return kept->total_bytes;
  }
  kept->total_bytes = 0;
  *ret_body_bytes = 0;
  to = write_head (thread, reply, start, start + AC_HEAD_MAX_BYTES);
  if (to == NULL)
    return 0;
  if (with_body) {
    gsize size;
    gconstpointer data = g_bytes_get_data (reply->body, &size);

    *ret_body_bytes = MIN (size, AC_FIRST_BODY_BYTES);
    if (size > 0)
      memcpy (to, data, *ret_body_bytes);
    if (may_keep)
      keep_rendered (thread, reply, to - start, to - start + *ret_body_bytes);
  }
  return to - start + *ret_body_bytes;
}

GByteArray *
ac_reply_render_h2 (AcFrontThread *thread, const AcReply *reply, struct lws *wsi)
{
  g_autoptr (GByteArray) head = g_byte_array_sized_new (LWS_PRE + AC_HEAD_MAX_BYTES);
  guint8 *start, *end, *to;
  Lines lines;

  g_byte_array_set_size (head, LWS_PRE + AC_HEAD_MAX_BYTES);
  start = to = head->data + LWS_PRE;
  end = start + AC_HEAD_MAX_BYTES;
  g_snprintf (lines.status, sizeof lines.status, "%u", reply->status);
  if (lws_add_http_header_by_token (wsi, WSI_TOKEN_HTTP_COLON_STATUS,
                                    (guint8 *)lines.status, strlen (lines.status), &to,
                                    end))
    return NULL;
  collect_lines (thread, reply, &lines);
  for (guint i = 0; i < lines.n_lines; i++) {
    const gchar *value = lines.lines[i].value;

    /* Of HTTP/1 only, RFC 9113 8.2.2. */
    if (g_str_equal (lines.lines[i].name, "connection"))
      continue;
    if (lws_add_http_header_by_name (wsi, (const guint8 *)lines.lines[i].name,
                                     (const guint8 *)value, strlen (value), &to, end))
      return NULL;
  }
  g_byte_array_set_size (head, to - head->data);
  return g_steal_pointer (&head);
}
