// A disk that is slow, and one that is full: what is listed can be read.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mediaPlaylist, tracks } from '../support/hls.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

let server: Server;
let lesson: Lesson;
let publisher: Process;

/** The addresses of what the playlist lists as there, with what they answer. */
async function answers(url: string): Promise<{ uri: string; status: number }[]> {
  const { text } = await mediaPlaylist(url);
  const there = [...text.matchAll(/(#EXT-X-GAP\n)?#EXTINF:[\d.]+,\n(\S+)/g)]
    .filter(([, gap]) => gap === undefined).map(([, , uri]) => new URL(uri!, url).href);
  return Promise.all(there.map(async (uri) => ({ uri, status: (await fetch(uri)).status })));
}

const segments = async (url: string) => (await mediaPlaylist(url)).segments.length;

async function audio(): Promise<string> {
  const url = await server.mediaUrl(lesson.lesson);
  return until('the audio playlist', async () => (await tracks(url)).get('audio'));
}

beforeEach(async () => {
  server = await Server.startOnBadDisk();
  lesson = await server.addLesson('慢盘 Slow disk');
  publisher = publish(await clip({ width: 320, height: 180, fps: 25, seconds: 20 }), lesson.rtmp_url, { loop: true });
});

afterEach(async () => {
  await publisher.end();
  await server.disk(0); // what is queued is written before the daemon ends
  await server.dispose();
});

// A minute of memory has to pass: scripts/check-disk asks for these.
const slow = describe.runIf(process.env.AIRCLASS_SLOW_DISK !== undefined);

slow('the disk is slow', () => {
  it('gives out everything that is listed, live and as a replay', async () => {
    await server.disk(4000); // per file and segment: 8 s for 1.92 s
    const url = await audio();
    await until('more than is in memory', async () => (await segments(url)) >= 38, 100_000);
    const live = await answers(url);
    await server.tool('lesson', 'end', String(lesson.lesson));
    await until('ENDLIST', async () => (await mediaPlaylist(url)).ended);
    const replay = await answers(url);
    expect(live.filter(({ status }) => status !== 200)).toEqual([]);
    expect(replay.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('is asked to stop meanwhile: what was taken is written first', async () => {
    const url = await audio();
    await server.disk(1500);
    await until('ten segments', async () => (await segments(url)) >= 10, 40_000);
    expect(await server.down()).toBe(0);
    await server.disk(0);
    await server.up();
    const { text } = await until('the playlist', () => mediaPlaylist(url));
    expect(text).not.toContain('#EXT-X-GAP');
    const all = await answers(url);
    expect(all.length).toBeGreaterThanOrEqual(10);
    expect(all.filter(({ status }) => status !== 200)).toEqual([]);
  });
});

slow('the disk is slow for another lesson', () => {
  it('opens that without holding up this one', async () => {
    const url = await audio();
    await until('3 segments', async () => (await segments(url)) >= 3);
    await server.disk(2500);
    const other = await server.addLesson('另一课 Another');
    const second = publish(await clip({ width: 320, height: 180, fps: 25, seconds: 20 }), other.rtmp_url, { loop: true });
    try {
      let longest = 0;
      let last = Date.now();
      let seen = '';
      const look = async () => {
        const now = (await mediaPlaylist(url)).parts.at(-1)!.uri;
        if (now === seen) return false;
        if (seen !== '') longest = Math.max(longest, Date.now() - last);
        [last, seen] = [Date.now(), now];
        return true;
      };
      await until('the other lesson on air', async () => {
        await look();
        return (await server.lessons()).some(({ lesson: id, state }) => id === other.lesson && state === 'live');
      }, 30_000);
      await look();
      await until('one more part', look);
      expect(longest).toBeLessThan(2000); // a part is 640 ms
      expect(server.log).not.toContain('the worker is gone');
    } finally {
      await second.end();
    }
  });
});

describe('the disk is full', () => {
  it('goes on after a restart with times and addresses that never were', async () => {
    const url = await audio();
    await until('4 segments', async () => (await segments(url)) >= 2);
    await server.disk('full');
    await until('the alarm', () => server.log.includes('the recording stopped'));
    const [worker] = await server.workers();
    process.kill(worker!, 'SIGKILL'); // an epoch that no file knows of
    const before = await until('2 segments of it', async () => {
      const playlist = await mediaPlaylist(url);
      return playlist.segments.filter(({ map }) => map.includes('/2/')).length >= 3 && playlist;
    });
    await server.kill();
    await publisher.end();
    await server.disk(0);
    await server.up();
    publisher = publish(await clip({ width: 320, height: 180, fps: 25, seconds: 20 }), lesson.rtmp_url, { loop: true });
    const after = await until('2 segments of the next epoch', async () => {
      const playlist = await mediaPlaylist(url);
      return playlist.segments.filter(({ map }) => map.includes('/3/')).length >= 2 && playlist;
    });
    expect(after.text).not.toContain('2/init.mp4'); // nothing of it was recorded
    expect(after.text.match(/#EXT-X-GAP/g)!.length).toBeGreaterThanOrEqual(3);
    // What was published is listed at the same times, lost or not.
    const ends = ({ segments: all }: typeof after) => all.reduce((sum, { duration }) => sum + duration, 0);
    const first = after.segments.findIndex(({ map }) => map.includes('/3/'));
    expect(first).toBeGreaterThanOrEqual(before.segments.length);
    expect(ends({ ...after, segments: after.segments.slice(0, first) })).toBeGreaterThanOrEqual(ends(before) - 0.01);
    expect((await answers(url)).filter(({ status }) => status !== 200)).toEqual([]);
    for (const gap of after.text.matchAll(/#EXT-X-GAP\n#EXTINF:[\d.]+,\n(\S+)/g))
      expect((await fetch(new URL(gap[1]!, url))).status).toBe(404);
    await server.tool('lesson', 'end', String(lesson.lesson));
    await until('ENDLIST', async () => (await mediaPlaylist(url)).ended);
    expect((await answers(url)).filter(({ status }) => status !== 200)).toEqual([]);
  });
});
