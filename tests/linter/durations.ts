/** Whether what playlists say of lengths is what the bytes last, to the unit. */
import { trackSummary } from '../support/iso.ts';
import { type Findings } from './finding.ts';
import { nameOf } from './http.ts';
import { parseMedia, type Segment } from './playlist.ts';

/** Playlists say five digits. */
const ROUNDING = 0.0000051;
/** Segments looked at, of those whose parts are listed and of the oldest. */
const SAMPLES = 2;

async function bytesAt(url: string, signal: AbortSignal): Promise<Buffer | null> {
  const answer = await fetch(url, { signal });
  return answer.ok ? Buffer.from(await answer.arrayBuffer()) : null;
}

/** Checks the parts and segments that the media playlist `text` at `url` lists, some of them. */
export async function lintDurations(text: string, url: string, out: Findings, signal: AbortSignal): Promise<void> {
  const { segments } = parseMedia(text);
  const maps = new Map<Segment, string>();
  let map: string | null = null;
  for (const segment of segments) {
    map = segment.map ?? map;
    if (map !== null && segment.uri !== null && !segment.gap) maps.set(segment, map);
  }
  const whole = [...maps.keys()];
  const looked = new Set([...whole.slice(0, SAMPLES), ...whole.slice(-SAMPLES)]);
  for (const segment of looked) {
    const init = await bytesAt(new URL(maps.get(segment)!, url).href, signal);
    if (!init?.includes('mdhd')) return; // the servers of the linter's own tests have no media
    for (const { uri, duration } of [...segment.parts, { uri: segment.uri!, duration: segment.duration }]) {
      const bytes = await bytesAt(new URL(uri, url).href, signal);
      if (bytes === null) continue;
      const { duration: units, timescale } = trackSummary(Buffer.concat([init, bytes]));
      out.check(
        Math.abs(units / timescale - duration) <= ROUNDING,
        'duration',
        `${nameOf(url)}: ${uri} is said to last ${duration} s and lasts ${units / timescale}`,
      );
    }
  }
}
