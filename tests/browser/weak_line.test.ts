// The member's pages at 300 kbit/s and 300 ms, nothing in the cache: the first page shows
// within 5 s, and a lesson plays within 6 s of being entered by somebody who has read what
// is there. The player's code comes meanwhile.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, playing } from '../support/browser.ts';
import { as, makeCounty } from '../support/county.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server } from '../support/server.ts';
import { watchNetwork } from '../support/waterfall.ts';

const LINE = { offline: false, latency: 300, downloadThroughput: 300_000 / 8, uploadThroughput: 300_000 / 8 };

/** Nobody taps sooner. */
const READING_MS = 2_500;

let server: Server;
let publisher: Process;
let browser: Browser;
let lesson: number;

beforeAll(async () => {
  server = await Server.start();
  await makeCounty(server);
  const added = await server.addLesson('弱网课');
  lesson = added.lesson;
  const file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
  publisher = publish(file, added.rtmp_url, { loop: true });
  await until('a live lesson', async () => (await server.lessons()).some(({ length_ms }) => length_ms > 10_000));
  browser = await launch(['--autoplay-policy=no-user-gesture-required']);
});

afterAll(async () => {
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

async function onWeakLine(look: (page: Page) => Promise<void>): Promise<void> {
  const context: BrowserContext = await as('member', browser, server, 'phone');
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', LINE);
  const network = watchNetwork(session);
  try {
    await look(page);
  } finally {
    if (process.env.AIRCLASS_WATERFALL) console.log(network.text());
    await context.close();
  }
}

it('the first page shows, and the lesson plays', () => onWeakLine(async (page) => {
  const opened = Date.now();
  await page.goto('/', { waitUntil: 'commit' });
  await page.getByTestId('enter').waitFor();
  const shownMs = Date.now() - opened;
  await page.waitForTimeout(Number(process.env.READING ?? READING_MS));
  await page.getByTestId('enter').click();
  const entered = Date.now();
  await playing(page);
  const playsMs = Date.now() - entered;
  console.log(`shows after ${shownMs} ms, plays ${playsMs} ms after it is entered`);
  expect(shownMs).toBeLessThan(5_000);
  expect(playsMs).toBeLessThan(6_000);
}));

it('a lesson opened by its address shows', () => onWeakLine(async (page) => {
  const opened = Date.now();
  await page.goto(`/lesson/${lesson}`, { waitUntil: 'commit' });
  await page.getByTestId('badge').waitFor();
  const shownMs = Date.now() - opened;
  await playing(page);
  console.log(`shows after ${shownMs} ms, plays after ${Date.now() - opened} ms`);
  expect(shownMs).toBeLessThan(5_000);
}));
