// The lesson page from before the lesson until its replay, as one member goes through it.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, playing, signedIn } from '../support/browser.ts';
import {
  choose, foreignWords, insistOnTaps, lines, plain, playsAt, playsOn, press, rebuilds, seekTo, shown, wake, watch,
} from '../support/pages.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

const TITLE = '返乡创业 Coming home';
const NAMES = [TITLE, '学员甲'];

let server: Server;
let lesson: Lesson;
let publisher: Process | undefined;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let problems: string[];
/** Totals that the server has acknowledged, as the page shows them. */
const acknowledged: string[] = [];

function inWords(ms: number): string {
  const s = Math.floor(ms / 1000);
  return `${Math.floor(s / 60)} 分 ${String(s % 60).padStart(2, '0')} 秒`;
}

const credit = async () => plain(await page.getByTestId('credit').textContent());
const badge = (text: string) => page.getByTestId('badge').filter({ hasText: text });

beforeAll(async () => {
  server = await Server.start();
  await server.addMember('1001', '学员甲');
  lesson = await server.addLesson(TITLE);
  browser = await launch();
  context = await signedIn(browser, server, '1001');
  problems = await watch(context, server.addresses.http);
  await insistOnTaps(context);
  page = await context.newPage();
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const message = JSON.parse(String(payload)) as { type: string; accepted_ms?: number };
      if (message.type === 'ack') acknowledged.push(inWords(message.accepted_ms!));
    }));
});

