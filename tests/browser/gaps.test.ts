// A rendition is left out for a while (the machine was too slow, or its source was lost):
// the player goes on with another, and takes it again when it is back. Where a recording
// has lost everything (a full disk), it goes on behind it. The playlists of a real lesson
// are given the gaps on their way to the browser.
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enter, launch, signedIn, watchErrors } from '../support/browser.ts';
import { Process, until } from '../support/process.ts';
import { choose, lines, playsAt, playsOn, seekTo } from '../support/pages.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';
import { longestStall, watchStalls } from '../support/stalls.ts';

let server: Server;
let lesson: Lesson;
let publisher: Process;
let browser: Browser;
let page: Page;
let errors: string[];

/** Segments from `first` to before `end` of these renditions are gaps. */
const left = { names: [] as string[], first: Infinity, end: Infinity };
const isLeftOut = (msn: number) => msn >= left.first && msn < left.end;
let edge = 0;

function withGaps(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const part = /^#EXT-X-PART:.*URI="\d+\/(\d+)\.\d+\.m4s"/.exec(line);
    const uri = /^\d+\/(\d+)\.m4s$/.exec(line);
    if (part && isLeftOut(Number(part[1]))) lines.push(line.replace(',INDEPENDENT=YES', '') + ',GAP=YES');
    else lines.push(line);
    if (uri && isLeftOut(Number(uri[1]))) lines.splice(-2, 0, '#EXT-X-GAP');
    if (part) edge = Math.max(edge, Number(part[1]));
  }
  return lines.join('\n');
}

async function onPlaylist(route: Route): Promise<void> {
  const name = /\/(v\d+|audio)\/playlist/.exec(route.request().url())![1]!;
  try {
    const response = await route.fetch();
    const text = await response.text();
    await route.fulfill({ response, body: left.names.includes(name) ? withGaps(text) : text });
    for (const match of text.matchAll(/URI="\d+\/(\d+)\.\d+\.m4s"/g)) edge = Math.max(edge, Number(match[1]));
  } catch {
    await route.abort().catch(() => undefined); // the page went on
  }
}

async function onMedia(route: Route): Promise<void> {
  const [, name, msn] = /\/(v\d+|audio)\/\d+\/(\d+)\S*\.m4s/.exec(route.request().url())!;
  if (left.names.includes(name!) && isLeftOut(Number(msn))) await route.fulfill({ status: 404 });
  else await route.continue().catch(() => undefined);
}

const SEGMENT_S = 1.92;
const all = ['v720', 'v480', 'v360', 'v240', 'audio'];
const hole = { first: 3, end: 6 };

/** Opens the page anew, as somebody who comes later: the playlists tell of the gaps. */
async function comeLater(names: string[]): Promise<void> {
  Object.assign(left, { names, first: hole.first, end: hole.end });
  await enter(page, lesson.lesson);
  await playsOn(page, 0.5);
}

async function goTo(segment: number): Promise<void> {
  const length = await page.getByTestId('seek').evaluate((bar: HTMLInputElement) => Number(bar.max));
  await seekTo(page, segment * SEGMENT_S / length);
}

/** Plays between these segments. */
const playsIn = (first: number, end: number) => playsAt(page, first * SEGMENT_S - 0.3, end * SEGMENT_S);

const height = () => page.evaluate(() => document.querySelector('video')!.videoHeight);

beforeAll(async () => {
  const file = await clip({ width: 1280, height: 720, fps: 25, seconds: 20 });
  server = await Server.start();
  await server.addMember('1001', '学员甲');
  lesson = await server.addLesson('缺口 Gaps');
  publisher = publish(file, lesson.rtmp_url, { loop: true });
  browser = await launch();
  const context = await signedIn(browser, server, '1001');
  page = await context.newPage();
  errors = watchErrors(page);
  await page.route(/\/(v\d+|audio)\/playlist\.m3u8/, onPlaylist);
  await page.route(/\/(v\d+|audio)\/\d+\/\d+\S*\.m4s/, onMedia);
  await until('a live lesson', async () => (await server.lessons())[0]!.state === 'live');
  await enter(page, lesson.lesson);
});

afterAll(async () => {
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

it('goes on with another rendition over a gap, and comes back', async () => {
  await until('a good picture', async () => (await height()) >= 480, 60_000);
  await watchStalls(page);
  Object.assign(left, { names: ['v720', 'v480'], first: edge + 1, end: Infinity });
  await until('a smaller picture', async () => (await height()) <= 360, 20_000);
  await page.waitForTimeout(6000);
  expect(await height()).toBeLessThanOrEqual(360);
  left.end = edge + 1;
  await until('a good picture again', async () => (await height()) >= 480, 60_000);
  expect(await longestStall(page)).toBeLessThan(2000);
  expect(errors.filter((text) => !/404/.test(text))).toEqual([]);
});

// The same gaps in a lesson that goes on: scripts/check-faults looks at these too.
const views = process.env.AIRCLASS_FAULTS === 'all' ? ['rewound', 'replayed'] : ['replayed'];

describe.each(views)('what is %s', (which) => {
  beforeAll(async () => {
    Object.assign(left, { names: [], first: Infinity, end: Infinity });
    if (which === 'rewound') await until('enough of the lesson', () => edge > 12, 30_000);
    else await server.tool('lesson', 'end', String(lesson.lesson));
  });

  it('is shown by another rendition where the chosen one has a gap', async () => {
    await comeLater(['v720']);
    await goTo(7);
    await choose(page, 'quality', lines(720));
    await until('the chosen picture', async () => (await height()) === 720, 20_000);
    await watchStalls(page);
    await goTo(4.5);
    await playsIn(4.5, 6);
    expect(await height()).toBeLessThan(720);
    await until('the chosen picture again', async () => (await height()) === 720, 30_000);
    expect(await longestStall(page)).toBeLessThan(4000);
  });

  it.runIf(which === 'replayed')('is shown by the best rendition again behind its gap', async () => {
    await comeLater(['v720']);
    await until('the best picture', async () => (await height()) === 720, 20_000);
    await goTo(4.5);
    await until('another picture', async () => (await height()) < 720, 10_000);
    await until('the best picture again', async () => (await height()) === 720, 30_000);
  });

  it('goes on behind a hole in all of them', async () => {
    await comeLater(all);
    await watchStalls(page);
    await goTo(4.5);
    await playsIn(6, 8);
    expect(await longestStall(page)).toBeLessThan(4000);
  });

  it('goes over a hole in all of them that it comes to', async () => {
    await comeLater(all);
    await goTo(1.5);
    await playsIn(1.5, 3);
    await watchStalls(page);
    await playsIn(6, 8);
    expect(await longestStall(page)).toBeLessThan(4000);
  });
});
