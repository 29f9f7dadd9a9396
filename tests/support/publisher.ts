// Encoders: ffmpeg publishing a file, or a picture that carries the time.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Process, run } from './process.ts';

export interface Clip {
  width: number;
  height: number;
  fps: number;
  seconds: number;
  /** Frames from a key frame to the next; 2 s by default. */
  gop?: number;
  bframes?: number;
  /** Mono at 48 kHz by default. */
  sound?: 'mono' | 'stereo' | '44100';
}

/** A test picture with a tone, H.264 and AAC; made once a machine. */
export async function clip(
  { width, height, fps, seconds, gop = fps * 2, bframes = 0, sound = 'mono' }: Clip,
): Promise<string> {
  const shape = (gop === fps * 2 && bframes === 0 ? '' : `-g${gop}-b${bframes}`) +
    (sound === 'mono' ? '' : `-${sound}`);
  const file = join(tmpdir(), `airclass-clip-${width}x${height}p${fps}-${seconds}s${shape}.mp4`);
  if (existsSync(file)) return file;
  const part = `${file}.${process.pid}.mp4`;
  await run('ffmpeg', [
    '-nostdin', '-v', 'error', '-y',
    '-f', 'lavfi', '-i', `testsrc2=s=${width}x${height}:r=${fps}:d=${seconds}`,
    '-f', 'lavfi', '-i', `sine=440:r=48000:d=${seconds}`,
    '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '2M', '-g', String(gop), '-bf', String(bframes),
    '-keyint_min', String(gop), '-sc_threshold', '0', '-x264-params', 'b-adapt=0',
    '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '96k',
    ...(sound === 'stereo' ? ['-ac', '2'] : sound === '44100' ? ['-ar', '44100'] : []), part,
  ]);
  await rename(part, file);
  return file;
}

/** `ffmpeg -re -i FILE -c copy -f flv URL` (mpegts by SRT), as an operator would type it. */
export function publish(file: string, url: string, options: { loop?: boolean } = {}): Process {
  return new Process('ffmpeg', [
    '-nostdin', '-v', 'warning', '-re', ...(options.loop ? ['-stream_loop', '-1'] : []),
    '-i', file, '-c', 'copy', '-f', url.startsWith('srt:') ? 'mpegts' : 'flv', url,
  ]);
}

/**
 * The block grid: 48 bits of the sender's clock (milliseconds since 1970), 8 x 6 blocks
 * in the upper left of a 1280 x 720 picture, white for 1, on grey. Every two seconds the
 * lower half flashes white while a 1 kHz tone sounds, for lip-sync.
 */
export const grid = { width: 1280, height: 720, columns: 8, rows: 6, block: 40, left: 80, top: 80 };
export const flash = { periodMs: 2000, lengthMs: 120 };

export class GridPublisher {
  readonly process: Process;
  readonly #frame: Buffer;
  readonly #noise = Buffer.from(randomBytes(1 << 20).map((byte) => 64 + (byte >> 1)));
  /** Whether there is noise beside the grid, so that every rendition needs its bit rate. */
  noisy = false;
  #timer: NodeJS.Timeout;
  #count = 0;
  readonly #began = performance.now();

  constructor(url: string, private readonly fps = 25) {
    const { width, height } = grid;
    this.#frame = Buffer.alloc((width * height * 3) / 2, 128);
    this.#frame.fill(40, 0, width * height);
    this.process = new Process('ffmpeg', [
      '-nostdin', '-v', 'warning', '-fflags', 'nobuffer',
      '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', String(fps),
      '-probesize', '32', '-analyzeduration', '0', '-i', 'pipe:0',
      '-f', 'lavfi', '-i',
      `aevalsrc='if(lt(mod(t,${flash.periodMs / 1000}),${flash.lengthMs / 1000}),0.5*sin(2*PI*1000*t),0)':s=48000`,
      '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-b:v', '3M', '-g', String(fps * 2),
      '-c:a', 'aac', '-b:a', '96k', '-flush_packets', '1', '-f', url.startsWith('srt:') ? 'mpegts' : 'flv', url,
    ]);
    this.#timer = setInterval(() => this.#tick(), 4);
  }

  #tick(): void {
    const due = Math.floor(((performance.now() - this.#began) / 1000) * this.fps);
    const stdin = this.process.child.stdin;
    if (!stdin || stdin.writableNeedDrain || !this.process.running) return;
    while (this.#count <= due) {
      this.#draw();
      this.#count += 1;
      if (!stdin.write(Buffer.from(this.#frame))) break;
    }
  }

  #draw(): void {
    const { width, height, columns, rows, block, left, top } = grid;
    const time = BigInt(Date.now());
    const at = (this.#count * 1000) / this.fps;
    const bright = at % flash.periodMs < flash.lengthMs;
    this.#frame.fill(bright ? 235 : 40, width * (height / 2), width * height);
    for (let row = 60; this.noisy && row < height / 2 - 20; row++) {
      const from = Math.floor(Math.random() * (this.#noise.length - width));
      this.#noise.copy(this.#frame, row * width + 480, from, from + width - 480 - 60);
    }
    for (let bit = 0; bit < columns * rows; bit++) {
      const set = (time >> BigInt(columns * rows - 1 - bit)) & 1n;
      const x = left + (bit % columns) * block;
      const y = top + Math.floor(bit / columns) * block;
      for (let row = y; row < y + block; row++)
        this.#frame.fill(set ? 235 : 16, row * width + x, row * width + x + block);
    }
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.process.child.stdin?.end(); // ffmpeg heeds a signal only between two frames
    await this.process.end();
  }
}
