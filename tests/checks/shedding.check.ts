// The machine is kept busy by others while a lesson is on the air and watched: the ladder
// sheds and returns, no queue grows, and nobody's picture stands for more than two seconds.
// Takes minutes and all cores; scripts/check-shedding runs it.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus, setPriority } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lintMedia } from '../linter/media.ts';
import { lintMultivariant } from '../linter/multivariant.ts';
import { lintReports } from '../linter/reports.ts';
import { enter, launch, signedIn, watchErrors } from '../support/browser.ts';
import { Process, until } from '../support/process.ts';
import { bounds } from '../support/queues.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

const hogsPerCore = Number(process.env.AIRCLASS_HOGS ?? 8);
const busySeconds = Number(process.env.AIRCLASS_SHEDDING_SECONDS ?? 60);

interface History {
  series: Record<string, number[]>;
}
interface Machine {
  shed: number;
  lagMs: number;
  rssKb: number;
}

let server: Server;
let lesson: Lesson;
let publisher: Process;
let browser: Browser;
let stress: ChildProcess | undefined;
const pages: { page: Page; errors: string[] }[] = [];

/** Viewers and the studio are on other machines: here they go before the others. */
function goFirst(): void {
  try {
    setPriority(-5);
  } catch {
    console.log('not allowed to put the viewers first: their own stalls count too');
  }
}

/** Records in the page for how long its picture stands. */
function watchStalls(page: Page): Promise<void> {
  return page.evaluate(() => {
    const video = document.querySelector('video')!;
    const log = { longestMs: 0, heights: new Set<number>(), waits: 0 };
    let at = video.currentTime;
    let since = performance.now();
    video.addEventListener('waiting', () => (log.waits += 1));
    setInterval(() => {
      const now = performance.now();
      if (video.currentTime !== at) since = now;
      at = video.currentTime;
      log.longestMs = Math.max(log.longestMs, now - since);
      log.heights.add(video.videoHeight);
    }, 50);
    (window as unknown as { stallLog: typeof log }).stallLog = log;
  });
}

const stalls = (page: Page) => page.evaluate(() => {
  const { longestMs, waits, heights } = (window as unknown as {
    stallLog: { longestMs: number; waits: number; heights: Set<number> };
  }).stallLog;
  return { longestMs, waits, heights: [...heights] };
});
const height = (page: Page) => page.evaluate(() => document.querySelector('video')!.videoHeight);

async function look(): Promise<Machine> {
  const text = await (await fetch(`${server.addresses.admin}/metrics`)).text();
  const value = (name: string) =>
    Number(new RegExp(`^airclass_${name}\\{lesson="${lesson.lesson}"\\} (.*)$`, 'm').exec(text)?.[1] ?? NaN);
  const [pid] = await server.workers();
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return {
    shed: value('renditions_shed'),
    lagMs: value('encoder_lag_seconds') * 1000,
    rssKb: Number(/VmRSS:\s+(\d+)/.exec(status)![1]),
  };
}

/** The depth of every queue of the lesson's worker, second by second. */
async function queues(): Promise<Record<keyof typeof bounds, number[]>> {
  const answer = await fetch(`${server.addresses.http}/api/v1/lessons/${lesson.lesson}/health`,
    { headers: { cookie: await server.signIn('2001') } });
  const { series } = (await answer.json()) as History;
  return Object.fromEntries(Object.keys(bounds).map((name) => [name, series[name]!])) as
    Record<keyof typeof bounds, number[]>;
}

async function variants(url: string): Promise<string[]> {
  const text = await (await fetch(url)).text();
  expect(lintMultivariant(text)).toEqual([]);
  return text.split('\n').filter((line) => /^v\d+\/playlist/.test(line)).map((line) => line.split('/')[0]!).sort();
}

async function lintAll(url: string): Promise<number> {
  const names = ['v720', 'v480', 'v360', 'v240', 'audio'];
  const texts = new Map<string, string>();
  for (const name of names)
    texts.set(`${name}/playlist.m3u8`, await (await fetch(new URL(`${name}/playlist.m3u8`, url))).text());
  for (const [name, text] of texts)
    expect(lintMedia(text, { kind: name.startsWith('audio') ? 'audio' : 'video' }), name).toEqual([]);
  expect(lintReports(texts).filter(({ rule }) => rule !== 'rendition-report')).toEqual([]);
  return texts.get('v720/playlist.m3u8')!.split('#EXT-X-GAP').length - 1;
}

