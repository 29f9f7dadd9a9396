// Lessons that get their media by themselves: cameras and servers that go and come back,
// prepared lectures at their hour.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lintLive } from '../linter/live.ts';
import { mediaPlaylist, tracks } from '../support/hls.ts';
import { camera, hlsOrigin, rtmpServer, srtListener, type Origin } from '../support/origins.ts';
import { Process, run, until } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { holes, looks } from '../support/recorded.ts';
import { Server, type Lesson, type ListedLesson } from '../support/server.ts';

const small = { width: 320, height: 180, fps: 25 };
const password = 'hunter2';

let server: Server;

const listed = async ({ lesson }: Lesson): Promise<ListedLesson> =>
  (await server.lessons()).find((row) => row.lesson === lesson)!;
const grown = async (lesson: Lesson, ms: number) => {
  const from = (await listed(lesson)).length_ms;
  await until(`${ms} ms of lesson ${lesson.lesson}`, async () => (await listed(lesson)).length_ms >= from + ms, 40_000);
};
const said = (lesson: Lesson, text: string) =>
  server.log.split('\n').filter((line) => line.includes(`lesson=${lesson.lesson}:`) && line.includes(text)).length;
const add = (title: string, ...options: string[]) =>
  server.json<Lesson>('lesson', 'add', '--title', title, ...options);
/** Of the whole lesson, in dB of full scale. */
const loudness = async (lesson: Lesson) => {
  const url = (await tracks(await server.mediaUrl(lesson.lesson))).get('audio')!;
  const { stderr } = await new Process('ffmpeg', ['-nostdin', '-i', url, '-af', 'volumedetect', '-f', 'null', '-']).finished;
  return Number(/mean_volume: (\S+) dB/.exec(stderr)?.[1]);
};
const video = async (lesson: Lesson) => [...await tracks(await server.mediaUrl(lesson.lesson))][0]![1];

describe('what is fetched', () => {
  const origins = new Map<string, Origin>();
  const lessons = new Map<string, Lesson>();

  beforeAll(async () => {
    const file = await clip({ ...small, seconds: 20 });
    // A camera does not begin again at the end of its tape.
    const tape = await clip({ ...small, seconds: 60 });
    server = await Server.start();
    origins.set('RTSP', await camera(tape, 'admin', password));
    origins.set('HLS', await hlsOrigin(file));
    origins.set('RTMP', await rtmpServer(file));
    origins.set('SRT', await srtListener(file));
  });

  afterAll(async () => {
    await Promise.all([...origins.values()].map((origin) => origin.kill()));
    await server?.dispose();
  });

  it('waits for its origin, and comes on air with it', async () => {
    for (const [name, { address }] of origins) {
      const lesson = await add(`${name} 转播`, '--source', address);
      lessons.set(name, lesson);
      await server.tool('lesson', 'start', String(lesson.lesson));
    }
    await until('the camera is missed', () => said(lessons.get('RTSP')!, 'cannot be reached') > 0);
    await Promise.all([...origins.values()].map((origin) => origin.start()));
    for (const [name, lesson] of lessons)
      await until(`${name} on air`, async () => (await listed(lesson)).length_ms > 2000, 40_000);
  });

  it('is a slate while its origin is away, and comes back', async () => {
    await Promise.all([...origins.values()].map((origin) => origin.kill()));
    // HLS has some seconds in store.
    await Promise.all([...lessons.values()].map((lesson) => grown(lesson, 8000)));
    await Promise.all([...origins.values()].map((origin) => origin.start()));
    for (const [name, lesson] of lessons)
      await until(`${name} again`, () => said(lesson, 'media comes') >= 2, 40_000);
    await Promise.all([...lessons.values()].map((lesson) => grown(lesson, 3000)));
    for (const [name, lesson] of lessons) {
      const url = await video(lesson);
      await server.tool('lesson', 'end', String(lesson.lesson));
      await until('the end', async () => (await mediaPlaylist(url)).ended);
      expect(await holes(url), name).toEqual([]);
      const runs = looks(url);
      const slates = runs.filter(({ look, frames }) => look === 'slate' && frames > 25);
      expect(slates.length, `${name}: ${JSON.stringify(runs)}`).toBe(1);
      expect(runs.filter(({ frames }) => frames > 25).at(-1)!.look, name).toBe('moving');
    }
  });

  it('says why, and never a credential', async () => {
    const wrong = origins.get('RTSP')!.address.replace(password, 'wrong-guess');
    const lesson = await add('错误密码', '--source', wrong);
    await server.tool('lesson', 'start', String(lesson.lesson));
    await until('the reason', () => said(lesson, 'it wants another name or password') > 0);
    expect(said(lesson, 'rtsp://admin:***@127.0.0.1')).toBeGreaterThan(0);
    expect(server.log).not.toContain('wrong-guess');
    expect(server.log).not.toContain(password);
    expect(await server.tool('lesson', 'list')).not.toContain(password);

    const encoder = publish(await clip({ ...small, seconds: 20 }), lesson.rtmp_url);
    try {
      await until('media of an encoder instead', async () => (await listed(lesson)).length_ms > 1500);
      expect(said(lesson, 'another encoder took over')).toBe(1);
    } finally {
      await encoder.end('SIGKILL');
    }
    await server.tool('lesson', 'source', String(lesson.lesson), 'none');
    await server.tool('lesson', 'end', String(lesson.lesson));
  });
});

