// Encoders that compete, by both ways in: one falls silent with its line open, and another
// takes its place, or a backup has been waiting for that. Picture and sound of whoever is on
// air belong together, the lesson's time has no hole, a viewer's player goes on.
// Run by scripts/check-faults.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lintLive } from '../linter/index.ts';
import { enter, launch, signedIn, watchErrors } from '../support/browser.ts';
import { beeps, flashes, flashing, pairs } from '../support/flashing.ts';
import { tracks } from '../support/hls.ts';
import { playsOn } from '../support/pages.ts';
import { Process, until } from '../support/process.ts';
import { holes } from '../support/recorded.ts';
import { build, Server, type Lesson } from '../support/server.ts';

const ways = (['rtmp', 'srt'] as const).filter((way) => !process.env.AIRCLASS_WAY || way === process.env.AIRCLASS_WAY);
/** How long the second one is on air. */
const SECONDS = 10;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

describe.each(ways)('over %s', (way) => {
  let server: Server;
  let lesson: Lesson;
  let file: string;
  let page: Page;
  let errors: string[];
  const publishers: Process[] = [];

  const address = (backup: boolean): string => {
    const { rtmp_url, backup_url, srt_url } = lesson;
    if (way === 'rtmp') return backup ? backup_url : rtmp_url;
    const key = (url: string) => url.split('/').at(-1)!;
    return backup ? srt_url.replaceAll(key(rtmp_url), key(backup_url)) : srt_url;
  };
  const send = (script: string, backup = false): Process => {
    const publisher = new Process(join(build, 'tests/faults/fault-publisher'), [address(backup), script, file]);
    publishers.push(publisher);
    return publisher;
  };
  const told = (what: string) => server.log.split(what).length - 1;
  const length = async () => (await server.lessons())[0]!.length_ms;

  /** A lesson that is watched, whose first encoder falls silent 5 s after its beginning. */
  beforeEach(async () => {
    file = await flashing();
    server = await Server.start('--return-after', '2');
    await server.addMember('1001', '学员甲');
    lesson = await server.addLesson('接替 Takeover');
    page = await (await signedIn(browser, server, '1001')).newPage();
    errors = watchErrors(page);
    send('0 media 0; 8 pause 600; 620 end');
    await until('a live lesson', async () => (await server.lessons())[0]!.state === 'live');
    await enter(page, lesson.lesson);
  });
  afterEach(async () => {
    await page.context().close();
    await Promise.all(publishers.splice(0).map((publisher) => publisher.end('SIGKILL')));
    await server.dispose();
  });

  /** Lets SECONDS pass from now on, and looks at all of the lesson. */
  async function expectWhole(): Promise<void> {
    const url = await server.mediaUrl(lesson.lesson);
    const from = await length();
    const linting = lintLive(url, SECONDS - 2);
    await until('what the second one sent', async () => (await length()) >= from + SECONDS * 1000, 60_000);
    await playsOn(page, 1);
    expect(await linting).toEqual([]);
    await server.tool('lesson', 'end', String(lesson.lesson));
    await until('the end', () => server.log.includes('ended after'));
    const renditions = await tracks(url);
    for (const [name, one] of renditions) expect(await holes(one), name).toEqual([]);
    const found = pairs(flashes(renditions.get('v360')!), beeps(renditions.get('audio')!))
      .filter(({ at }) => at > from / 1000 + 2);
    expect(found.length).toBeGreaterThanOrEqual(2);
    const worst = Math.max(...found.map(({ apart }) => Math.abs(apart)));
    console.log(`${way}: ${worst} ms at most of ${found.length}`);
    expect(worst).toBeLessThanOrEqual(80);
    expect(errors).toEqual([]);
    expect(server.log).not.toContain('is restarted');
  }

  it('a silent one is taken over from', async () => {
    // Refused while the first one sends, let in when it is silent.
    await until('the takeover', async () => {
      const attempt = send(`0 media 0; ${SECONDS + 20} end`);
      await Promise.race([attempt.finished, until('an answer', () => told(' accepted') >= 2)]).catch(() => {});
      return told(' accepted') >= 2;
    }, 60_000);
    expect(await length()).toBeGreaterThan(4000);
    await expectWhole();
  });

  it('a backup takes the air', async () => {
    send(`0 media 0; ${SECONDS + 60} end`, true);
    await until('the backup', () => server.log.includes('accepted as backup'));
    expect(told(`the backup ${way}`)).toBe(0);
    await until('the backup on air', () => told(`the backup ${way}`) === 1, 60_000);
    await expectWhole();
  });
});
