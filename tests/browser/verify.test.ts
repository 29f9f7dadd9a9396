// Checking a transcript, signing in by a code and by a room's screen, and one's account.
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { launch } from '../support/browser.ts';
import { as, makeCounty, people, siteName, type County } from '../support/county.ts';
import { contextFor, fillSignIn, plain, tabTo, watch } from '../support/pages.ts';
import { until } from '../support/process.ts';
import { password, Server } from '../support/server.ts';

/** The browser tells a refusal in its console, as it should. */
const REFUSAL = /status of (401|404|409|422|429) /;
const title = '第三讲　返乡创业的政策';

let messages: { phone: string; code: string }[];
let gateway: HttpServer;
let server: Server;
let county: County;
let lesson: number;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let problems: string[];

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}

beforeAll(async () => {
  messages = [];
  gateway = createServer((request, response) => {
    void body(request).then((text) => {
      messages.push(JSON.parse(text) as { phone: string; code: string });
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((listening) => gateway.listen(0, '127.0.0.1', listening));
  const { port } = gateway.address() as AddressInfo;
  server = await Server.start('--code-gateway', `http://127.0.0.1:${port}/sms`);
  county = await makeCounty(server);
  await server.tool('member', 'set', '1002', '--phone', '13800138000');
  lesson = (await server.addLesson(title)).lesson;
  await server.tool('lesson', 'start', String(lesson));
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
  gateway?.close();
});

async function open(opened: Promise<BrowserContext>): Promise<void> {
  context = await opened;
  problems = await watch(context, server.addresses.http);
  page = await context.newPage();
}
const stranger = (language: string) =>
  open(browser.newContext({ ...contextFor('phone', language), baseURL: server.addresses.http }));

afterEach(async () => {
  await context.close();
  expect(problems.filter((problem) => !REFUSAL.test(problem))).toEqual([]);
});

const says = (name: string, text: string) =>
  page.getByTestId(name).filter({ hasText: text }).waitFor({ timeout: 10_000 });

describe('a transcript', () => {
  let code: string;
  beforeAll(async () => {
    const cookie = await server.signIn(people.member.number);
    const answer = await fetch(`${server.addresses.http}/api/v1/reports/transcript`, { headers: { cookie } });
    code = ((await answer.json()) as { code: string }).code;
  });

  it('is checked by anybody, by its address', async () => {
    await stranger('zh-CN');
    await page.goto(`/verify/${code}`);
    await says('result', '证明属实');
    expect(await page.getByTestId('name').textContent()).toBe('学*甲');
    await expectAccessible(page);
  });

  it('is checked by typing its code without a pointer, and a wrong one is told', async () => {
    await stranger('en-GB');
    await page.goto('/verify');
    await tabTo(page, page.getByTestId('code'));
    await page.keyboard.type('7K3QW-0M9XR-4TBC3');
    await page.keyboard.press('Enter');
    await says('failure', 'There is no such transcript');
    await page.getByTestId('code').fill(` ${code.toLowerCase()} `);
    await page.keyboard.press('Enter');
    await says('result', 'The transcript is genuine');
  });

  it('is checked a few times a minute; then one is told how long to wait, and may', async () => {
    await stranger('zh-CN');
    await page.goto('/verify');
    await page.getByTestId('code').fill(code);
    await until('a wait that is not over before the page has asked', async () => {
      const answer = await context.request.get(`/api/v1/verify/${code}`);
      return answer.status() === 429 && Number(answer.headers()['retry-after']) >= 4;
    });
    await page.getByTestId('submit').click();
    await says('failure', '查得太快了');
    expect(plain(await page.getByTestId('failure').textContent())).toMatch(/请等 \d+ 秒后再查/);
    await page.getByTestId('submit').click({ timeout: 20_000 }); // waits until it can be
    await says('result', '证明属实');
  });
});

describe('a code by text message', () => {
  it('signs in; a wrong one does not, and the next has to wait', async () => {
    await stranger('zh-CN');
    await page.goto('/sign-in');
    await page.getByTestId('by-code').click();
    await page.getByTestId('number').fill('１００２');
    await page.getByTestId('send-code').click();
    await says('sent', '五分钟内有效');
    await says('send-code', '后可以重新发送');
    await until('the message', () => messages.length === 1);
    const [{ phone, code }] = messages as [{ phone: string; code: string }];
    expect(phone).toBe('13800138000');
    await page.getByTestId('code').fill(code === '000000' ? '000001' : '000000');
    await page.getByTestId('submit').click();
    await says('failure', '验证码不对');
    await expectAccessible(page);
    await page.getByTestId('code').fill(code);
    await page.getByTestId('submit').click();
    await page.waitForURL('/');
  });

  it('that has expired is told apart, and who asks too soon is told how long to wait', async () => {
    await stranger('en-GB');
    await page.clock.install();
    await page.goto('/sign-in');
    await page.getByTestId('by-code').click();
    await page.getByTestId('number').fill('1003');
    await page.getByTestId('send-code').click();
    await says('sent', 'works for five minutes');
    await page.clock.fastForward(6 * 60_000);
    await page.getByTestId('code').fill('123456');
    await page.getByTestId('submit').click();
    await says('failure', 'The code has expired');
    await page.getByTestId('send-code').click();
    await says('send-code', 'You can ask for another code in');
  });
});

describe('the code of a room', () => {
  const path = () => `/room/${lesson}/${county.site}`;

  async function shown(): Promise<{ digits: string; url: string }> {
    const cookie = await server.signIn(people.steward.number);
    const room = `/api/v1/lessons/${lesson}/rooms/${county.site}/code`;
    return (await (await fetch(server.addresses.http + room, { headers: { cookie } })).json()) as {
      digits: string; url: string;
    };
  }

  it('leads a stranger through the sign-in into the room, and out again', async () => {
    await stranger('zh-CN');
    await page.goto((await shown()).url);
    await page.waitForURL(/\/sign-in\?to=/);
    await page.getByText('登录后自动为您签到').waitFor();
    await fillSignIn(page, people.member.number);
    await says('inside', '已签到');
    await page.getByRole('heading', { name: siteName }).waitFor();
    expect(await page.getByTestId('inside').textContent()).toMatch(/\d\d:\d\d 起计时/);
    expect(new URL(page.url()).search).toBe('');
    await page.reload(); // whoever looks again is told the same
    await says('inside', '已签到');
    await expectAccessible(page);
    await page.getByTestId('leave').click();
    await page.getByTestId('leave-sure').click();
    await says('left', '离开会场');
    await page.reload();
    await says('left', '离开会场');
    await page.getByTestId('digits').fill((await shown()).digits);
    await page.getByTestId('submit').click();
    await says('inside', '已签到');
  });

  it('that has changed meanwhile is typed anew', async () => {
    await open(as('secretary', browser, server, 'phone', 'en-GB'));
    const { digits } = await shown();
    await page.goto(`${path()}?digits=${digits === '000000' ? '000001' : '000000'}`);
    await says('failure', 'Those digits are wrong');
    await page.getByTestId('digits').fill((await shown()).digits);
    await page.getByTestId('submit').click({ timeout: 20_000 });
    await says('inside', 'Checked in since');
  });

  it('of a room that is not there, and of a lesson that is over, are told', async () => {
    await open(as('lecturer', browser, server, 'phone'));
    await page.goto(`/room/${lesson}/99`);
    await says('trouble', '没有找到这个会场');
    const { lesson: ended } = await server.addLesson('上一讲');
    await server.tool('lesson', 'start', String(ended));
    await server.tool('lesson', 'end', String(ended));
    await page.goto(`/room/${ended}/${county.site}?digits=123456`);
    await says('failure', '已经结束');
  });
});

describe('the account', () => {
  it('shows where one is signed in, and signs out there', async () => {
    await server.signIn('1003');
    await stranger('zh-CN');
    await page.goto('/sign-in?to=/account');
    await fillSignIn(page, '1003');
    await page.getByTestId('here').waitFor();
    const devices = page.getByTestId('device');
    expect(await devices.count()).toBe(2);
    await page.getByTestId('end').click();
    await page.getByTestId('sure').click();
    await devices.nth(1).waitFor({ state: 'detached' });
    await page.getByTestId('end-all').click();
    await page.getByTestId('sure').click();
    await page.waitForURL('/sign-in');
    await page.goto('/account');
    await page.waitForURL(/\/sign-in\?to=/);
  });

  it('changes the password; the old one is good no more, other devices are told', async () => {
    await stranger('en-GB');
    await page.goto('/sign-in?to=/account');
    await fillSignIn(page, '1004');
    await page.getByTestId('here').waitFor();
    const other = await context.newPage();
    await other.goto(`/lesson/${lesson}`);
    await other.getByTestId('line').filter({ hasText: 'Connected' }).waitFor();
    await page.getByTestId('now').fill('not the password');
    await page.getByTestId('wanted').fill('another good password');
    await page.getByTestId('change').click();
    await page.getByText('This is not the password you have now').waitFor();
    expect(new URL(page.url()).pathname).toBe('/account');
    await page.getByTestId('now').fill(password);
    await page.getByTestId('change').click();
    await page.waitForURL(/\/sign-in/);
    await page.getByText('The password is changed').waitFor();
    await other.waitForURL(/\/sign-in/);
    await other.getByText('Your sign-in has expired or was ended elsewhere').waitFor();
    await fillSignIn(page, '1004');
    await says('failure', 'Number or password is wrong');
    await fillSignIn(page, '1004', 'another good password');
    await page.waitForURL('/');
  });

  it('gives all that is known of one, as a file', async () => {
    await open(as('member', browser, server));
    await page.goto('/');
    await page.getByTestId('account').click();
    await page.getByRole('link', { name: '我的账号' }).click();
    await page.waitForURL('/account');
    const coming = page.waitForEvent('download');
    await page.getByTestId('export').click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe('airclass-1001.json');
    const all = JSON.parse(await readFile((await download.path())!, 'utf8')) as { person: { number: string }[] };
    expect(all.person[0]!.number).toBe('1001');
    await page.getByTestId('export-told').filter({ hasText: 'airclass-1001.json' }).waitFor();
    await expectAccessible(page);
  });
});
