// What a lesson's media are once they are decoded.
import { spawnSync } from 'node:child_process';
import { run } from './process.ts';

/** Presentation times and durations of all packets, in seconds. */
export async function packets(url: string): Promise<{ at: number; duration: number }[]> {
  const rows = await run('ffprobe', ['-v', 'error', '-show_entries', 'packet=pts_time,duration_time',
    '-of', 'csv=p=0', url]);
  return rows.trim().split('\n').map((row) => {
    const [at, duration] = row.split(',').map(Number);
    return { at: at!, duration: duration! };
  });
}

/** Where one packet does not begin where the one before it ended, to a millisecond. */
export async function holes(url: string): Promise<number[]> {
  const all = await packets(url);
  return all.slice(1).flatMap(({ at }, i) =>
    (Math.abs(at - all[i]!.at - all[i]!.duration) > 0.001 ? [at] : []));
}

export type Look = 'moving' | 'still' | 'slate';

/** Runs of frames that look alike; our test pictures are bright and never stand still. */
export function looks(url: string): { look: Look; frames: number }[] {
  const [width, height] = [64, 36];
  const { stdout, stderr, status } = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', url,
    '-vf', `scale=${width}:${height}`, '-pix_fmt', 'gray', '-vsync', 'passthrough', '-f', 'rawvideo', '-'],
    { maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr.toString());
  const size = width * height;
  const runs: { look: Look; frames: number }[] = [];
  for (let from = 0; from < stdout.length; from += size) {
    let light = 0;
    let change = 0;
    for (let i = from; i < from + size; i++) {
      light += stdout[i]!;
      change += from > 0 ? Math.abs(stdout[i]! - stdout[i - size]!) : size;
    }
    const look: Look = light / size < 60 ? 'slate' : change / size < 0.15 ? 'still' : 'moving';
    const last = runs.at(-1);
    if (last?.look === look) last.frames += 1;
    else runs.push({ look, frames: 1 });
  }
  return runs;
}
