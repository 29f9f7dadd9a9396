// A refusal as the server words it, for pages that are to be shown one.
const titles = {
  'not-found': [404, 'There is nothing at this address', '该地址不存在'],
  'sign-in-refused': [401, 'The number or the password is not right', '编号或密码不正确'],
  'too-many-attempts': [429, 'Too many attempts; please wait a moment', '尝试次数过多，请稍后再试'],
  'invalid-field': [422, 'A field was refused', '有一项填写不正确'],
  'wrong-state': [409, 'This cannot be done now', '当前状态不允许此操作'],
} as const;

/** For Playwright's route.fulfill(). */
export function refusal(name: keyof typeof titles, retryAfterS?: number) {
  const [status, title, title_zh] = titles[name];
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    },
    body: JSON.stringify({ type: `urn:airclass:problem:${name}`, status, title, title_zh }),
  };
}
