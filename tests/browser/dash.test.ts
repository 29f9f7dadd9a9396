// The DASH manifest in dash.js: live, over to a source that is followed (and from mono to its
// stereo), over a worker that dies, and as the replay.
import { readFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintManifest, lintUpdate, readManifest, type Manifest } from '../linter/mpd.ts';
import { launch } from '../support/browser.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

interface Seen { at: number; state: number; frames: number; stalls: number; width: number; errors: string[]; latency: number }

const player = `<!doctype html><title>dash.js</title><video muted width=640></video><script src=dash.js></script><script>
  const video = document.querySelector('video'), seen = { errors: [], stalls: 0 };
  const player = dashjs.MediaPlayer().create();
  player.on('error', ({ error }) => seen.errors.push(error.code + ' ' + error.message));
  let played = false;
  video.addEventListener('playing', () => (played = true));
  video.addEventListener('waiting', () => (seen.stalls += played ? 1 : 0));
  player.initialize(video, new URLSearchParams(location.search).get('mpd'), true);
  window.see = () => ({ ...seen, at: video.currentTime, state: video.readyState, width: video.videoWidth,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    latency: player.isDynamic() ? player.getCurrentLiveLatency() : 0 });
</script>`;

let site: HttpServer;
let server: Server;
let lesson: Lesson;
let publisher: Process;
let browser: Browser;
let mpd: string;

beforeAll(async () => {
  const script = await readFile(createRequire(import.meta.url).resolve('dashjs/dist/dash.all.min.js'));
  site = createServer(({ url }, answer) => {
    const isScript = url === '/dash.js';
    answer.setHeader('content-type', isScript ? 'text/javascript' : 'text/html').end(isScript ? script : player);
  }).listen(0, '127.0.0.1');
  server = await Server.start();
  lesson = await server.addLesson('电视 DASH', '--mode', 'auto');
  publisher = publish(await clip({ width: 640, height: 360, fps: 25, seconds: 150, sound: 'stereo' }), lesson.rtmp_url);
  mpd = (await server.json<{ dash: string }>('lesson', 'url', String(lesson.lesson))).dash;
  browser = await launch();
  // Long enough to be as far behind its edge as the manifest suggests.
  await until('six segments', async () => {
    const answer = await fetch(mpd);
    const { manifest } = answer.ok ? readManifest(await answer.text(), mpd) : { manifest: null };
    const n = (manifest?.periods ?? []).reduce((sum, { tracks }) => sum + tracks[0]!.segments.length, 0);
    return manifest?.periods.length === 2 && n >= 6;
  }, 40_000);
});

afterAll(async () => {
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
  site?.close();
});

async function open(): Promise<Page> {
  const page = await browser.newPage();
  const { port } = site.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}/?mpd=${encodeURIComponent(mpd)}`);
  return page;
}

const see = (page: Page) => page.evaluate(() => (window as unknown as { see(): Seen }).see());

async function playsFor(page: Page, seconds: number): Promise<Seen> {
  const from = await see(page);
  const to = await until(`${seconds} s of playing`, async () => {
    const now = await see(page);
    return now.at >= from.at + seconds && now;
  }, (seconds + 15) * 1000).catch(async (error) => {
    throw new Error(`${String(error)}; ${JSON.stringify(await see(page))}`);
  });
  expect(to.frames).toBeGreaterThan(from.frames + seconds * 10);
  expect(to.errors).toEqual([]);
  return to;
}

describe('DASH', () => {
  let page: Page;

  it('plays live for 20 s', async () => {
    page = await open();
    await until('a picture', async () => (await see(page)).frames > 10);
    await playsFor(page, 2); // until dash.js has found its distance
    const before = await see(page);
    const { stalls, latency, width } = await playsFor(page, 20);
    expect(stalls - before.stalls).toBe(0);
    expect(latency).toBeLessThan(12);
    expect(width).toBeGreaterThan(0);
    expect(await lintManifest(mpd)).toEqual([]);
  });

  const manifest = async (): Promise<Manifest> => readManifest(await (await fetch(mpd)).text(), mpd).manifest!;

  /** Plays from 2 s before the source is followed to 2 s behind. */
  const playsOver = async (): Promise<void> => {
    const { start } = (await manifest()).periods[1]!;
    await page.evaluate((at) => (document.querySelector('video')!.currentTime = at), start - 2);
    await until('the place', async () => {
      const { at, state } = await see(page);
      return at < start && state >= 3;
    });
    const before = await see(page);
    const { at, stalls } = await playsFor(page, 4);
    expect(at).toBeGreaterThan(start + 1);
    expect(stalls - before.stalls).toBe(0);
  };

  it('goes over to the source', async () => {
    await playsOver();
  });

  it('goes over a worker that dies', async () => {
    const before = await manifest();
    const [worker] = await server.workers();
    process.kill(worker!, 'SIGKILL');
    await until('a second Period', async () => (await (await fetch(mpd)).text()).includes('<Period id="3"'));
    const edge = (await manifest()).periods[2]!.start;
    await page.evaluate((at) => (document.querySelector('video')!.currentTime = at), edge - 2);
    await until('the other side', async () => (await see(page)).at > edge + 2, 40_000);
    await playsFor(page, 4);
    expect(await lintManifest(mpd)).toEqual([]);
    expect(lintUpdate(before, await manifest())).toEqual([]);
    await page.close();
  });

  it('is sought through as the replay', async () => {
    await server.tool('lesson', 'end', String(lesson.lesson));
    await until('the replay', async () => (await (await fetch(mpd)).text()).includes('type="static"'));
    page = await open();
    await until('a picture', async () => (await see(page)).frames > 10);
    expect((await see(page)).at).toBeLessThan(5);
    await playsOver();
    const length = await page.evaluate(() => document.querySelector('video')!.duration);
    for (const share of [0.85, 0.1]) {
      await page.evaluate((at) => (document.querySelector('video')!.currentTime = at), length * share);
      await until('the place', async () => (await see(page)).state >= 3);
      await playsFor(page, 2);
    }
    expect(await lintManifest(mpd)).toEqual([]);
  });
});
