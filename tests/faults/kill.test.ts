// SIGKILL, in the middle of a lesson.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mediaPlaylist, tracks, type MediaPlaylist } from '../support/hls.ts';
import { Process, until } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { holes, packets } from '../support/recorded.ts';
import { build, Server, type Lesson } from '../support/server.ts';

const daemon = join(build, 'airclassd');

let server: Server;
let lesson: Lesson;
let publisher: Process;
let file: string;

const length = ({ segments, parts }: MediaPlaylist) => {
  const last = segments.at(-1)!;
  const whole = segments.reduce((sum, { duration }) => sum + duration, 0);
  // Parts of the segment under way follow the last whole segment.
  const under = parts.filter(({ uri }) => Number(/(\d+)\.\d+\.m4s$/.exec(uri)?.[1]) > last.msn);
  return whole + under.reduce((sum, { duration }) => sum + duration, 0);
};

async function liveAudio(): Promise<string> {
  const url = await server.mediaUrl(lesson.lesson);
  return until('the audio playlist', async () => {
    const audio = (await tracks(url)).get('audio');
    return audio !== undefined && (await mediaPlaylist(audio)).segments.length >= 3 && audio;
  });
}

beforeEach(async () => {
  file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
  server = await Server.start();
  lesson = await server.addLesson('断电 Power cut');
  publisher = publish(file, lesson.rtmp_url, { loop: true });
});

afterEach(async () => {
  await publisher.end();
  await server.dispose();
});

describe('the daemon is killed', () => {
  it('keeps the recording, takes the publisher back into the same lesson', async () => {
    const audio = await liveAudio();
    const before = await mediaPlaylist(audio);
    await server.kill();
    await publisher.end();
    await server.up();

    const resumed = await until('the playlist', () => mediaPlaylist(audio));
    expect(length(resumed)).toBeGreaterThan(length(before) - 1);
    expect(resumed.segments.slice(0, before.segments.length).map(({ uri }) => uri))
      .toEqual(before.segments.map(({ uri }) => uri));

    publisher = publish(file, lesson.rtmp_url, { loop: true });
    const after = await until('segments of the next epoch', async () => {
      const playlist = await mediaPlaylist(audio);
      return playlist.segments.filter(({ map }) => map.includes('/2/')).length >= 2 && playlist;
    });
    expect(after.segments.filter(({ discontinuity }) => discontinuity)).toHaveLength(1);

    await server.tool('lesson', 'end', String(lesson.lesson));
    await until('ENDLIST', async () => (await mediaPlaylist(audio)).ended);
    for (const [name, url] of await tracks(await server.mediaUrl(lesson.lesson))) {
      const { code, stderr } = await new Process('ffmpeg',
        ['-nostdin', '-v', 'error', '-i', url, '-f', 'null', '-']).finished;
      expect([code, stderr], name).toEqual([0, '']);
    }
  });

  it('may be killed again and again at any moment', async () => {
    const url = await server.mediaUrl(lesson.lesson);
    await liveAudio();
    for (let i = 0; i < 5; i++) {
      const { length_ms: before } = (await server.lessons())[0]!;
      await server.kill();
      await publisher.end('SIGKILL');
      await server.up();
      expect((await server.lessons())[0]!.length_ms).toBeGreaterThanOrEqual(before - 1000);
      publisher = publish(file, lesson.rtmp_url, { loop: true });
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3000));
    }
    await server.tool('lesson', 'end', String(lesson.lesson));
    await until('the end', () => server.log.includes('ended after'));
    const { length_ms: lengthMs } = (await server.lessons())[0]!;
    for (const [name, media] of await tracks(url)) {
      const { code, stderr } = await new Process('ffmpeg',
        ['-nostdin', '-v', 'error', '-i', media, '-f', 'null', '-']).finished;
      expect([code, stderr], name).toEqual([0, '']);
      expect(await holes(media), name).toEqual([]);
      const last = (await packets(media)).at(-1)!;
      expect(Math.abs((last.at + last.duration) * 1000 - lengthMs), name).toBeLessThanOrEqual(40);
    }
  });

  it('ends cleanly on SIGTERM and goes on at the next start', async () => {
    const audio = await liveAudio();
    expect(await server.down()).toBe(0);
    await publisher.end();
    await server.up();
    const playlist = await until('the playlist', () => mediaPlaylist(audio));
    expect(playlist.ended).toBe(false);
  });
});

describe('a start that fails', () => {
  it('takes back what the daemon before it announced', async () => {
    const own = join(server.data, 'run', 'ready.json');
    const asked = join(server.data, 'asked.json');
    const { rtmp, admin } = server.addresses;
    await server.kill();
    expect(existsSync(own)).toBe(true);
    await writeFile(asked, await readFile(own, 'utf8'));

    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = (taken.address() as AddressInfo).port;
    const { code, stderr } = await new Process(daemon, ['--data-dir', server.data,
      '--listen', `127.0.0.1:${port}`, '--rtmp', new URL(rtmp).host,
      '--admin', new URL(admin).host, '--ready-file', asked]).finished;
    taken.close();
    expect([code, stderr.trim().split('\n').at(-1)]).toEqual([69, expect.stringContaining(`${port}`)]);
    expect([own, asked].filter(existsSync)).toEqual([]);
    await server.up();
  });

  it('of a second daemon leaves the first one alone', async () => {
    const own = join(server.data, 'run', 'ready.json');
    const before = await readFile(own, 'utf8');
    const { code, stderr } = await new Process(daemon, ['--data-dir', server.data,
      '--listen', '127.0.0.1:0', '--rtmp', '127.0.0.1:0', '--ready-file', own]).finished;
    expect([code, stderr]).toEqual([75, expect.stringContaining(`in use by process ${server.pid}`)]);
    expect(await readFile(own, 'utf8')).toBe(before);
    expect(await server.lessons()).toHaveLength(1);
  });
});

describe('the worker is killed', () => {
  it('is replaced, and new media come within 5 s', async () => {
    const audio = await liveAudio();
    const [worker] = await server.workers();
    process.kill(worker!, 'SIGKILL');
    const killed = performance.now();
    const next = await until('a part of the next epoch', async () => {
      const playlist = await mediaPlaylist(audio);
      return playlist.parts.some(({ uri }) => uri.includes('/2/')) && playlist;
    }, 10_000);
    expect(performance.now() - killed).toBeLessThan(5000);
    expect(next.text).toContain('#EXT-X-DISCONTINUITY\n');
    expect(publisher.running).toBe(true);
  });

  it('may be killed again and again', async () => {
    const audio = await liveAudio();
    for (let epoch = 2; epoch <= 4; epoch++) {
      const [worker] = await until('a worker', async () => {
        const workers = await server.workers();
        return workers.length > 0 && workers;
      });
      process.kill(worker!, 'SIGKILL');
      await until(`epoch ${epoch}`, async () =>
        (await mediaPlaylist(audio)).parts.some(({ uri }) => uri.includes(`/${epoch}/`)));
    }
  });
});
