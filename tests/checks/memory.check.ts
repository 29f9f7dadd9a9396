// How much more memory a page of a live lesson takes the longer it is open: the script heap
// after a collection, and the renderer's own memory, over AIRCLASS_MEMORY_SECONDS (300), as
// growth an hour. Somebody chats every second, so that lists fill to their limits.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BareChromium } from '../support/bare_chromium.ts';
import { makeCounty, people } from '../support/county.ts';
import { until } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server } from '../support/server.ts';
import { Teacher } from '../support/teacher.ts';

const seconds = Number(process.env.AIRCLASS_MEMORY_SECONDS ?? 300);
/** Until the buffers and the list of chat lines (300) are full. */
const WARM_UP_S = 180;
const EVERY_S = 15;
const MOST_MB_AN_HOUR = 20;
const MB = 1_000_000;

const pause = (s: number) => new Promise((resolve) => setTimeout(resolve, s * 1000));

/** Least squares, MB an hour. */
function slope(points: [s: number, bytes: number][]): number {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [s, bytes] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - s) * (y - bytes), 0);
  return (over / points.reduce((sum, [x]) => sum + (x - s) ** 2, 0)) * 3600 / MB;
}

function pssBytes(pid: number): number {
  const kb = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return Number(kb) * 1024;
}

it('a lesson page hardly grows', async () => {
  const server = await Server.start();
  const browser = await BareChromium.start(['--autoplay-policy=no-user-gesture-required', '--window-size=360,740']);
  await makeCounty(server);
  const added = await server.addLesson('内存');
  const file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
  const publisher = publish(file, added.rtmp_url, { loop: true });
  await until('a live lesson', async () => (await server.lessons()).some(({ state }) => state === 'live'));
  const teacher = await Teacher.enter(server, added.lesson);
  let line = 0;
  const chatting = setInterval(() => {
    line += 1;
    teacher.socket.send({ type: 'chat', text: `${line} ${'字'.repeat(60)}`, id: `line-${line}` });
    teacher.socket.messages.length = 0;
  }, 1000);
  try {
    const { page, system } = browser;
    const [name, value] = (await server.signIn(people.member.number)).split('=');
    const { http } = server.addresses;
    await page.send('Network.setCookie', { name, value, url: http });
    await page.send('Page.navigate', { url: `${http}/lesson/${added.lesson}` });
    await until('the lesson to play', () => browser.evaluate('document.querySelector("video")?.currentTime > 1'));
    await browser.evaluate('document.querySelector("[data-test=tab-chat]").click()');
    await page.send('Performance.enable');
    await pause(WARM_UP_S);
    const heap: [number, number][] = [];
    const renderer: [number, number][] = [];
    for (let s = 0; s <= seconds; s += EVERY_S) {
      await page.send('HeapProfiler.collectGarbage');
      const { metrics } = await page.send('Performance.getMetrics') as { metrics: { name: string; value: number }[] };
      heap.push([s, metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value]);
      const { processInfo } = await system.send('SystemInfo.getProcessInfo') as
        { processInfo: { type: string; id: number }[] };
      const pss = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => pssBytes(id));
      renderer.push([s, Math.max(...pss)]);
      await pause(EVERY_S);
    }
    const at = (points: [number, number][]) =>
      `${(points[0]![1] / MB).toFixed(1)} to ${(points.at(-1)![1] / MB).toFixed(1)} MB, ${slope(points).toFixed(1)} MB an hour`;
    console.log(`${seconds} s of live, ${line} lines of chat\nscript heap: ${at(heap)}\nrenderer: ${at(renderer)}`);
    expect(slope(heap)).toBeLessThan(MOST_MB_AN_HOUR);
    expect(await browser.evaluate('document.querySelector("video").paused')).toBe(false);
  } finally {
    clearInterval(chatting);
    teacher.leave();
    await browser.end();
    await publisher.end();
    await server.dispose();
  }
}, (seconds + WARM_UP_S + 120) * 1000);
