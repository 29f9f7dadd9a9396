#include "problem.h"

#include "json_text.h"

#include <string.h>

typedef struct {
  guint status;
  const gchar *name, *title, *title_zh;
} Text;

static const Text texts[] = {
  [AC_PROBLEM_INVALID_REQUEST] = { 400, "invalid-request",
                                   "The request cannot be understood",
                                   "无法理解该请求" },
  [AC_PROBLEM_INVALID_FIELD] = { 422, "invalid-field", "A field was refused",
                                 "有一项填写不正确" },
  [AC_PROBLEM_SIGN_IN_REFUSED] = { 401, "sign-in-refused",
                                   "The number or the password is not right",
                                   "编号或密码不正确" },
  [AC_PROBLEM_SIGNED_OUT] = { 401, "signed-out", "Please sign in", "请先登录" },
  [AC_PROBLEM_CROSS_ORIGIN] = { 403, "cross-origin",
                                "The request did not come from this site's pages",
                                "该请求不是由本站页面发出的" },
  [AC_PROBLEM_FORBIDDEN] = { 403, "forbidden", "Your role does not allow this",
                             "您的角色无权进行此操作" },
  [AC_PROBLEM_PASSWORD_MADE] = { 403, "password-made",
                                 "Somebody else has seen your password: change it "
                                 "first",
                                 "您的密码是别人代设的，请先改成自己的密码" },
  [AC_PROBLEM_NOT_FOUND] = { 404, "not-found", "There is nothing at this address",
                             "该地址不存在" },
  [AC_PROBLEM_LESSON_NOT_FOUND] = { 404, "lesson-not-found", "There is no such lesson",
                                    "没有这一课" },
  [AC_PROBLEM_NAMED_NOT_FOUND] = { 404, "named-not-found",
                                   "What was named is not there", "所指的对象不存在" },
  [AC_PROBLEM_WRONG_STATE] = { 409, "wrong-state", "This cannot be done now",
                               "当前状态不允许此操作" },
  [AC_PROBLEM_ONE_ALONE] = { 403, "one-alone", "Somebody else has to do this",
                             "此操作须由其他人完成" },
  [AC_PROBLEM_BRANCH_NOT_FOUND] = { 404, "branch-not-found", "There is no such branch",
                                    "没有这个支部" },
  [AC_PROBLEM_MEMBER_NOT_FOUND] = { 404, "member-not-found", "There is no such member",
                                    "没有这名学员" },
  [AC_PROBLEM_COURSE_NOT_FOUND] = { 404, "course-not-found", "There is no such course",
                                    "没有这门课程" },
  [AC_PROBLEM_WRONG_METHOD] = { 405, "wrong-method",
                                "This address does not take that method",
                                "该地址不支持此方法" },
  [AC_PROBLEM_NOT_JSON] = { 415, "not-json", "The body must be application/json",
                            "请求内容必须是 application/json" },
  [AC_PROBLEM_WRONG_KEY] = { 401, "wrong-key",
                             "The stream key is not this lesson's; copy it again",
                             "推流密钥不属于这一课，请重新复制" },
  [AC_PROBLEM_NOT_SDP] = { 415, "not-sdp",
                           "The body must be SDP, and be declared as such",
                           "请求内容必须是 SDP" },
  [AC_PROBLEM_OFFER_REFUSED] = { 422, "offer-refused",
                                 "The session description cannot be used",
                                 "无法使用该会话描述" },
  [AC_PROBLEM_PUBLISH_REFUSED] = { 409, "publish-refused",
                                   "The lesson takes no publisher now",
                                   "这一课目前不接受推流" },
  [AC_PROBLEM_RESTART_REFUSED] = { 409, "restart-refused",
                                   "The connection cannot be restarted",
                                   "无法重启连接" },
  [AC_PROBLEM_NO_CODES] = { 409, "no-codes", "This server sends no codes",
                            "本站未开通短信验证码" },
  [AC_PROBLEM_STALE] = { 412, "stale", "The session has changed since", "会话已变更" },
  [AC_PROBLEM_UNCONDITIONAL] = { 428, "unconditional",
                                 "A restart must be sent with If-Match: *",
                                 "重启连接须带 If-Match: *" },
  [AC_PROBLEM_TOO_MANY_ATTEMPTS] = { 429, "too-many-attempts",
                                     "Too many attempts; please wait a moment",
                                     "尝试次数过多，请稍后再试" },
  [AC_PROBLEM_NOT_ON_AIR] = { 409, "not-on-air", "Nothing of this lesson is shown now",
                              "这一课目前没有画面" },
  [AC_PROBLEM_WATCH_OTHERWISE] = { 409, "watch-otherwise",
                                   "It cannot be watched with so little delay; the "
                                   "lesson's page shows it",
                                   "无法低延迟观看，请在课程页面观看" },
  [AC_PROBLEM_TOO_MANY_VIEWERS] = { 503, "too-many-viewers",
                                    "No more can watch with so little delay; the "
                                    "lesson's page has room",
                                    "低延迟观看名额已满，请在课程页面观看" },
  [AC_PROBLEM_INTERNAL] = { 500, "internal", "Something went wrong on the server",
                            "服务器出错了" },
  [AC_PROBLEM_BUSY] = { 503, "busy", "The server is busy; please try again",
                        "服务器繁忙，请重试" },
};

void
ac_problem_respond (AcHttpExchange *exchange, AcProblem problem,
                    const AcProblemExtra *extra)
{
  const Text *text = &texts[problem];
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree gchar *type = g_strconcat ("urn:airclass:problem:", text->name, NULL);
  gchar *json;

  json_object_set_string_member (body, "type", type);
  json_object_set_string_member (body, "title", text->title);
  json_object_set_string_member (body, "title_zh", text->title_zh);
  json_object_set_int_member (body, "status", text->status);
  if (extra != NULL && extra->detail != NULL)
    json_object_set_string_member (body, "detail", extra->detail);
  if (extra != NULL && extra->field != NULL)
    json_object_set_string_member (body, "field", extra->field);
  if (extra != NULL && extra->reason != NULL)
    json_object_set_string_member (body, "reason", extra->reason);
  json = ac_json_object_to_text (body);
  ac_http_exchange_respond (
      exchange, &(AcHttpResponse){
                    .status = text->status,
                    .content_type = "application/problem+json",
                    .signalling = extra != NULL && extra->signalling,
                    .retry_after_s = extra != NULL ? extra->retry_after_s : 0,
                    .body = g_bytes_new_take (json, strlen (json)),
                });
}
