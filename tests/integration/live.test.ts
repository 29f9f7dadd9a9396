// A lesson from the encoder to the playlists, its end and its replay.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isoProblems, trackSummary } from '../support/iso.ts';
import { fetchBytes, mediaPlaylist, tracks, type MediaPlaylist } from '../support/hls.ts';
import { Process, run, until } from '../support/process.ts';
import { clip, publish, type Clip } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

const sources: (Clip & { ladder: string[]; frameMs: number; segment: number })[] = [
  { width: 1280, height: 720, fps: 25, seconds: 20, segment: 1.92, frameMs: 40,
    ladder: ['v360', 'v240', 'v480', 'v720', 'audio'] },
  { width: 1920, height: 1080, fps: 30, seconds: 20, segment: 2.13333, frameMs: 1000 / 30,
    ladder: ['v360', 'v240', 'v480', 'v720', 'audio'] },
];

describe.each(sources)('a $width x $height source at $fps fps', (source) => {
  let server: Server;
  let lesson: Lesson;
  let publisher: Process;
  let playlists: Map<string, string>;

  beforeAll(async () => {
    const file = await clip(source);
    server = await Server.start();
    lesson = await server.addLesson('直播课 Live lesson');
    publisher = publish(file, lesson.rtmp_url, { loop: true });
  });

  afterAll(async () => {
    await publisher?.end();
    await server?.dispose();
  });

  it('is served within 4 s of its first frame', async () => {
    // ffmpeg sends its first frame after it connected, so this is on the strict side.
    await until('a publisher', () => server.log.includes('accepted'));
    const began = performance.now();
    const url = await server.mediaUrl(lesson.lesson);
    await until('a media playlist with a segment', async () => {
      playlists = await tracks(url);
      const first = await mediaPlaylist([...playlists.values()][0]!);
      return first.segments.length > 0;
    }, 10_000);
    expect(performance.now() - began).toBeLessThan(4000);
    expect([...playlists.keys()]).toEqual(source.ladder);
  });

  it('has the same segment boundaries in every rendition', async () => {
    await until('five segments', async () =>
      (await mediaPlaylist(playlists.get('audio')!)).segments.length >= 5);
    const all = new Map<string, MediaPlaylist>();
    for (const [name, url] of playlists) all.set(name, await mediaPlaylist(url));
    for (const [name, playlist] of all) {
      for (const segment of playlist.segments.slice(0, 5)) {
        expect(segment.duration, `${name} ${segment.uri}`).toBeCloseTo(source.segment, 4);
        const { start, duration, timescale } = trackSummary(
          Buffer.concat([await fetchBytes(segment.map), await fetchBytes(segment.uri)]));
        expect(start / timescale).toBeCloseTo(segment.msn * source.segment, 3);
        expect(duration / timescale).toBeCloseTo(source.segment, 4);
      }
    }
  });

  it('reads without a warning in ffprobe and mp4box.js', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'airclass-iso-'));
    try {
      for (const [name, url] of playlists) {
        const { segments } = await mediaPlaylist(url);
        const init = await fetchBytes(segments[0]!.map);
        const pieces = await Promise.all(segments.slice(0, 3).map(({ uri }) => fetchBytes(uri)));
        const bytes = Buffer.concat([init, ...pieces]);
        const file = join(folder, `${name}.mp4`);
        await writeFile(file, bytes);
        const probe = new Process('ffprobe', ['-v', 'warning', '-show_packets', '-of', 'csv', file]);
        const { code, stderr, stdout } = await probe.finished;
        expect([code, stderr], name).toEqual([0, '']);
        expect(stdout.split('\n').length).toBeGreaterThan(60);
        for (const piece of pieces)
          expect(await isoProblems(Buffer.concat([init, piece])), name).toEqual([]);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('ends as a replay at the same addresses', async () => {
    const before = await mediaPlaylist(playlists.get('v360')!);
    const began = performance.now();
    await server.tool('lesson', 'end', String(lesson.lesson));
    const ended = await until('ENDLIST', async () => {
      const playlist = await mediaPlaylist(playlists.get('v360')!);
      return playlist.ended && playlist;
    }, 5000);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(ended.segments.slice(0, before.segments.length).map(({ uri }) => uri))
      .toEqual(before.segments.map(({ uri }) => uri));
  });

  it('decodes whole, without an error, to the length of the lesson', async () => {
    const length = (await server.lessons())[0]!.length_ms;
    for (const [name, url] of playlists) {
      const decode = new Process('ffmpeg', ['-nostdin', '-v', 'warning', '-i', url, '-f', 'null', '-']);
      const { code, stderr } = await decode.finished;
      expect([code, stderr.replace(/^\[hls.*Skip.*\n/gm, '')], name).toEqual([0, '']);
      const playlist = await mediaPlaylist(url);
      const listedMs = playlist.segments.reduce((sum, { duration }) => sum + duration * 1000, 0);
      expect(Math.abs(listedMs - length), `${name}: ${listedMs} of ${length} ms`)
        .toBeLessThanOrEqual(source.frameMs);
      const packets = await run('ffprobe', ['-v', 'error', '-count_packets', '-show_entries',
        'stream=nb_read_packets,avg_frame_rate,sample_rate', '-of', 'json', url]);
      const stream = (JSON.parse(packets) as { streams: Record<string, string>[] }).streams[0]!;
      const frameMs = name === 'audio' ? (1024 / 48_000) * 1000 : source.frameMs * (name === 'v240' ? 2 : 1);
      expect(Math.abs(Number(stream.nb_read_packets) * frameMs - length), name)
        .toBeLessThanOrEqual(frameMs);
    }
  });
});

describe('a wrong stream key', () => {
  it('is refused with a reason the operator reads, and one line in the log', async () => {
    const server = await Server.start();
    try {
      const url = `${server.addresses.rtmp}/live/not-a-key-of-anyone`;
      const file = await clip({ width: 320, height: 180, fps: 25, seconds: 2 });
      const { code, stderr } = await publish(file, url).finished;
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/stream key is not known/);
      const lines = server.log.split('\n').filter((line) => line.includes('refused'));
      expect(lines).toHaveLength(1);
      expect(server.log).not.toContain('not-a-key-of-anyone');
    } finally {
      await server.dispose();
    }
  });
});
