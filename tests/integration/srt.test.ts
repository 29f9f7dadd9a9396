// Lessons over SRT, from the encoders that people use to the playlists.
import { createSocket } from 'node:dgram';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintLive } from '../linter/live.ts';
import { fetchBytes, mediaPlaylist, tracks } from '../support/hls.ts';
import { Process, until } from '../support/process.ts';
import { clip } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

let server: Server;
let file: string;
const running: Process[] = [];

beforeAll(async () => {
  file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
  server = await Server.start('--idle-timeout', '3');
});

afterAll(async () => {
  await Promise.all(running.map((process) => process.end('SIGKILL')));
  await server?.dispose();
});

function start(command: string, args: string[]): Process {
  const process = new Process(command, args);
  running.push(process);
  return process;
}

/** `ffmpeg -re -i FILE -c copy -f mpegts URL`, as an operator would type it. */
function ffmpeg(url: string, ...options: string[]): Process {
  return start('ffmpeg', ['-nostdin', '-v', 'warning', '-re', '-stream_loop', '-1', ...options,
    '-i', file, '-c', 'copy', '-f', 'mpegts', url]);
}

/** A tone and a picture of one colour, 25 fps. */
function coloured(url: string, colour: string, ...audio: string[]): Process {
  return start('ffmpeg', ['-nostdin', '-v', 'warning', '-re',
    '-f', 'lavfi', '-i', `color=${colour}:s=640x360:r=25`, '-f', 'lavfi', '-i', 'sine=440:r=48000',
    '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25', '-pix_fmt', 'yuv420p',
    ...(audio.length > 0 ? audio : ['-c:a', 'aac']), '-f', 'mpegts', url]);
}

