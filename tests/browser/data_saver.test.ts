// Saving data: of the renditions of a lesson only the small ones are asked for.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enter, launch, signedIn } from '../support/browser.ts';
import { playsOn } from '../support/pages.ts';
import { until } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

let server: Server;
let lesson: Lesson;
let browser: Browser;
let page: Page;
/** Heights of the renditions that media was asked of. */
const asked = new Set<number>();

beforeAll(async () => {
  server = await Server.start();
  await server.addMember('1001', '学员甲');
  lesson = await server.addLesson('成本怎么算');
  const file = await clip({ width: 1280, height: 720, fps: 25, seconds: 20 });
  const publisher = publish(file, lesson.rtmp_url, { loop: true });
  await until('some lesson', async () => (await server.lessons())[0]!.length_ms > 16_000, 60_000);
  // A replay is watched: nothing is encoded meanwhile.
  await server.tool('lesson', 'end', String(lesson.lesson));
  await publisher.end();
  browser = await launch();
  page = await (await signedIn(browser, server, '1001')).newPage();
  page.on('request', (request) => {
    const height = /\/v(\d+)\/\d+\/\d+\S*\.m4s/.exec(request.url())?.[1];
    if (height !== undefined) asked.add(Number(height));
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

async function choose(saving: boolean): Promise<void> {
  await page.goto('/');
  await page.getByTestId('account').click();
  await page.getByTestId('data-saver').setChecked(saving);
  asked.clear();
}

it('is limited to 360 lines by the setting, and to nothing without it', async () => {
  await choose(true);
  await enter(page, lesson.lesson);
  await playsOn(page, 6);
  expect([...asked].filter((height) => height > 360)).toEqual([]);
  expect(asked.size).toBeGreaterThan(0);
  await choose(false);
  await enter(page, lesson.lesson);
  await until('a large picture', () => [...asked].some((height) => height > 360));
});
