// An encoder on which everything goes wrong, one fault after another in one lesson. After
// each, picture and sound belong together again; the lesson's time has no hole, the
// playlists keep their rules, and a viewer's player goes on.
//
// AIRCLASS_FAULTS=all (scripts/check-faults) takes every case by every way in, or by
// AIRCLASS_WAY, and tells what it measured; otherwise it is the ones that break most,
// within a minute.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintLive } from '../linter/index.ts';
import { enter, launch, signedIn, watchErrors } from '../support/browser.ts';
import { beeps, flashes, flashing, pairs, type Flashing } from '../support/flashing.ts';
import { fetchText, tracks } from '../support/hls.ts';
import { playsOn } from '../support/pages.ts';
import { Process, until } from '../support/process.ts';
import { holes } from '../support/recorded.ts';
import { build, Server, type Lesson } from '../support/server.ts';

interface Case {
  name: string;
  /** Steps of the script, timed from the case's beginning; see fault_script.h. */
  steps?: [number, string][];
  media?: Flashing;
  seconds?: number;
  /** There is nothing to compare. */
  single?: boolean;
}

const WRAP_MS = 2 ** 32;

const timestamps: Case[] = [
  { name: 'nothing wrong' },
  { name: 'an hour ahead', steps: [[1, 'jump 3600000']] },
  { name: 'half a minute back', steps: [[1, 'jump -30000']] },
  { name: 'two seconds ahead', steps: [[1, 'jump 2000']] },
  { name: 'two seconds back', steps: [[1, 'jump -2000']] },
  { name: 'the sound jumps alone', steps: [[1, 'jump-audio 5000'], [5, 'jump-audio -5000']], seconds: 10 },
  { name: 'the picture jumps alone', steps: [[1, 'jump-video -4000'], [5, 'jump-video 4000']], seconds: 10 },
  { name: 'the sound stops', steps: [[1, 'stop audio 2']], seconds: 6.5 },
  { name: 'the picture stops', steps: [[1, 'stop video 3']], seconds: 9.5 },
  { name: 'the sound comes late', steps: [[0, 'stop audio 2']] },
  { name: 'the picture comes late', steps: [[0, 'stop video 2']] },
  { name: 'a fast clock', steps: [[0, 'drift 200']], seconds: 20 },
  { name: 'a slow clock', steps: [[0, 'drift -200']], seconds: 20 },
  { name: 'packets come twice, or not at all', steps: [[0, 'drift 0'], [1, 'duplicate 1'], [2, 'lose 5 1']] },
  { name: 'the line stalls', steps: [[1, 'stall 2']], seconds: 8 },
  { name: 'the line is lost for a second', steps: [[1, 'pause 1']] },
];

const formats: Case[] = [
  { name: 'B-frames', media: { bFrames: 2 } },
  { name: 'a variable frame rate', media: { vfr: true } },
  { name: '720p at 30 fps with B-frames, 44.1 kHz stereo',
    media: { width: 1280, height: 720, fps: 30, bFrames: 2, rate: 44_100, channels: 2 } },
  { name: '10 fps, 22.05 kHz', media: { width: 320, height: 240, fps: 10, rate: 22_050 } },
  { name: '60 fps, 96 kHz in 5.1', media: { fps: 60, rate: 96_000, channels: 6 } },
  { name: '120 fps, 8 kHz', media: { fps: 120, rate: 8000 } },
  { name: '1 fps', media: { fps: 1 }, seconds: 9 },
  { name: 'no sound', media: { audio: false }, seconds: 5, single: true },
  { name: 'no picture', media: { video: false }, seconds: 5, single: true },
  { name: 'as before' },
];

/** The names of some cases, and how long those take that need more than the others: the
 * first begins before the lesson, and what stops is looked at once it is back. */
const named = (names: Record<string, number | undefined>) =>
  [...timestamps, ...formats]
    .filter(({ name }) => name in names)
    .map((one) => ({ ...one, seconds: names[one.name] }));
const quick = named({
  'an hour ahead': 6, 'half a minute back': undefined, 'the sound stops': 5.5, 'the picture stops': 7.5,
  'packets come twice, or not at all': undefined,
  '720p at 30 fps with B-frames, 44.1 kHz stereo': undefined, '60 fps, 96 kHz in 5.1': undefined,
  'no sound': undefined, 'no picture': undefined, 'as before': undefined });

const all = process.env.AIRCLASS_FAULTS === 'all';
const runs = (all
  ? (['rtmp', 'srt'] as const).flatMap((way) => [
      { way, what: 'timestamps', cases: timestamps }, { way, what: 'formats', cases: formats }])
  : [{ way: 'rtmp' as const, what: 'faults', cases: quick }])
  .filter(({ way }) => !process.env.AIRCLASS_WAY || way === process.env.AIRCLASS_WAY);

/** Of a case: the flashes of its last part count, after the fault; there is one in it
 * at least. */
const SECONDS = all ? 6 : 4;
const PART = SECONDS - 1.8;