beforeAll(async () => {
  const file = await clip({ width: 1280, height: 720, fps: 25, seconds: 20 });
  server = await Server.start('--shedding=true');
  await server.addMember('1001', '学员甲');
  await server.addMember('1002', '学员乙');
  await server.addMember('2001', '技术员', 'administrator');
  lesson = await server.addLesson('繁忙 Busy');
  goFirst();
  publisher = publish(file, lesson.rtmp_url, { loop: true });
  browser = await launch();
  await until('a live lesson', async () => (await server.lessons())[0]!.state === 'live');
  for (const number of ['1001', '1002']) {
    const page = await (await signedIn(browser, server, number)).newPage();
    pages.push({ page, errors: watchErrors(page) });
    await enter(page, lesson.lesson);
  }
}, 120_000);

afterAll(async () => {
  stress?.kill('SIGTERM');
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

it('sheds, goes on, and returns', async () => {
  const url = await server.mediaUrl(lesson.lesson);
  for (const { page } of pages) {
    await until('a good picture', async () => (await height(page)) >= 480, 60_000);
    await watchStalls(page);
  }
  await until('a quiet machine', async () => (await look()).shed === 0, 60_000);
  const before = await look();

  // Down from where goFirst() put us.
  stress = spawn('nice', ['-n', '5', 'stress', '--cpu', String(hogsPerCore * cpus().length)], { stdio: 'ignore' });
  const busy: Machine[] = [];
  let fewest = await variants(url);
  for (const end = Date.now() + busySeconds * 1000; Date.now() < end; ) {
    busy.push(await look());
    const offered = await variants(url);
    if (offered.length < fewest.length) fewest = offered;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  stress.kill('SIGTERM');
  const most = Math.max(...busy.map(({ shed }) => shed));
  const lags = busy.map(({ lagMs }) => lagMs).sort((a, b) => a - b);
  console.log(
    `${hogsPerCore} hogs a core for ${busySeconds} s: up to ${most} renditions left out, offered ${fewest.join(' ')}; ` +
    `lag median ${lags[lags.length >> 1]} ms, worst ${lags.at(-1)} ms; ` +
    `worker ${before.rssKb >> 10} MiB before, ${Math.max(...busy.map(({ rssKb }) => rssKb)) >> 10} MiB at most`);
  expect(most).toBeGreaterThan(0);
  expect(fewest).not.toContain('v720');
  expect(fewest).toContain('v240');
  // Queues stay within their bounds.
  const waiting = await queues();
  console.log('at most waited: ' + Object.entries(waiting).map(([name, values]) =>
    `${name} ${Math.max(...values)} (bound ${bounds[name as keyof typeof bounds]})`).join(', '));
  for (const [name, most] of Object.entries(bounds)) {
    const values = waiting[name as keyof typeof bounds];
    expect(values.length, name).toBeGreaterThan(busySeconds / 2);
    expect(Math.max(...values), name).toBeLessThanOrEqual(most);
  }
  const half = busy.length >> 1;
  const largest = (part: Machine[]) => Math.max(...part.map(({ rssKb }) => rssKb));
  expect(largest(busy.slice(half)) - largest(busy.slice(0, half))).toBeLessThan(16 * 1024);
  expect(server.log).toContain('is left out');

  await until('all renditions', async () => (await look()).shed === 0, 180_000);
  await until('all variants', async () => (await variants(url)).length === 4, 20_000);
  expect(await lintAll(url)).toBeGreaterThan(0);
  for (const { page } of pages)
    await until('a good picture again', async () => (await height(page)) >= 480, 60_000);
  for (const { page, errors } of pages) {
    const { longestMs, waits, heights } = await stalls(page);
    console.log(`a viewer: longest stall ${longestMs.toFixed(0)} ms, ${waits} waits, heights ${heights.join(' ')}`);
    expect(longestMs).toBeLessThanOrEqual(2000);
    expect(errors).toEqual([]);
  }
}, (busySeconds + 500) * 1000);
