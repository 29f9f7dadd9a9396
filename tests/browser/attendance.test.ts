// What a member watched is what the database says, also after SIGKILL.
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enter, launch, signedIn } from '../support/browser.ts';
import { run, until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

/** What is watched live, and then half as much of the replay; scripts/check-faults: 60. */
const watchedS = Number(process.env.AIRCLASS_WATCHED_SECONDS ?? 20);

let server: Server;
let lesson: Lesson;
let publisher: Process;
let browser: Browser;
let context: BrowserContext;
let page: Page;

/** The row itself, as any SQLite client sees it. */
async function acceptedMs(): Promise<number> {
  const rows = await run('sqlite3', [
    '-readonly', join(server.data, 'airclass.db'),
    `SELECT accepted_ms FROM attendance a JOIN members m ON m.id = a.member
     WHERE a.lesson = ${lesson.lesson} AND m.number = '1001'`,
  ]);
  return Number(rows.trim() || 0);
}

/** Where the picture began to move, however late that is looked at. */
const began = () => page.evaluate(() => (window as unknown as { began: number }).began);
const time = () => page.evaluate(() => document.querySelector('video')!.currentTime);

/** Until so much was played since `from`, where it pauses. */
async function playFor(seconds: number, from: number): Promise<void> {
  await page.waitForFunction(
    (until) => {
      const video = document.querySelector('video')!;
      if (video.currentTime < until) return false;
      video.pause(); // a hand would come late on a slow machine
      return true;
    }, from + seconds,
    { timeout: seconds * 2000 + 20_000, polling: 50 });
}

beforeEach(async () => {
  server = await Server.start();
  await server.addMember('1001', '学员甲');
  lesson = await server.addLesson('学时 Credit');
  publisher = publish(
    await clip({ width: 640, height: 360, fps: 25, seconds: 20 }), lesson.rtmp_url, { loop: true });
  browser = await launch();
  context = await signedIn(browser, server, '1001');
  page = await context.newPage();
  await page.addInitScript(() => document.addEventListener('playing', ({ target }) => {
    const moved = window as unknown as { began?: number };
    moved.began ??= (target as HTMLVideoElement).currentTime;
  }, true));
});

afterEach(async () => {
  await browser.close();
  await publisher.end();
  await server.dispose();
});

describe('attendance', () => {
  it('is what was seen live, and half as much again of what was not', async () => {
    const replayedS = watchedS / 2;
    await until('a lesson whose beginning is not seen live', async () =>
      (await server.lessons())[0]!.length_ms > (replayedS + 10) * 1000, 60_000);
    await enter(page, lesson.lesson);
    await page.waitForFunction(() => 'began' in window);
    const from = await began();
    await playFor(watchedS, from);
    expect(from).toBeGreaterThan(replayedS + 1);
    const live = (await time()) - from;
    await until('what was seen live', async () => Math.abs((await acceptedMs()) / 1000 - live) < 1, 3000);

    await server.tool('lesson', 'end', String(lesson.lesson));
    await page.getByTestId('speed').waitFor({ timeout: 2000 });
    const again = 0.5;
    await page.evaluate((again) => {
      const video = document.querySelector('video')!;
      video.currentTime = again;
      return video.play();
    }, again);
    await playFor(replayedS, again);
    const replayed = (await time()) - again;
    const expected = live + replayed;
    expect(Math.abs(expected - watchedS * 1.5)).toBeLessThan(2);
    await until(`${expected} s in the row`, async () =>
      Math.abs((await acceptedMs()) / 1000 - expected) < 1.5, 3000);
    const [row] = await server.attendance(lesson.lesson);
    expect(row).toMatchObject({ member: '1001', accepted_ms: await acceptedMs() });
    expect(row!.earned_ms).toBeLessThanOrEqual(row!.accepted_ms);
    expect(row!.earned_ms / 1000).toBeGreaterThan(expected - 2);
  }, 240_000);

  it('loses no acknowledged second when the daemon is killed, and needs no new sign-in', async () => {
    await until('a live lesson', async () => (await server.lessons())[0]!.state === 'live');
    await enter(page, lesson.lesson);
    const acknowledged: number[] = [];
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const message = JSON.parse(String(payload)) as { type: string; accepted_ms?: number };
        if (message.type === 'ack') acknowledged.push(message.accepted_ms!);
      }));
    await enter(page, lesson.lesson); // again: now its socket is heard from the start
    await until('an acknowledgement', () => acknowledged.length >= 2, 60_000);
    const promised = acknowledged.at(-1)!;
    await server.kill();
    expect(await acceptedMs()).toBeGreaterThanOrEqual(promised);
    await publisher.end();
    await server.up();
    publisher = publish(
      await clip({ width: 640, height: 360, fps: 25, seconds: 20 }), lesson.rtmp_url, { loop: true });

    const before = await time();
    await until('the picture to go on', async () => (await time()) > before + 5, 40_000);
    await until('more than was promised', async () => (await acceptedMs()) > promised + 5000, 40_000);
    expect(await page.evaluate(() => location.pathname)).toBe(`/lesson/${lesson.lesson}`);
  });
});
