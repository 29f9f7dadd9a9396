// Test media that flash and beep at once, and how far apart the two are once recorded.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './process.ts';
import { flash } from './publisher.ts';

export interface Flashing {
  width?: number;
  height?: number;
  fps?: number;
  /** Frames are left out at irregular distances. */
  vfr?: boolean;
  bFrames?: number;
  rate?: number;
  channels?: number;
  video?: boolean;
  audio?: boolean;
  seconds?: number;
}

const period = flash.periodMs / 1000;
const length = flash.lengthMs / 1000;

/** An FLV file, H.264 and AAC, GOP of 1 s; made once a machine. */
export async function flashing(media: Flashing = {}): Promise<string> {
  const { width = 640, height = 360, fps = 25, vfr = false, bFrames = 0, rate = 48_000, channels = 1,
    video = true, audio = true, seconds = 8 } = media;
  const name = createHash('sha256').update(JSON.stringify(media)).digest('hex').slice(0, 12);
  const file = join(tmpdir(), `airclass-flashing-${name}.flv`);
  if (existsSync(file)) return file;
  const part = `${file}.${process.pid}`;
  // A frame that is longer than the flash is white for its whole length.
  const lit = Math.max(length, 1 / fps);
  const picture = `testsrc2=s=${width}x${height}:r=${fps}:d=${seconds},` +
    `drawbox=y=ih/2:h=ih/2:w=iw:t=fill:c=gray,` +
    `drawbox=y=ih/2:h=ih/2:w=iw:t=fill:c=white:enable='lt(mod(t+0.001,${period}),${lit})'` +
    (vfr ? `,select='not(gt(mod(n*7,11),4))+lt(mod(t,${period}),${lit})'` : '');
  await run('ffmpeg', [
    '-nostdin', '-v', 'error', '-y',
    ...(video ? ['-f', 'lavfi', '-i', picture] : []),
    ...(audio ? ['-f', 'lavfi', '-i',
      `aevalsrc='if(lt(mod(t,${period}),${length}),0.5*sin(2*PI*1000*t),0)':s=48000:d=${seconds}`] : []),
    ...(video ? ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '800k', '-g', String(fps),
      '-bf', String(bFrames), ...(bFrames > 0 ? ['-x264-params', 'b-adapt=0'] : []),
      '-pix_fmt', 'yuv420p', ...(vfr ? ['-vsync', 'vfr'] : [])] : []),
    ...(audio ? ['-c:a', 'aac', '-b:a', rate < 16_000 ? '24k' : '96k', '-ar', String(rate), '-ac', String(channels)] : []),
    '-f', 'flv', part,
  ]);
  await rename(part, file);
  return file;
}

function decode(url: string, ...options: string[]): Buffer {
  const { stdout, stderr, status } = spawnSync(
    'ffmpeg', ['-nostdin', '-v', 'error', '-i', url, ...options, '-'], { maxBuffer: 1 << 29 });
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

/** Where something begins that was not there for `quiet` before and stays for `least`, in s. */
function onsets(on: (i: number) => boolean, n: number, perSecond: number, least: number, quiet = 0.4): number[] {
  const found: number[] = [];
  let offSince = 0;
  for (let i = 0; i < n; i++) {
    if (!on(i)) continue;
    let end = i;
    // A tone crosses zero: a pause of 5 ms is none.
    for (let gap = 0; end < n && gap <= perSecond / 200; end++) gap = on(end) ? 0 : gap + 1;
    if ((i - offSince) / perSecond >= quiet && (end - i) / perSecond >= least) found.push(i / perSecond);
    offSince = i = end;
  }
  return found;
}

/** When the lower half of the picture flashed, which may have bars at its sides, in s of the recording. */
export function flashes(url: string, fps = 25): number[] {
  const [width, height] = [16, 18];
  const pixels = decode(url, '-vf', `crop=iw/2:ih,scale=${width}:${height}`, '-pix_fmt', 'gray',
    '-vsync', 'passthrough', '-f', 'rawvideo');
  const size = width * height;
  const bright = (frame: number) => {
    let sum = 0;
    for (let i = frame * size + size * 0.6; i < frame * size + size * 0.9; i++) sum += pixels[Math.floor(i)]!;
    return sum / (size * 0.3) > 190;
  };
  return onsets(bright, Math.floor(pixels.length / size), fps, 0.09);
}

/** When it beeped, in s of the recording. */
export function beeps(url: string): number[] {
  const rate = 8000;
  const bytes = decode(url, '-ac', '1', '-ar', String(rate), '-f', 's16le');
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 2));
  // The centre of 5.1 is a sixth of the sound.
  return onsets((i) => Math.abs(samples[i]!) > 1000, samples.length, rate, 0.08);
}

export interface Pair {
  /** Of the flash, s. */
  at: number;
  /** Sound minus picture, ms: positive is late sound. */
  apart: number;
}

/** Each flash with the beep that belongs to it; those without one are left out. */
export function pairs(seen: number[], heard: number[]): Pair[] {
  return seen.flatMap((at) => {
    const nearest = heard.reduce((best, time) => (Math.abs(time - at) < Math.abs(best - at) ? time : best), Infinity);
    return Math.abs(nearest - at) < period / 2 ? [{ at, apart: Math.round((nearest - at) * 1000) }] : [];
  });
}
