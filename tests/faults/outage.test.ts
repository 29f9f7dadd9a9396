// The encoder is killed and comes back: what a viewer sees, and what is kept of it.
//
// AIRCLASS_FAULTS=all (scripts/check-faults) adds an outage of two minutes, and SRT;
// AIRCLASS_WAY takes one way in.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enter, launch, signedIn, watchErrors } from '../support/browser.ts';
import { fetchText, tracks } from '../support/hls.ts';
import { playsOn } from '../support/pages.ts';
import { Process, until } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { holes, looks } from '../support/recorded.ts';
import { Server, type Lesson } from '../support/server.ts';
import { longestStall, watchStalls } from '../support/stalls.ts';

const FRAME_MS = 40;
const all = process.env.AIRCLASS_FAULTS === 'all';
const outages = all ? [1, 10, 120] : [1, 10];
const runs = [
  { way: 'rtmp' as const, outages },
  ...(all ? [{ way: 'srt' as const, outages }] : []),
].filter(({ way }) => !process.env.AIRCLASS_WAY || way === process.env.AIRCLASS_WAY);

describe.each(runs)('an encoder by $way that is killed', ({ way, outages }) => {
  let server: Server;
  let lesson: Lesson;
  let file: string;
  let publisher: Process;
  let browser: Browser;
  let page: Page;
  let errors: string[];
  const killedAt: number[] = [];

  /** Resolves when the picture in the page is the dark slate, or no more. */
  const slateIsShown = (shown: boolean) => page.waitForFunction((shown) => {
    const canvas = new OffscreenCanvas(16, 9);
    const picture = canvas.getContext('2d')!;
    picture.drawImage(document.querySelector('video')!, 0, 0, 16, 9);
    const light = picture.getImageData(0, 0, 16, 9).data.filter((_, i) => i % 4 !== 3);
    return (light.reduce((sum, value) => sum + value, 0) / light.length < 60) === shown;
  }, shown, { timeout: 15_000 });

  const grown = async (ms: number) => {
    const length = async () => (await server.lessons())[0]!.length_ms;
    const from = await length();
    await until(`${ms} ms of media`, async () => (await length()) >= from + ms, 30_000);
  };

  /** As an encoder does: again, until it is let in. By SRT a killed one has said no
   * goodbye, and keeps its place for two seconds. */
  const comeBack = async () => {
    const accepted = () => server.log.split('accepted').length - 1;
    const before = accepted();
    await until('the encoder', async () => {
      publisher = publish(file, lesson[`${way}_url`], { loop: true });
      await Promise.race([publisher.finished, until('an answer', () => accepted() > before)]).catch(() => {});
      return accepted() > before;
    });
  };

  beforeAll(async () => {
    file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
    server = await Server.start('--interrupted-after', '5');
    await server.addMember('1001', '学员甲');
    lesson = await server.addLesson('乡村振兴专题课');
    await comeBack();
    browser = await launch();
    page = await (await signedIn(browser, server, '1001')).newPage();
    errors = watchErrors(page);
    await until('a live lesson', async () => (await server.lessons())[0]!.state === 'live');
    await enter(page, lesson.lesson);
  });

  afterAll(async () => {
    await browser?.close();
    await publisher?.end('SIGKILL');
    await server?.dispose();
  });

  it.each(outages)('for %i s: the player goes on over the slate', async (seconds) => {
    await playsOn(page, 1);
    await watchStalls(page);
    killedAt.push(Date.now());
    await publisher.end('SIGKILL');
    if (seconds >= 10) {
      await slateIsShown(true);
      await page.getByTestId('interrupted').waitFor({ timeout: 15_000 });
      expect((await server.lessons())[0]).toMatchObject({ state: 'live', interrupted: true });
      if (process.env.AIRCLASS_PICTURES_TO)
        await page.screenshot({ path: `${process.env.AIRCLASS_PICTURES_TO}/slate-${seconds}.png` });
    }
    await until('the end of the outage', () => Date.now() >= killedAt.at(-1)! + seconds * 1000, 180_000);
    await comeBack();
    await grown(2500);
    await slateIsShown(false);
    await page.getByTestId('interrupted').waitFor({ state: 'detached' });
    await playsOn(page, 1);
    expect(await longestStall(page)).toBeLessThan(2000);
    expect(errors).toEqual([]);
  }, 240_000);

  it('is recorded whole, with a slate from within a second that does not count', async () => {
    const url = await server.mediaUrl(lesson.lesson);
    await server.tool('lesson', 'end', String(lesson.lesson));
    await until('the end', () => server.log.includes('ended after'));
    const all = await tracks(url);
    for (const [name, address] of all) expect(await holes(address), name).toEqual([]);

    const playlist = await fetchText(all.get('v360')!);
    const began = Date.parse(/^#EXT-X-PROGRAM-DATE-TIME:(.*)$/m.exec(playlist)![1]!);
    let frames = 0;
    let dark = 0;
    const starts: number[] = [];
    for (const run of looks(all.get('v360')!)) {
      if (run.look === 'slate') {
        starts.push(began + frames * FRAME_MS);
        dark += run.frames;
      }
      frames += run.frames;
    }
    expect(starts).toHaveLength(outages.length);
    const after = starts.map((start, i) => start - killedAt[i]!);
    console.log(`${way}: slate ${after.join(', ')} ms after the kill`);
    for (const ms of after) expect(ms).toBeLessThanOrEqual(1000);

    const { lessons } = await server.json<{ lessons: { length_ms: number; creditable_ms: number }[] }>(
      'lesson', 'list');
    const lost = lessons[0]!.length_ms - lessons[0]!.creditable_ms;
    expect(Math.abs(lost - dark * FRAME_MS)).toBeLessThanOrEqual(outages.length * 2 * 640);
    expect(server.log).toContain('is interrupted');
    expect(server.log).not.toContain('is restarted');
  });
});
