// What a viewer sees when the lesson's worker dies: as little as possible. When the encoder
// does, see faults/outage.test.ts.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enter, launch, signedIn } from '../support/browser.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

let server: Server;
let lesson: Lesson;
let publisher: Process;
let browser: Browser;
let page: Page;

/** Watches the picture until `seconds` of lesson were shown; resolves with the longest
 * time in ms without a new frame. Runs in the page. */
function longestFreeze(seconds: number): Promise<number> {
  return page.evaluate(async (seconds) => {
    const video = document.querySelector('video')!;
    const end = video.currentTime + seconds;
    let last = performance.now();
    let longest = 0;
    let at = video.currentTime;
    while (at < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const now = performance.now();
      longest = Math.max(longest, now - last);
      if (video.currentTime > at) last = now;
      at = Math.max(at, video.currentTime);
    }
    return longest;
  }, seconds);
}

beforeAll(async () => {
  server = await Server.start();
  await server.addMember('1001', '学员甲');
  lesson = await server.addLesson('故障 Faults');
  publisher = publish(
    await clip({ width: 640, height: 360, fps: 25, seconds: 20 }), lesson.rtmp_url, { loop: true });
  browser = await launch();
  page = await (await signedIn(browser, server, '1001')).newPage();
  await until('a live lesson', async () => (await server.lessons())[0]!.state === 'live');
  await enter(page, lesson.lesson);
});

afterAll(async () => {
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

describe('a viewer', () => {
  it('goes on within 5 s when the worker is killed', async () => {
    await longestFreeze(3);
    const watching = longestFreeze(12);
    const [worker] = await server.workers();
    process.kill(worker!, 'SIGKILL');
    const freeze = await watching;
    console.log(`longest freeze after SIGKILL of the worker: ${freeze.toFixed(0)} ms`);
    expect(freeze).toBeLessThan(5000);
  });
});
