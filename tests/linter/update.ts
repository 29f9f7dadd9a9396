import { type Finding, Findings } from './finding.ts';
import { type MediaPlaylist, type Segment, edgeOf, isBefore, lengthOf, parseMedia } from './playlist.ts';

function sameSegment(a: Segment, b: Segment): boolean {
  return (
    a.uri === b.uri &&
    a.duration === b.duration &&
    a.discontinuity === b.discontinuity &&
    a.map === b.map &&
    a.date === b.date
  );
}

/** A segment is in memory for about this long; then it may turn out to be lost, s. */
const KEPT_S = 55;

function lintKept(before: MediaPlaylist, after: MediaPlaylist, out: Findings): void {
  const now = new Map(after.segments.map((s) => [s.msn, s]));
  const behind = new Map<number, number>();
  let length = 0;
  for (const s of [...after.segments].reverse()) {
    behind.set(s.msn, length);
    length += lengthOf(s);
  }
  for (const then of before.segments) {
    const kept = now.get(then.msn);
    if (!kept) {
      const skipped = then.msn < (after.mediaSequence ?? 0) + after.skipped;
      out.check(skipped, 'segment-lost', `segment ${then.msn} is gone`);
      continue;
    }
    if (then.uri !== null)
      out.check(sameSegment(then, kept), 'segment-changed', `segment ${then.msn} reads otherwise`);
    if (then.uri !== null && then.gap !== kept.gap)
      out.check(
        kept.gap && behind.get(then.msn)! >= KEPT_S,
        'gap',
        kept.gap
          ? `segment ${then.msn} became a gap while it was in memory`
          : `segment ${then.msn} was a gap and is none now`,
      );
    if (kept.parts.length === 0) continue;
    then.parts.forEach((part, i) => {
      const other = kept.parts[i];
      out.check(
        other !== undefined && part.uri === other.uri && part.duration === other.duration,
        'part-changed',
        `part ${then.msn}.${i} reads otherwise`,
      );
    });
  }
}

/** The hinted part is the next that comes, unless a new epoch began or the list ended. */
function lintHint(before: MediaPlaylist, after: MediaPlaylist, out: Findings): void {
  const hinted = before.hints[0]?.get('URI');
  const edge = edgeOf(before);
  const segment = after.segments.find((s) => s.msn === edge.msn);
  const next = segment?.parts[edge.part];
  if (hinted === undefined || !segment || segment.discontinuity || next === undefined) return;
  out.check(next.uri === hinted, 'hint-kept', `${hinted} was hinted and ${next.uri} came`);
}

/** Checks that `next` is a legal successor of `previous`, whole or as a delta update. */
export function lintUpdate(previous: string, next: string): Finding[] {
  const before = parseMedia(previous);
  const after = parseMedia(next);
  const out = new Findings();
  out.check(
    (after.mediaSequence ?? 0) >= (before.mediaSequence ?? 0),
    'media-sequence',
    'MEDIA-SEQUENCE went back',
  );
  out.check(
    (after.discontinuitySequence ?? 0) >= (before.discontinuitySequence ?? 0),
    'discontinuity-sequence',
    'DISCONTINUITY-SEQUENCE went back',
  );
  out.check(
    before.targetDuration === after.targetDuration,
    'frozen',
    'TARGETDURATION changed in a running stream',
  );
  out.check(
    before.serverControlText === after.serverControlText,
    'frozen',
    'SERVER-CONTROL changed in a running stream',
  );
  out.check(before.partTarget === after.partTarget, 'frozen', 'PART-TARGET changed');
  out.check(!before.endList || after.endList, 'ended', 'ENDLIST was taken back');
  out.check(!isBefore(edgeOf(after), edgeOf(before)), 'edge', 'the edge went back');
  lintKept(before, after, out);
  lintHint(before, after, out);
  return out.list;
}

/** The lines of `delta` with the skipped segments of `previous` put back. */
export function applyDelta(previous: string, delta: string): MediaPlaylist {
  const before = parseMedia(previous);
  const after = parseMedia(delta);
  const first = (after.mediaSequence ?? 0) + after.skipped;
  const kept = before.segments.filter((s) => s.msn >= (after.mediaSequence ?? 0) && s.msn < first);
  return { ...after, skipped: 0, segments: [...kept, ...after.segments] };
}

/** Checks that a delta update on top of `previous` says what the `full` playlist says. */
export function lintDelta(previous: string, delta: string, full: string): Finding[] {
  const merged = applyDelta(previous, delta);
  const whole = parseMedia(full);
  const out = new Findings();
  const other = new Map(whole.segments.map((s) => [s.msn, s]));
  const { mediaSequence, skipped } = parseMedia(delta);
  const first = (mediaSequence ?? 0) + skipped; // what is before it was read long ago
  out.check(
    merged.segments[0]?.msn === whole.segments[0]?.msn,
    'delta',
    'the delta update skips segments that the player does not have',
  );
  for (const segment of merged.segments) {
    const twin = other.get(segment.msn);
    out.check(
      twin !== undefined &&
        (segment.uri === null ||
          (sameSegment(segment, twin) && (segment.gap === twin.gap || segment.msn < first))),
      'delta',
      `segment ${segment.msn} differs between the delta update and the whole`,
    );
  }
  return out.list;
}