describe.each(runs)('$what over $way', ({ way, cases }) => {
  let server: Server;
  let lesson: Lesson;
  let browser: Browser;
  let page: Page;
  let publisher: Process;
  let errors: string[];
  let findings: { rule: string }[] = [];
  let seen: number[];
  let heard: number[];
  /** How long after the publisher the lesson began, s. */
  let late: number;
  let renditions: Map<string, string>;
  const begins: number[] = [];
  const measured: string[] = [];

  /** One script of all cases, and the files that they need. */
  async function script(): Promise<{ steps: string; files: string[] }> {
    const kinds: string[] = [];
    const files: string[] = [];
    // Over SRT the clock wraps at 33 bits of 90 kHz, over RTMP at 32 of milliseconds.
    const wrap = way === 'srt' ? Math.floor(2 ** 33 / 90) : WRAP_MS;
    const lines = [`0 origin ${wrap - 4000}`];
    let at = 0;
    for (const { media = {}, steps = [], seconds = SECONDS } of cases) {
      const kind = JSON.stringify(media);
      if (!kinds.includes(kind)) {
        kinds.push(kind);
        files.push(await flashing(media));
      }
      begins.push(at);
      if (begins.length === 1 || kind !== JSON.stringify(cases[begins.length - 2]!.media ?? {}))
        lines.push(`${at} media ${kinds.indexOf(kind)}`);
      lines.push(...steps.map(([after, step]) => `${at + after} ${step}`));
      at += seconds;
    }
    begins.push(at);
    lines.push(`${at + 1} end`);
    return { steps: lines.join('; '), files };
  }

  beforeAll(async () => {
    const { steps, files } = await script();
    const total = begins.at(-1)!;
    server = await Server.start();
    await server.addMember('1001', '学员甲');
    lesson = await server.addLesson('断续 Faults');
    browser = await launch();
    page = await (await signedIn(browser, server, '1001')).newPage();
    errors = watchErrors(page);
    const started = Date.now();
    publisher = new Process(join(build, 'tests/faults/fault-publisher'), [
      (lesson as unknown as Record<string, string>)[`${way}_url`]!, steps, ...files]);
    await until('a live lesson', async () => (await server.lessons())[0]!.state === 'live');
    const url = await server.mediaUrl(lesson.lesson);
    const linting = lintLive(url, total - 8);
    await enter(page, lesson.lesson);
    const { code, stderr } = await publisher.finished;
    expect([code, stderr]).toEqual([0, '']);
    findings = await linting;
    await playsOn(page, 1);
    await server.tool('lesson', 'end', String(lesson.lesson));
    await until('the end', () => server.log.includes('ended after'));
    renditions = await tracks(url);
    seen = flashes(renditions.get('v360')!); // v240 has half of the frames
    heard = beeps(renditions.get('audio')!);
    // To the second by the clock, and exactly by what beeped at 0, 2, 4 s.
    const playlist = await fetchText(renditions.get('audio')!);
    const began = Date.parse(/^#EXT-X-PROGRAM-DATE-TIME:(.*)$/m.exec(playlist)![1]!);
    const exactly = 2 - (heard[0]! % 2);
    late = exactly + 2 * Math.round(((began - started) / 1000 - exactly) / 2);
  }, 300_000);

  afterAll(async () => {
    if (all) console.log(measured.join('\n'));
    await browser?.close();
    await publisher?.end('SIGKILL');
    await server?.dispose();
  });

  it.each(cases.map((one, at) => ({ ...one, at })))('$name: picture and sound together', ({ at, single, name }) => {
    const within = (time: number) =>
      time + late > begins[at + 1]! - PART && time + late < begins[at + 1]! - 0.2;
    if (single) {
      const one = name === 'no sound' ? seen : heard;
      measured.push(`${way.padEnd(5)} ${name}: ${one.filter(within).length} of its kind`);
      expect(one.filter(within).length, `flashes or beeps of ${String(one)}`).toBeGreaterThanOrEqual(1);
      return;
    }
    const found = pairs(seen, heard).filter((pair) => within(pair.at));
    expect(found.length, `pairs of ${String(seen.filter(within))} and ${String(heard.filter(within))}`)
      .toBeGreaterThanOrEqual(1);
    const worst = Math.max(...found.map(({ apart }) => Math.abs(apart)));
    measured.push(`${way.padEnd(5)} ${name}: ${worst} ms at most of ${found.length}`);
    for (const { at: time, apart } of found) expect(Math.abs(apart), `at ${time} s`).toBeLessThanOrEqual(80);
  });

  it('lesson time has no hole', async () => {
    for (const [name, url] of renditions) expect(await holes(url), name).toEqual([]);
  });

  it('the playlists keep the rules', () => {
    expect(findings).toEqual([]);
  });

  it('a viewer has seen no error, and no worker has died', () => {
    expect(errors).toEqual([]);
    expect(server.log).not.toContain('is restarted');
  });
});
