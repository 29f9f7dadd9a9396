// Every page on every screen in both languages: nothing too wide, cut, or hard to hit.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, playing } from '../support/browser.ts';
import { contextFor, fillSignIn, foreignWords, insistOnTaps, layoutProblems, screens, wake, watch, type Screen } from '../support/pages.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

/** Long names that people do write, in either language. */
const TITLES = {
  live: '第十二讲　乡村振兴与返乡创业：从了解政策、选好项目到算清成本（县委党校·空中课堂专题）',
  planned: 'Lesson thirteen: keeping the books of a small cooperative, with an example from Qinghe',
  ended: '第十一讲　农村电商',
};
const NAMES = [...Object.values(TITLES), '欧阳学员'];

/** Where the member left the replay, s; nearer to an end it would not be kept. */
const left = 16;

let server: Server;
let live: Lesson;
let planned: Lesson;
let ended: Lesson;
let publisher: Process;
let browser: Browser;

beforeAll(async () => {
  server = await Server.start();
  await server.addMember('1001', '欧阳学员');
  [ended, planned, live] = [
    await server.addLesson(TITLES.ended),
    await server.addLesson(TITLES.planned),
    await server.addLesson(TITLES.live),
  ];
  const file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
  const first = publish(file, ended.rtmp_url, { loop: true });
  // Beside it, so that the running lesson is long enough to go back in.
  publisher = publish(file, live.rtmp_url, { loop: true });
  await until('two lessons that are long enough', async () =>
    (await server.lessons()).filter(({ length_ms }) => length_ms > left * 2_000 + 2_000).length === 2,
    90_000);
  await server.tool('lesson', 'end', String(ended.lesson));
  await first.end();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

/** Walks through all states of all pages; `look` is called in each. */
async function walk(page: Page, look: (what: string) => Promise<void>): Promise<void> {
  const start = async () => {
    await page.getByTestId('start').click();
    await playing(page);
    await wake(page);
  };
  await page.goto('/sign-in');
  await page.getByTestId('number').waitFor();
  await look('the sign-in');
  await fillSignIn(page, '1001', 'wrong');
  await page.getByTestId('failure').filter({ hasText: /./ }).waitFor();
  await look('a refused sign-in');
  await fillSignIn(page, '1001');
  await page.getByTestId('enter').waitFor();
  await look('the list');
  await page.goto('/no/such/page');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await look('a page that is missing');
  await page.goto('/lesson/999');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await look('a lesson that is missing');

  await page.goto(`/lesson/${planned.lesson}`);
  await page.getByTestId('waiting').waitFor();
  await look('a planned lesson');
  await page.goto(`/lesson/${live.lesson}`);
  await page.getByTestId('start').waitFor();
  await look('the start of a live lesson');
  await start();
  await look('a live lesson');
  await page.getByTestId('back15').click();
  await page.getByTestId('to-live').waitFor();
  await look('a lesson behind live');
  await page.getByTestId('quality').getByRole('button').click();
  await look('the menu of qualities');
  await page.keyboard.press('Escape');
  await page.getByTestId('listen').click();
  await page.waitForFunction(() => {
    const video = document.querySelector('video')!;
    return video.videoHeight === 0 && video.readyState >= 3;
  });
  await wake(page);
  await look('listening');

  await page.evaluate(([key, value]) => localStorage.setItem(key!, value!),
    [`airclass.place.1001.${ended.lesson}`, String(left)]);
  await page.goto(`/lesson/${ended.lesson}`);
  await page.getByTestId('start').waitFor();
  await look('the start of a replay');
  await start();
  await page.getByTestId('notice').waitFor();
  await look('a replay that goes on where it was left');
  await page.getByTestId('speed').getByRole('button').click();
  await look('the menu of speeds');
  await page.keyboard.press('Escape');
  await page.getByTestId('seek').focus();
  await page.keyboard.press('End');
  await page.getByTestId('again').waitFor();
  await look('the end of a replay');
}

describe.each(Object.keys(screens) as Screen[])('on a %s', (screen) => {
  it.each(['zh', 'en'] as const)('all fits: %s', async (language) => {
    const context: BrowserContext = await browser.newContext({
      ...contextFor(screen, language === 'zh' ? 'zh-CN' : 'en-GB'), baseURL: server.addresses.http,
    });
    const errors = await watch(context, server.addresses.http);
    await insistOnTaps(context);
    const found: Record<string, string[]> = {};
    await walk(await context.newPage(), async (what) => {
      const page = context.pages()[0]!;
      const problems = [
        ...(await layoutProblems(page)),
        ...(await foreignWords(page, language, NAMES)).map((text) => `in the other language: ${text}`),
      ];
      if (problems.length > 0) found[what] = problems;
    });
    await context.close();
    expect(found).toEqual({});
    expect(errors.filter((error) => !/status of (401|404) /.test(error))).toEqual([]);
  });
});

describe.each(['phone', 'desktop'] as const)('without aspect-ratio (Chrome before 88, Safari before 15), on a %s', (screen) => {
  it('the picture and what stands in its place are 16:9', async () => {
    const context = await browser.newContext({ ...contextFor(screen, 'zh-CN'), baseURL: server.addresses.http });
    await context.route('**/*.css', async (route) => {
      const response = await route.fetch();
      const text = await response.text();
      await route.fulfill({ response, body: text.replace(/([{;])aspect-ratio:[^;}]*/g, '$1') });
    });
    const page = await context.newPage();
    await page.goto('/sign-in');
    await fillSignIn(page, '1001');
    await page.getByTestId('enter').waitFor();
    for (const [path, part] of [[`/lesson/${planned.lesson}`, 'waiting'], [`/lesson/${live.lesson}`, 'player']] as const) {
      await page.goto(path);
      await page.getByTestId(part).waitFor();
      const { width, height } = (await page.getByTestId(part).boundingBox())!;
      expect(height / width, part).toBeCloseTo(9 / 16, 1);
    }
    await context.close();
  });
});
