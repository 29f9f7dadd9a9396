// A source whose own pictures are passed on, in the browser: over to it, between it and the
// renditions that are encoded, and away from it when it is lost.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enter, launch, signedIn, watchErrors } from '../support/browser.ts';
import { choose, lines } from '../support/pages.ts';
import { Process, until } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';
import { longestStall, watchStalls } from '../support/stalls.ts';

let server: Server;
let lesson: Lesson;
let publisher: Process;
let browser: Browser;

beforeAll(async () => {
  const file = await clip({ width: 1280, height: 720, fps: 25, seconds: 60, gop: 25, bframes: 2 });
  server = await Server.start();
  await server.addMember('1001', '学员甲');
  lesson = await server.addLesson('跟随 Follow', '--mode', 'auto');
  publisher = publish(file, lesson.rtmp_url);
  browser = await launch();
  await until('a live lesson', async () => (await server.lessons())[0]!.state === 'live');
});

afterAll(async () => {
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

it('is gone over to, switched with and lost without a stall', async () => {
  const context = await signedIn(browser, server, '1001');
  const page = await context.newPage();
  const errors = watchErrors(page);
  const height = () => page.evaluate(() => document.querySelector('video')!.videoHeight);
  await enter(page, lesson.lesson);
  await watchStalls(page);
  await until('the source is followed', () => server.log.includes('media epoch 2 begins'), 20_000);
  for (const wanted of [720, 360, 720, 480, 720]) {
    await choose(page, 'quality', lines(wanted));
    await until(`${wanted} lines`, async () => (await height()) === wanted, 20_000);
  }
  expect(await longestStall(page)).toBeLessThan(500);

  await publisher.end('SIGKILL');
  await until('the grid again', () => server.log.includes('media epoch 3 begins'), 20_000);
  const at = () => page.evaluate(() => document.querySelector('video')!.currentTime);
  const from = await at();
  await until('ten seconds more', async () => (await at()) > from + 10, 30_000);
  expect(await longestStall(page)).toBeLessThan(2000);
  expect(errors).toEqual([]);
});
