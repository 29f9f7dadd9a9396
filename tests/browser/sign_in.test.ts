// Getting in and out, and coming back to where one wanted to go.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch } from '../support/browser.ts';
import { contextFor, fillSignIn, plain, watch } from '../support/pages.ts';
import { until } from '../support/process.ts';
import { password, Server, type Lesson } from '../support/server.ts';

/** The browser tells a refusal in its console, as it should. */
const REFUSAL = /status of (401|403|429) /;

let server: Server;
let lesson: Lesson;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let problems: string[];

beforeAll(async () => {
  server = await Server.start();
  await server.addMember('1001', '学员甲');
  await server.addMember('1002', '学员乙');
  await server.addMember('1003', '学员丙');
  lesson = await server.addLesson('第一课');
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

beforeEach(async () => {
  context = await browser.newContext({
    ...contextFor('desktop', 'zh-CN'), baseURL: server.addresses.http,
  });
  problems = await watch(context, server.addresses.http);
  page = await context.newPage();
});

afterEach(async () => {
  await context.close();
  expect(problems.filter((problem) => !REFUSAL.test(problem))).toEqual([]);
});

const failure = () => page.getByTestId('failure');
const path = () => new URL(page.url()).pathname;
const failureSays = (text: string) =>
  failure().filter({ hasText: text }).waitFor({ timeout: 10_000 });

describe('the sign-in', () => {
  it('asks for what is missing before it asks the server', async () => {
    await page.goto('/sign-in');
    await page.getByTestId('submit').click();
    await page.getByText('请填写编号或手机号。').waitFor();
    expect(await page.getByTestId('number').evaluate((field) => field === document.activeElement)).toBe(true);
    await page.getByTestId('number').fill('1001');
    await page.getByTestId('submit').click();
    await page.getByText('请填写密码。').waitFor();
  });

  it('says that number or password is wrong, without saying which', async () => {
    await page.goto('/sign-in');
    await fillSignIn(page, '1001', 'not the password');
    await failureSays('编号或密码不对');
    const wrongPassword = await failure().textContent();
    await fillSignIn(page, '7777', 'not the password');
    await failureSays('编号或密码不对');
    expect(await failure().textContent()).toBe(wrongPassword);
    expect(path()).toBe('/sign-in');
    await fillSignIn(page, '1001');
    await page.waitForURL('/');
  });

  it('takes a number as people paste it', async () => {
    await page.goto('/sign-in');
    await fillSignIn(page, ' １０ ０１\u200b');
    await page.waitForURL('/');
    await page.getByText('学员甲', { exact: true }).waitFor();
  });

  it('asks for another password than the one that somebody else has made', async () => {
    const { password: made } = await server.json<{ password: string }>('member', 'password', '1003');
    await page.goto(`/lesson/${lesson.lesson}`);
    await fillSignIn(page, '1003', made);
    await page.getByTestId('new-password').waitFor();
    // Nothing goes before it is changed: neither a page nor a request.
    expect((await context.request.get('/api/v1/lessons')).status()).toBe(403);
    await page.goto('/');
    await page.waitForURL(/\/sign-in/);
    await page.goto(`/sign-in?to=/lesson/${lesson.lesson}`);
    await fillSignIn(page, '1003', made);
    await page.getByTestId('new-password').fill(made);
    await page.getByTestId('save-password').click();
    await page.getByText('新密码和代设的一样').waitFor();
    await page.getByTestId('new-password').fill('自己的密码');
    await page.getByTestId('save-password').click();
    await page.waitForURL(`/lesson/${lesson.lesson}`);
    await page.getByTestId('waiting').waitFor();
    const again = await context.request.post('/api/v1/session', {
      data: { number: '1003', password: made }, headers: { 'X-Requested-With': 'airclass' },
    });
    expect(again.status()).toBe(401);
  });

  it('shows the password on request', async () => {
    await page.goto('/sign-in');
    await page.getByTestId('password').fill('secret');
    await page.getByRole('button', { name: '显示密码' }).click();
    expect(await page.getByTestId('password').getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: '隐藏密码' }).click();
    expect(await page.getByTestId('password').getAttribute('type')).toBe('password');
  });

  it('returns to the page that was asked for', async () => {
    const wanted = `/lesson/${lesson.lesson}`;
    await page.goto(wanted);
    await page.waitForURL(/\/sign-in\?to=/);
    await fillSignIn(page, '1001');
    await page.waitForURL(wanted);
    await page.getByTestId('waiting').waitFor();
  });

  it.each(['//evil.example/', '/\\evil.example/', 'https://evil.example/'])(
    'goes nowhere else: %s', async (target) => {
      await page.goto(`/sign-in?to=${encodeURIComponent(target)}`);
      await fillSignIn(page, '1001');
      await page.waitForURL('/');
    });

  it('is not asked for again after a reload', async () => {
    await page.goto('/sign-in');
    await fillSignIn(page, '1001');
    await page.waitForURL('/');
    await page.reload();
    await page.getByText('学员甲', { exact: true }).waitFor();
    expect(path()).toBe('/');
  });

  it('ends with the sign-out, in every tab', async () => {
    await page.goto('/sign-in');
    await fillSignIn(page, '1001');
    await page.waitForURL('/');
    const other = await context.newPage();
    const welcomed = other.waitForEvent('websocket').then((socket) => socket.waitForEvent('framereceived'));
    await other.goto(`/lesson/${lesson.lesson}`);
    await welcomed;
    await page.getByTestId('account').click();
    await page.getByTestId('sign-out').click();
    await page.waitForURL('/sign-in');
    await other.waitForURL(/\/sign-in/);
    await other.getByText('登录已过期，或者在别处退出了').waitFor();
    await page.goto('/');
    await page.waitForURL('/sign-in');
    expect((await context.cookies()).filter((cookie) => cookie.name === 'airclass_session')).toEqual([]);
    // And back to the lesson that the other tab was in.
    await fillSignIn(other, '1001');
    await other.waitForURL(`/lesson/${lesson.lesson}`);
  });

  it('says how long somebody who guesses has to wait, and then lets them try', async () => {
    const guess = () =>
      context.request.post('/api/v1/session', {
        data: { number: '1002', password: 'a guess' },
        headers: { 'X-Requested-With': 'airclass' },
      });
    await until('a wait of some seconds', async () => {
      const response = await guess();
      return response.status() === 429 && Number(response.headers()['retry-after']) >= 3;
    }, 40_000);
    await page.goto('/sign-in');
    await fillSignIn(page, '1002', password);
    await failureSays('试的次数太多了');
    expect(plain(await failure().textContent())).toMatch(/请等 \d+ 秒后再试/);
    expect(await page.getByTestId('submit').isDisabled()).toBe(true);
    await page.getByTestId('submit').click({ timeout: 20_000 }); // waits until it can be
    await page.waitForURL('/');
  });
});