describe('a prepared lecture', () => {
  beforeEach(async () => {
    server = await Server.start();
    for (const seconds of [6, 10])
      await copyFile(await clip({ ...small, seconds }), join(server.data, 'lectures', `${seconds}.mp4`));
    // As a camera's recorder writes it.
    await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', join(server.data, 'lectures', '6.mp4'), '-c:v', 'copy',
      '-c:a', 'pcm_alaw', '-ar', '8000', join(server.data, 'lectures', '6.mkv')]);
  });

  afterEach(async () => server?.dispose());

  it('plays at its hour, to its end; in a demo again and again', async () => {
    const hour = new Date(Math.ceil(Date.now() / 1000) * 1000 + 2000);
    const lecture = await add('讲座', '--source', '6.mp4', '--at', hour.toISOString());
    const demo = await add('演示', '--source', '6.mkv', '--loop');
    await server.tool('lesson', 'start', String(demo.lesson));
    expect(['planned', 'open']).toContain((await listed(lecture)).state);
    await until('its hour', () => said(lecture, 'its hour has come') > 0);
    expect(Math.abs(Date.now() - hour.getTime())).toBeLessThan(500);

    await until('media of the demo', async () => (await listed(demo)).length_ms > 3000);
    expect(await lintLive(await server.mediaUrl(demo.lesson), 10)).toEqual([]);
    await until('its end', async () => (await listed(lecture)).state === 'ended');
    expect(Math.abs((await listed(lecture)).creditable_ms - 6000)).toBeLessThan(1000);
    await grown(demo, 2000);
    expect((await listed(demo)).state).toBe('live');
    await server.tool('lesson', 'end', String(demo.lesson));
    for (const lesson of [lecture, demo]) {
      const url = await video(lesson);
      await until('the end', async () => (await mediaPlaylist(url)).ended);
      expect(await holes(url)).toEqual([]);
      const runs = looks(url).filter(({ look, frames }) => look === 'slate' || frames > 12);
      expect([...new Set(runs.map(({ look }) => look))], JSON.stringify(looks(url))).toEqual(['moving']);
      // One picture may be held, on a busy machine.
      const all = looks(url);
      const long = all.map(({ frames }) => frames > 12);
      const between = all.slice(long.indexOf(true), long.lastIndexOf(true)).filter(({ look }) => look !== 'moving');
      expect(between.reduce((sum, { frames }) => sum + frames, 0), JSON.stringify(all)).toBeLessThanOrEqual(1);
      expect(await loudness(lesson)).toBeGreaterThan(-30);
    }
  });

  it('goes on where it was when the daemon is killed, and starts late, but not too late', async () => {
    const lesson = await add('讲座', '--source', '10.mp4');
    const [late, missed] = await Promise.all([10, 70].map(async (minutes) =>
      ({ ...await add('晚', '--source', '6.mp4', '--at', '2027-01-31 19:30'), minutes })));
    await server.tool('lesson', 'start', String(lesson.lesson));
    await until('half of it', async () => (await listed(lesson)).length_ms > 4000);
    await server.kill();
    for (const { lesson: id, minutes } of [late!, missed!])
      await run('sqlite3', [join(server.data, 'airclass.db'),
        `UPDATE lessons SET planned_ms = ${Date.now() - minutes * 60_000} WHERE id = ${id}`]);
    await server.up();
    await until('media of the late one', async () => (await listed(late!)).length_ms > 0);
    expect((await listed(missed!)).state).toBe('planned');
    expect(said(missed!, 'its hour passed while the server was down')).toBe(1);
    await until('its end', async () => (await listed(lesson)).state === 'ended', 30_000);
    expect(said(lesson, 'it was played to its end')).toBe(1);
    expect(Math.abs((await listed(lesson)).creditable_ms - 10_000)).toBeLessThan(2500);
  });

  it('is refused with a word on the mend', async () => {
    await expect(server.tool('lesson', 'add', '--title', 'x', '--source', '/etc/passwd'))
      .rejects.toThrow(/source \/etc\/passwd: it is not in the lectures directory; copy it to/);
    await expect(server.tool('lesson', 'add', '--title', 'x', '--source', 'absent.mp4'))
      .rejects.toThrow(/No such file/);
    await expect(server.tool('lesson', 'add', '--title', 'x', '--source', 'rtsp://h/x', '--loop'))
      .rejects.toThrow(/loop is for files/);
  });
});