afterAll(async () => {
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

describe('a live lesson', () => {
  it('is waited for, and starts by itself', async () => {
    await page.goto('/');
    await page.getByTestId('planned-lesson').getByRole('link').click();
    await page.getByText('课还没有开始').waitFor();
    await badge('未开始').waitFor();
    publisher = publish(
      await clip({ width: 640, height: 360, fps: 25, seconds: 20 }), lesson.rtmp_url, { loop: true });
    await playing(page);
    await badge('直播中').waitFor();
    expect(await page.getByTestId('waiting').count()).toBe(0);
  });

  it('is entered without a stall, near the edge', async () => {
    await playsOn(page, 8);
    const { stalls, latency } = await shown(page);
    expect(stalls).toBe(0);
    expect(latency).toBeLessThan(4);
  });

  it('starts with one tap where the browser asks for one', async () => {
    const other = await context.newPage();
    await other.goto(`/lesson/${lesson.lesson}`);
    const start = other.getByTestId('start');
    await start.waitFor();
    expect((await start.textContent())?.trim()).toBe('开始听课');
    await start.click();
    await playing(other);
    await playsOn(other, 6);
    expect(await start.count()).toBe(0);
    expect((await shown(other)).stalls).toBe(0);
    await other.close();
  });

  it('counts the minutes that the server has accepted, and no others', async () => {
    const before = acknowledged.length;
    await until('two more acknowledgements', () => acknowledged.length >= before + 2, 40_000);
    await until('the last acknowledged total on the page', async () => (await credit()) === acknowledged.at(-1));
    expect(acknowledged.at(-1)! > acknowledged[before]!).toBe(true);
    const [row] = await server.attendance(lesson.lesson);
    expect(inWords(row!.accepted_ms) >= acknowledged[before]!).toBe(true);
    await page.getByTestId('line').filter({ hasText: '已连接' }).waitFor();
  });

  it('changes its picture to the height that is chosen', async () => {
    for (const height of [240, 360]) {
      await choose(page, 'quality', lines(height));
      await page.waitForFunction((wanted) => document.querySelector('video')!.videoHeight === wanted,
        height, { timeout: 25_000 });
      await wake(page);
      expect(await page.getByTestId('quality').getByRole('button').textContent()).toContain(`${height}p`);
    }
    await choose(page, 'quality', /自动/);
    await playsOn(page);
  });

  it('can be heard alone, from the sound without a picture', async () => {
    const asked: string[] = [];
    const keep = (request: { url(): string }) => void asked.push(new URL(request.url()).pathname);
    await page.getByTestId('listen').click();
    await page.getByTestId('listening').waitFor();
    await page.waitForFunction(() => {
      const video = document.querySelector('video')!;
      return video.videoHeight === 0 && video.readyState >= 3 && !video.paused;
    });
    page.on('request', keep);
    await playsOn(page, 6);
    page.off('request', keep);
    const media = asked.filter((name) => /\.(m4s|mp4)$/.test(name));
    expect(media.length).toBeGreaterThan(0);
    expect(media.filter((name) => !/\/audio[^/]*\//.test(name))).toEqual([]);
    await wake(page);
    expect(await page.getByTestId('quality').count()).toBe(0);

    await page.getByTestId('watch').click();
    await page.waitForFunction(() => document.querySelector('video')!.videoHeight > 0);
    await playsOn(page, 2);
    expect(await page.getByTestId('listening').count()).toBe(0);
    expect((await shown(page)).latency).toBeLessThan(5);
  });

  it('is rewound to its beginning and brought back to live', async () => {
    await wake(page);
    await page.getByTestId('seek').focus();
    await page.keyboard.press('Home');
    await playsAt(page, 0, 8);
    await playsOn(page);
    await press(page, 'to-live');
    await wake(page);
    await page.getByTestId('live').waitFor();
    await playsOn(page);
    expect((await shown(page)).latency).toBeLessThan(5);
  });

  it('goes back fifteen seconds at a time', async () => {
    const { at } = await shown(page);
    await press(page, 'back15');
    await playsAt(page, at - 16, at - 10);
    await press(page, 'to-live');
    await playsAt(page, at, at + 30);
  });

  it('pauses and goes on', async () => {
    await press(page, 'play');
    await until('the pause', async () => (await shown(page)).paused);
    await press(page, 'play');
    await playsOn(page);
  });

  it.each([['en', '直播中', 'Live'], ['zh', 'Live', '直播中']] as const)(
    'is all in one language: %s', async (language, before, after) => {
      await badge(before).waitFor();
      await page.getByTestId('language').click();
      await badge(after).waitFor();
      await wake(page);
      expect(await foreignWords(page, language, NAMES)).toEqual([]);
      await page.getByTestId('quality').getByRole('button').click();
      expect(await foreignWords(page, language, NAMES)).toEqual([]);
      await page.keyboard.press('Escape');
      expect(await page.evaluate(() => document.documentElement.lang)).toMatch(language);
    });
});

describe('the end of the lesson', () => {
  it('turns the page into the replay within two seconds', async () => {
    await playsOn(page);
    const { at } = await shown(page);
    await server.tool('lesson', 'end', String(lesson.lesson));
    const ended = Date.now();
    await page.getByTestId('speed').waitFor({ timeout: 2000 });
    await badge('回放').waitFor({ timeout: 2000 });
    expect(Date.now() - ended).toBeLessThan(2000);
    expect((await shown(page)).at).toBeGreaterThanOrEqual(at); // nobody is sent back
    await publisher!.end();
  });

  it('offers to begin again once the last of it was seen', async () => {
    await page.getByTestId('again').waitFor({ timeout: 15_000 });
    await page.getByTestId('again').click();
    await playsAt(page, 0, 8);
  });
});

describe('the replay', () => {
  it.each([0.8, 0.1, 0.5, 0.95, 0.02])('plays from %f of its length', async (share) => {
    const [, length] = ((await page.getByTestId('time').textContent()) ?? '').split('/');
    const [minutes, seconds] = length!.trim().split(':').map(Number);
    const target = share * (minutes! * 60 + seconds!);
    await seekTo(page, share);
    await playsAt(page, target - 2, target + 4);
    await playsOn(page, 0.5);
    if (await rebuilds(page) > 0) console.log(`the engine had lost its way on the way to ${share}`);
  });

  it('goes on by itself when its engine has lost its way', async () => {
    await seekTo(page, 0.3);
    await playsOn(page, 0.5);
    const before = await rebuilds(page);
    await page.evaluate(() => {
      const { hls } = (window as unknown as {
        __airclass: { hls: { stopLoad(): void; trigger(name: string, data: object): void } };
      }).__airclass;
      hls.stopLoad();
      hls.trigger('hlsBufferFlushing', { startOffset: 0, endOffset: Infinity, type: null });
    });
    const { at } = await shown(page);
    await playsAt(page, at + 0.3, at + 20);
    expect(await rebuilds(page)).toBe(before + 1);
  });

  it('can be heard alone too', async () => {
    await page.getByTestId('listen').click();
    await page.waitForFunction(() => {
      const video = document.querySelector('video')!;
      return video.videoHeight === 0 && video.readyState >= 3 && !video.paused;
    });
    await seekTo(page, 0.3);
    await playsOn(page, 1);
    await page.getByTestId('watch').click();
    await page.waitForFunction(() => document.querySelector('video')!.videoHeight > 0);
    await playsOn(page, 0.5);
  });

  it.each([['1.5', 1.5], ['1.25', 1.25], ['1 倍', 1]] as const)('plays at %s', async (name, rate) => {
    await seekTo(page, 0.2);
    await choose(page, 'speed', name === '1 倍' ? /^1 倍/ : new RegExp(name));
    expect((await shown(page)).rate).toBe(rate);
    const from = { ...(await shown(page)), when: Date.now() };
    await playsOn(page, 4);
    const to = { ...(await shown(page)), when: Date.now() };
    const speed = ((to.at - from.at) * 1000) / (to.when - from.when);
    expect(speed).toBeGreaterThan(rate * 0.8);
    expect(speed).toBeLessThan(rate * 1.2);
  });

  it('goes on where it was left', async () => {
    await seekTo(page, 0.5);
    await playsOn(page, 6);
    const { at } = await shown(page);
    await page.reload();
    await page.getByTestId('start').click();
    await playsAt(page, at - 12, at + 6);
    await page.getByTestId('notice').filter({ hasText: '继续' }).waitFor();
    await page.getByTestId('notice').getByRole('button', { name: '从头看' }).click();
    await playsAt(page, 0, 6);
  });

  it.each([['en', '回放', 'Replay'], ['zh', 'Replay', '回放']] as const)(
    'is all in one language: %s', async (language, before, after) => {
      await badge(before).waitFor();
      await page.getByTestId('language').click();
      await badge(after).waitFor();
      await wake(page);
      await page.getByTestId('speed').getByRole('button').click();
      expect(await foreignWords(page, language, NAMES)).toEqual([]);
      await page.keyboard.press('Escape');
    });

  it('is listed with its length and the minutes', async () => {
    await page.getByTestId('home').click();
    const row = plain(await page.getByTestId('ended-lesson').textContent());
    const minutes = Math.floor((await server.lessons())[0]!.length_ms / 60_000);
    expect(row).toContain(`时长：${minutes > 0 ? minutes : '不到 1'} 分钟`);
    expect(row).toMatch(/已记学时 (不到 1|\d+) 分钟/);
  });

  it('has gone through all this without an error', () => {
    expect(problems).toEqual([]);
  });
});