function withStreamId(lesson: Lesson, id: string): string {
  const url = new URL(lesson.srt_url.replace('srt:', 'http:'));
  return `srt://${url.host}?streamid=${id}&passphrase=${lesson.srt_passphrase}`;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

async function accepted(lesson: Lesson, times = 1): Promise<void> {
  await until(`publisher ${times} of lesson ${lesson.lesson}`, () =>
    server.log.split('\n').filter((line) =>
      line.includes(`lesson=${lesson.lesson}:`) && line.includes(' accepted')).length >= times);
}

async function playlistOf(lesson: Lesson, track: string): Promise<string> {
  const url = await server.mediaUrl(lesson.lesson);
  return until(`the playlist of lesson ${lesson.lesson}`, async () => (await tracks(url)).get(track));
}

/** The mean colour of the last segment's last picture: [red, green, blue]. */
async function colourOf(lesson: Lesson): Promise<number[]> {
  const playlist = await mediaPlaylist(await playlistOf(lesson, 'v240'));
  const last = playlist.segments.at(-1)!;
  const bytes = Buffer.concat([await fetchBytes(last.map), await fetchBytes(last.uri)]);
  const folder = await mkdtemp(join(tmpdir(), 'airclass-srt-'));
  try {
    const decode = new Process('ffmpeg', ['-v', 'error', '-y', '-i', 'pipe:0', '-vf', 'scale=1:1',
      '-f', 'rawvideo', '-pix_fmt', 'rgb24', join(folder, 'raw')]);
    decode.child.stdin!.end(bytes);
    expect((await decode.finished).code).toBe(0);
    return [...(await readFile(join(folder, 'raw'))).subarray(-3)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('who may publish by SRT', () => {
  let lesson: Lesson;
  let other: Lesson;

  beforeAll(async () => {
    lesson = await server.addLesson('SRT 准入');
    other = await server.addLesson('SRT 另一课');
  });

  const refused: [string, (lesson: Lesson, other: Lesson) => string, RegExp, RegExp][] = [
    ['an unknown key', (lesson) => withStreamId(lesson, 'a'.repeat(32)),
      /rejection/, /stream key is not known \(1401\)/],
    ['the key of another lesson',
      (lesson, other) => withStreamId(lesson, `#!::r=${other.lesson},m=publish,u=${lesson.stream_key}`),
      /rejection/, /belongs to another lesson \(1403\)/],
    ['a request to play', (lesson) => withStreamId(lesson, `#!::r=${lesson.lesson},m=request,u=${lesson.stream_key}`),
      /rejection/, /does not say m=publish \(1405\)/],
    ["another lesson's passphrase",
      (lesson, other) => lesson.srt_url.replace(lesson.srt_passphrase, other.srt_passphrase),
      /Incorrect passphrase/, /passphrase is wrong or missing/],
    ['no passphrase', (lesson) => lesson.srt_url.replace(/&passphrase=\w+/, ''),
      /Password required/, /passphrase is wrong or missing/],
  ];

  it.each(refused)('%s is refused', async (_, url, told, logged) => {
    const { code, stderr } = await ffmpeg(url(lesson, other)).finished;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(told);
    await until('a line in the log', () => logged.test(server.log));
    expect(server.log).not.toContain(lesson.stream_key);
    expect(server.log).not.toContain(lesson.srt_passphrase);
  });

  it('a second encoder is refused while the first sends, whatever it speaks', async () => {
    const first = ffmpeg(lesson.srt_url);
    await accepted(lesson);
    await until('media', async () => (await server.lessons()).some(({ lesson: id, state }) =>
      id === lesson.lesson && state === 'live'));
    const before = server.log.length;
    expect((await ffmpeg(lesson.srt_url).finished).code).not.toBe(0);
    expect(server.log.slice(before)).toMatch(/another encoder is publishing this lesson \(1409\)/);
    const rtmp = start('ffmpeg', ['-nostdin', '-v', 'warning', '-re', '-i', file, '-c', 'copy', '-f', 'flv',
      lesson.rtmp_url]);
    expect((await rtmp.finished).stderr).toMatch(/Another encoder is publishing this lesson/);
    await first.end();
  });
});

describe('two lessons on one port', () => {
  it('each gets its own picture, by ffmpeg and by srt-live-transmit', async () => {
    const red = await server.addLesson('红');
    const blue = await server.addLesson('蓝');
    const first = coloured(red.srt_url, 'red');
    const port = await freeUdpPort();
    const second = [
      coloured(`udp://127.0.0.1:${port}?pkt_size=1316`, 'blue'),
      start('srt-live-transmit', ['-q', `udp://127.0.0.1:${port}`,
        withStreamId(blue, `#!::u=${blue.stream_key},r=${blue.lesson},m=publish`)]),
    ];
    await Promise.all([accepted(red), accepted(blue)]);
    await until('red', async () => {
      const [r, g, b] = await colourOf(red);
      return r! > 200 && g! < 60 && b! < 60;
    });
    await until('blue', async () => {
      const [r, g, b] = await colourOf(blue);
      return b! > 200 && r! < 60 && g! < 60;
    });
    await Promise.all([first, ...second].map((process) => process.end('SIGKILL')));
    for (const lesson of [red, blue]) await server.tool('lesson', 'end', String(lesson.lesson));
  });
});

describe('a line that breaks', () => {
  it('is joined again by the next connection, and the linter has nothing to say', async () => {
    const lesson = await server.addLesson('SRT 断线');
    const first = coloured(lesson.srt_url, 'green');
    await accepted(lesson);
    const playlist = await playlistOf(lesson, 'v240');
    await until('two segments', async () => (await mediaPlaylist(playlist)).segments.length >= 2);
    const linted = lintLive(await server.mediaUrl(lesson.lesson), 15);
    await first.end('SIGKILL'); // it says nothing: libsrt's caller is just gone
    let again: Process | undefined;
    await until('the place to be free again', async () => {
      again = coloured(lesson.srt_url, 'yellow');
      await Promise.race([again.finished, accepted(lesson, 2)]);
      return again.running;
    });
    await until('yellow', async () => {
      const [r, g, b] = await colourOf(lesson);
      return r! > 180 && g! > 180 && b! < 80;
    });
    const { segments } = await mediaPlaylist(playlist);
    expect(segments.map(({ msn }) => msn)).toEqual(segments.map((_, at) => segments[0]!.msn + at));
    expect(await linted).toEqual([]);
    await again!.end();
  });
});
