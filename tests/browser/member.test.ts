// The member's own pages: what is on, the library, credit and transcript, appeal and leave,
// settings, and the shell without a line.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enter, launch } from '../support/browser.ts';
import { as, makeCounty, type County } from '../support/county.ts';
import { plain, playsOn, tabTo, watch } from '../support/pages.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server } from '../support/server.ts';

let server: Server;
let county: County;
let ended: number;
let planned: number;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let problems: string[];

beforeAll(async () => {
  server = await Server.start();
  county = await makeCounty(server);
  browser = await launch();
  context = await as('member', browser, server, 'phone');
  problems = await watch(context, server.addresses.http);
  page = await context.newPage();
  const added = await server.addLesson('成本怎么算');
  ended = added.lesson;
  const file = await clip({ width: 320, height: 180, fps: 25, seconds: 20 });
  const publisher: Process = publish(file, added.rtmp_url, { loop: true });
  await until('a live lesson', async () => (await server.lessons()).some(({ state }) => state === 'live'));
  await enter(page, ended);
  await playsOn(page, 15);
  await page.goto('/');
  await until('a long lesson', async () => (await server.lessons())[0]!.length_ms > 38_000, 60_000);
  await server.tool('lesson', 'end', String(ended));
  await publisher.end();
  const at = `${new Date().getFullYear() + 1}-03-08 19:30`;
  ({ lesson: planned } = await server.json<{ lesson: number }>(
    'lesson', 'add', '--title', '贷款怎么办', '--at', at, '--target', String(county.branches.village)));
  await page.goto('/');
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

describe('the first page', () => {
  it('has the year against what is required', async () => {
    expect(plain(await page.getByTestId('year-progress').textContent())).toContain('全年应学 32 学时');
  });

  it('goes on where the lesson was left, on another device too', async () => {
    const other = await as('member', browser, server, 'desktop');
    const desk = await other.newPage();
    await desk.goto('/');
    const row = desk.getByTestId('unfinished-lesson');
    expect(await row.textContent()).toMatch(/从 0:\d\d 接着看/);
    await row.getByRole('link').click();
    await desk.getByTestId('notice').filter({ hasText: '继续' }).waitFor();
    await other.close();
  });
});

describe('the library', () => {
  it('is searched by words and kind, and keeps them in its address', async () => {
    await page.getByTestId('nav-library').click();
    await page.getByTestId('found').filter({ hasText: '共 1 个回放' }).waitFor();
    await page.getByTestId('search').fill('没有这样的课');
    await page.getByTestId('do-search').click();
    await page.getByTestId('empty').waitFor();
    // It is seen, and no keyboard of the phone lies over it.
    await page.locator('section:focus').filter({ hasText: '没有找到回放' }).waitFor();
    expect(await page.getByTestId('empty').evaluate((empty) => empty.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
    await page.getByTestId('search').fill('成本');
    await page.getByTestId('search').press('Enter');
    await page.getByTestId('ended-lesson').waitFor();
    await page.getByTestId('narrow').click();
    await page.getByTestId('kind').selectOption('skills');
    await page.getByTestId('empty').waitFor();
    expect(new URL(page.url()).searchParams.get('kind')).toBe('skills');
    await page.reload();
    await page.getByTestId('empty').waitFor();
    expect(await page.getByTestId('search').inputValue()).toBe('成本');
    await page.getByTestId('clear').click();
    await page.getByTestId('ended-lesson').waitFor();
  });
});

describe('my credit', () => {
  it('has the record of a lesson, and takes an appeal', async () => {
    await page.goto(`/credit/${ended}`);
    await page.getByTestId('record-state').waitFor();
    expect(plain(await page.locator('dl').textContent())).toContain('其中集中学习0 分钟');
    await page.getByTestId('appeal-send').click();
    await page.getByText('请先写明情况').waitFor();
    await page.getByTestId('appeal-text').fill('我从头听到尾。');
    await page.getByTestId('appeal-send').click();
    await page.getByTestId('appeal-state').filter({ hasText: '等待答复' }).waitFor();
    expect(await page.getByTestId('appeal-text').count()).toBe(0);
  });

  it('asks for leave from a lesson to come', async () => {
    await page.goto(`/credit/${planned}`);
    await page.getByTestId('leave-text').fill('上夜班');
    await page.getByTestId('leave-send').click();
    await page.getByTestId('leave-state').filter({ hasText: '等待支部审批' }).waitFor();
  });

  it('withdraws it, and may ask again', async () => {
    const asked = async () =>
      ((await (await page.request.get('/api/v1/leaves')).json()) as { leaves: { state: string }[] }).leaves.map(({ state }) => state);
    expect(await asked()).toEqual(['asked']);
    await page.getByTestId('withdraw').click();
    await page.getByTestId('leave-text').waitFor();
    expect(await asked()).toEqual([]);
    await page.getByTestId('leave-text').fill('上夜班');
    await page.getByTestId('leave-send').click();
    await page.getByTestId('leave-state').filter({ hasText: '等待支部审批' }).waitFor();
  });

  it('lists both, and gives the transcript with its code', async () => {
    await page.getByTestId('nav-credit').click();
    await page.getByTestId('appeals').filter({ hasText: '我从头听到尾' }).waitFor();
    await page.getByTestId('leaves').filter({ hasText: '上夜班' }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByTestId('transcript').click();
    expect((await download).suggestedFilename()).toMatch(/\.pdf$/);
  });
});

describe('settings', () => {
  it('are chosen with the keyboard and stay', async () => {
    await page.goto('/');
    await tabTo(page, page.getByTestId('account'));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByTestId('large-type'));
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset['type'])).toBe('large');
    await page.evaluate(() => localStorage.removeItem('airclass.large-type'));
  });
});

describe('without a line', () => {
  it('the shell opens and says so, and goes on when the line is back', async () => {
    await page.goto('/');
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 20_000 });
    const kept = () => page.evaluate(async () => {
      const pages = await (await caches.open('airclass')).match('/kept-pages');
      return pages === undefined ? [] : (await pages.json()) as string[];
    });
    await until('the pages to be kept', async () => (await kept()).length === 2);
    await context.setOffline(true);
    await page.reload();
    await page.getByTestId('trouble').filter({ hasText: '网络断了' }).waitFor();
    await context.setOffline(false);
    await page.getByTestId('retry').click();
    await page.getByTestId('year-progress').waitFor();
  });

  it('can be installed', async () => {
    const manifest = await page.evaluate(async () =>
      (await fetch(document.querySelector<HTMLLinkElement>('link[rel=manifest]')!.href)).json());
    expect(manifest).toMatchObject({ start_url: '/', display: 'standalone' });
    const session = await context.newCDPSession(page);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors') as { installabilityErrors: { errorId: string }[] };
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
  });

  it('has gone through all this without an error', () => {
    expect(problems.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text))).toEqual([]);
  });
});
