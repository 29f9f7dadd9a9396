// HEVC and AV1 with Opus, published by Enhanced RTMP: what flashes and beeps at once there
// does so in the lesson.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beeps, flashes, flashing, pairs } from '../support/flashing.ts';
import { tracks } from '../support/hls.ts';
import { Process, run, until } from '../support/process.ts';
import { build, Server, type Lesson } from '../support/server.ts';

const SECONDS = 9;

const codecs = [
  { name: 'HEVC with B-frames', options: ['-c:v', 'libx265', '-preset', 'ultrafast',
    '-x265-params', 'log-level=none:bframes=2', '-tag:v', 'hvc1'] },
  { name: 'AV1', options: ['-c:v', 'libsvtav1', '-preset', '12'] },
];

describe('Enhanced RTMP', () => {
  let folder: string;
  let server: Server;
  const lessons: Lesson[] = [];

  /** What flashes, in another codec, as FLV with extended headers. */
  async function enhanced(file: string, name: string, options: string[]): Promise<string> {
    const [mp4, flv] = [join(folder, `${name}.mp4`), join(folder, `${name}.flv`)];
    await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', file,
      ...options, '-g', '25', '-c:a', 'libopus', '-b:a', '64k', mp4]);
    await run(join(build, 'tests/worker/enhanced-flv'), [mp4, flv]);
    return flv;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'airclass-codecs-'));
    server = await Server.start();
    const file = await flashing({ width: 320, height: 180 });
    const files = await Promise.all(codecs.map(({ name, options }) => enhanced(file, name, options)));
    for (const { name } of codecs) lessons.push(await server.addLesson(name));
    const publishers = lessons.map(({ rtmp_url }, i) =>
      new Process(join(build, 'tests/faults/fault-publisher'), [rtmp_url, `0 media 0; ${SECONDS} end`, files[i]!]));
    for (const { finished } of publishers) expect((await finished).code).toBe(0);
    for (const { lesson } of lessons) await server.tool('lesson', 'end', String(lesson));
    await until('the ends', () => server.log.split('ended after').length === lessons.length + 1);
  });

  afterAll(async () => {
    await server?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(codecs.map(({ name }, at) => ({ name, at })))('$name with Opus is seen and heard', async ({ at }) => {
    const renditions = await tracks(await server.mediaUrl(lessons[at]!.lesson));
    const seen = flashes(renditions.get('v180')!);
    const heard = beeps(renditions.get('audio')!);
    const found = pairs(seen, heard).filter((pair) => pair.at > 1);
    expect(found.length, `pairs of ${String(seen)} and ${String(heard)}`).toBeGreaterThanOrEqual(3);
    for (const { apart } of found) expect(Math.abs(apart)).toBeLessThanOrEqual(80);
  });
});
