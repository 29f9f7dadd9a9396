// The list of lessons.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, signedIn } from '../support/browser.ts';
import { plain, watch } from '../support/pages.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

let server: Server;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let publisher: Process | undefined;
let problems: string[];

const small = () => clip({ width: 320, height: 180, fps: 25, seconds: 20 });
const state = async ({ lesson }: Lesson) =>
  (await server.lessons()).find((one) => one.lesson === lesson)?.state;

beforeAll(async () => {
  server = await Server.start();
  await server.addMember('1001', '学员甲');
  browser = await launch();
  context = await signedIn(browser, server, '1001');
  problems = await watch(context, server.addresses.http);
  page = await context.newPage();
  await page.goto('/');
});

afterAll(async () => {
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

describe('the list of lessons', () => {
  it('says so when there are none', async () => {
    await page.getByText('还没有课。').waitFor();
    await page.getByText('现在没有直播的课').waitFor();
    expect(await page.getByTestId('enter').count()).toBe(0);
  });

  it('shows what is live first, then what is planned, then the recordings', async () => {
    const recorded = await server.addLesson('第一课：了解政策');
    publisher = publish(await small(), recorded.rtmp_url, { loop: true });
    await until('something of a lesson', async () =>
      (await server.lessons()).some(({ length_ms }) => length_ms > 1000));
    await server.tool('lesson', 'end', String(recorded.lesson));
    await publisher.end();
    const live = await server.addLesson('第二课：选好项目');
    publisher = publish(await small(), live.rtmp_url, { loop: true });
    await until('a live lesson', async () => (await state(live)) === 'live');
    await server.addLesson('第三课：算清成本');
    const year = new Date().getFullYear() + 1;
    await server.tool('lesson', 'add', '--title', '第四课：稳步开始', '--at', `${year}-03-08 19:30`);

    await page.reload();
    await page.getByTestId('enter').waitFor();
    const headings = await page.getByRole('heading', { level: 2 }).allTextContents();
    expect(headings.map(plain)).toEqual(['正在直播', '以后的课', `${new Date().getFullYear()} 年的学时`, '课程回放']);
    const titles = await page.getByRole('heading', { level: 3 }).allTextContents();
    expect(titles).toEqual(['第二课：选好项目', '第四课：稳步开始', '第三课：算清成本', '第一课：了解政策']);

    const planned = await page.getByTestId('planned-lesson').allTextContents();
    expect(plain(planned[0]!)).toMatch(new RegExp(`${year}年3月8日.*19:30 开始`));
    expect(planned[1]).toContain('还没有开始');
    const recording = plain(await page.getByTestId('ended-lesson').textContent());
    expect(recording).toContain('时长：不到 1 分钟');
    expect(recording).toContain('还没有记学时');
  });

  it('has one large button, and it leads into the class', async () => {
    const button = page.getByTestId('enter');
    expect((await button.textContent())?.trim()).toBe('进入课堂');
    expect(await page.getByRole('link', { name: '进入课堂' }).count()).toBe(1);
    expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(56);
    await button.click();
    await page.waitForURL(/\/lesson\/\d+$/);
    await page.getByTestId('home').click();
    await page.getByTestId('enter').waitFor();
  });

  it('shows a lesson that begins or ends without a reload', async () => {
    await page.evaluate(() => void ((window as { kept?: boolean }).kept = true));
    const [running] = (await server.lessons()).filter((one) => one.state === 'live');
    await server.tool('lesson', 'end', String(running!.lesson));
    await page.getByTestId('live-lesson').waitFor({ state: 'detached', timeout: 25_000 });
    expect(await page.getByTestId('ended-lesson').count()).toBe(2);
    expect(await page.evaluate(() => (window as { kept?: boolean }).kept)).toBe(true);
  });

  it('keeps what it has while the server is away', async () => {
    await server.down();
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.getByText('暂时连不上服务器').waitFor();
    expect(await page.getByTestId('ended-lesson').count()).toBe(2);
    await server.up();
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.getByText('暂时连不上服务器').waitFor({ state: 'detached' });
    expect(problems.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
  });
});
