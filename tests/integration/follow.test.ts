// A regular source whose own pictures are passed on.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { lintLive } from '../linter/index.ts';
import { isoProblems, trackSummary } from '../support/iso.ts';
import { fetchBytes, mediaPlaylist, tracks, type Segment } from '../support/hls.ts';
import { Process, run, until } from '../support/process.ts';
import { clip, publish, type Clip } from '../support/publisher.ts';
import { Server } from '../support/server.ts';

type Shape = Clip & { gop: number; bframes: number };
const shape = (
  height: number, fps: number, seconds: number, bframes: number, sound: Clip['sound'] = 'mono',
): Shape => ({ width: (height * 16) / 9, height, fps, seconds: 40, gop: fps * seconds, bframes, sound });
/** scripts/check-follow asks for every shape. */
const shapes = process.env.AIRCLASS_FOLLOW_ALL
  ? [25, 30].flatMap((fps) => [1, 2].flatMap((gop) => [0, 2].flatMap((b) =>
      [shape(720, fps, gop, b), shape(1080, fps, gop, b, 'stereo')]))).concat(shape(360, 25, 1, 0, '44100'))
  : [shape(720, 25, 1, 2), shape(360, 30, 2, 0, 'stereo')];

let server: Server;
let publisher: Process;
let folder: string;

afterEach(async () => {
  await publisher?.end();
  await server?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Checksums of a file's samples of one kind, in decode order. */
async function checksums(file: string, kind: 'v' | 'a'): Promise<string[]> {
  const rows = await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', file, '-map', `0:${kind}`, '-c', 'copy',
    '-f', 'framemd5', '-']);
  return rows.trim().split('\n').filter((row) => !row.startsWith('#'))
    .map((row) => row.split(',').at(-1)!.trim());
}

const epochOf = ({ uri }: Segment) => new URL(uri).pathname.split('/').at(-2)!;

/** The AAC frame of the lesson that begins nearest to `ticks` of 90 kHz. */
const soundFrame = (ticks: number) => Math.floor((ticks + 960) / 1920);

async function bytesOf(segments: Segment[]): Promise<Buffer> {
  const pieces = [await fetchBytes(segments[0]!.map)];
  for (const { uri } of segments) pieces.push(await fetchBytes(uri));
  return Buffer.concat(pieces);
}

describe.each(shapes)('$width x $height at $fps fps, GOP of $gop, $bframes B-frames, $sound', (source) => {
  it('is passed on unchanged, with the boundaries of the others', async () => {
    const file = await clip(source);
    folder = await mkdtemp(join(tmpdir(), 'airclass-follow-'));
    server = await Server.start();
    const { lesson, rtmp_url } = await server.addLesson('跟随 Follow', '--mode', 'auto');
    publisher = publish(file, rtmp_url);
    const name = `v${source.height}`;
    const url = await server.mediaUrl(lesson);
    await until('a second epoch', () => server.log.includes('media epoch 2 begins'), 30_000);
    const findings = await lintLive(url, 6);
    expect(findings).toEqual([]);
    await server.tool('lesson', 'end', String(lesson));
    await until('the end', () => server.log.includes('ended after'));

    const playlists = await tracks(url);
    const followed = (await mediaPlaylist(playlists.get(name)!)).segments
      .filter((segment) => epochOf(segment) === '2' && !segment.gap);
    expect(followed.length).toBeGreaterThanOrEqual(3);

    // The samples are the encoder's own, in order.
    const recorded = join(folder, `${name}.mp4`);
    await writeFile(recorded, await bytesOf(followed));
    const [own, theirs] = [await checksums(recorded, 'v'), await checksums(file, 'v')];
    const from = theirs.indexOf(own[0]!);
    expect(from % source.gop).toBe(0);
    expect(own).toEqual(theirs.slice(from, from + own.length));

    // So is its sound when it is plain, from the frame that lies nearest to the first picture:
    // half a frame, after the one that an AAC encoder begins with, and the 10 ms by which the
    // source clock may have followed the publisher in between.
    const sounds = (await mediaPlaylist(playlists.get('audio')!)).segments
      .filter((segment) => epochOf(segment) === '2').slice(0, followed.length - 1); // the lesson ends in the last
    const heard = join(folder, 'audio.mp4');
    await writeFile(heard, await bytesOf(sounds));
    const [ownSound, theirSound] = [await checksums(heard, 'a'), await checksums(file, 'a')];
    const soundFrom = theirSound.indexOf(ownSound[0]!);
    if (source.sound === '44100') {
      expect(soundFrom).toBe(-1);
    } else {
      expect(Math.abs((soundFrom - 1) * 1024 / 48000 - from / source.fps)).toBeLessThan(0.5 * 1024 / 48000 + 0.011);
      expect(ownSound).toEqual(theirSound.slice(soundFrom, soundFrom + ownSound.length));
    }

    // Every rendition is cut where it is, and reads well.
    const whole = followed.slice(0, -1);
    for (const [track, playlist] of playlists) {
      const segments = (await mediaPlaylist(playlist)).segments.filter((segment) => epochOf(segment) === '2');
      expect(segments.map(({ msn }) => msn), track).toEqual(followed.map(({ msn }) => msn));
      for (const [i, segment] of segments.slice(0, whole.length).entries()) {
        const bytes = Buffer.concat([await fetchBytes(segment.map), await fetchBytes(segment.uri)]);
        const { start, duration, timescale } = trackSummary(bytes);
        const reference = trackSummary(
          Buffer.concat([await fetchBytes(whole[i]!.map), await fetchBytes(whole[i]!.uri)]));
        expect(start, `${track} ${i}`)
          .toBe(timescale === 48000 ? soundFrame(reference.start) * 1024 : reference.start);
        expect(duration / timescale, `${track} ${i}`).toBeCloseTo(segment.duration, 4);
        expect(await isoProblems(bytes), `${track} ${i}`).toEqual([]);
      }
      // ffmpeg's HLS reader keeps the first header, so an epoch at a time.
      const all = (await mediaPlaylist(playlist)).segments.filter(({ gap }) => !gap);
      for (const epoch of new Set(all.map(epochOf))) {
        const one = join(folder, 'epoch.mp4');
        await writeFile(one, await bytesOf(all.filter((segment) => epochOf(segment) === epoch)));
        const { stderr } = await new Process('ffmpeg',
          ['-nostdin', '-v', 'warning', '-i', one, '-f', 'null', '-']).finished;
        expect(stderr, `${track}, epoch ${epoch}`).toBe('');
      }
    }
  });
});
