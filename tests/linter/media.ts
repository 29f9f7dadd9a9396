import { type Finding, Findings } from './finding.ts';
import { type MediaPlaylist, type Segment, lengthOf, parseMedia } from './playlist.ts';

export interface MediaContext {
  /** What the rendition carries: decides where INDEPENDENT must stand. */
  kind?: 'video' | 'audio';
}

const EPSILON = 0.00002;
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function isRelative(uri: string): boolean {
  return uri !== '' && !uri.startsWith('/') && !/^[a-z][a-z0-9+.-]*:/i.test(uri);
}

function lintHeader(p: MediaPlaylist, out: Findings): void {
  out.check(p.firstLine === '#EXTM3U', 'header', 'the first line is not #EXTM3U');
  out.check(
    p.skipped > 0 ? p.version >= 9 : p.version === 6,
    'version',
    `VERSION is ${p.version}${p.skipped > 0 ? ' with SKIP' : ''}`,
  );
  out.check(
    Number.isInteger(p.targetDuration) && p.targetDuration > 0,
    'target-duration',
    'TARGETDURATION is missing or no positive integer',
  );
  out.check(p.mediaSequence !== null, 'media-sequence', 'MEDIA-SEQUENCE is missing');
  out.check(
    p.discontinuitySequence !== null,
    'discontinuity-sequence',
    'DISCONTINUITY-SEQUENCE is missing',
  );
  for (const name of p.lateHeaders)
    out.add('header-order', `${name} stands behind SKIP or a segment`);
}

function lintServerControl(p: MediaPlaylist, out: Findings): void {
  const control = p.serverControl;
  if (!control) {
    out.add('server-control', 'SERVER-CONTROL is missing');
    return;
  }
  const number = (name: string): number => Number(control.get(name) ?? NaN);
  out.check(
    control.get('CAN-BLOCK-RELOAD') === 'YES',
    'server-control',
    'CAN-BLOCK-RELOAD is not YES',
  );
  out.check(
    number('HOLD-BACK') >= 3 * p.targetDuration,
    'hold-back',
    'HOLD-BACK is less than three target durations',
  );
  out.check(
    number('PART-HOLD-BACK') >= 3 * p.partTarget - EPSILON * 3,
    'part-hold-back',
    'PART-HOLD-BACK is less than three parts',
  );
  out.check(
    number('CAN-SKIP-UNTIL') >= 6 * p.targetDuration,
    'can-skip-until',
    'CAN-SKIP-UNTIL is less than six target durations',
  );
}

function lintSegment(p: MediaPlaylist, s: Segment, out: Findings): void {
  for (const name of s.lateTags)
    out.add('tag-order', `${name} of segment ${s.msn} stands behind its first part`);
  if (s.uri === null) return;
  out.check(s.duration > 0, 'extinf', `segment ${s.msn} has no EXTINF`);
  out.check(
    Math.round(s.duration) <= p.targetDuration,
    'target-duration',
    `segment ${s.msn} is longer than TARGETDURATION`,
  );
  out.check(isRelative(s.uri), 'relative-uri', `the address of segment ${s.msn} is not relative`);
  if (s.parts.length === 0) return;
  out.check(
    s.gap === s.parts.some((part) => part.gap),
    'gap',
    s.gap ? `segment ${s.msn} is a gap and all its parts are there` : `segment ${s.msn} lacks a part and is no gap`,
  );
  const sum = s.parts.reduce((total, part) => total + part.duration, 0);
  out.check(
    Math.abs(sum - s.duration) <= EPSILON * (s.parts.length + 1),
    'part-sum',
    `segment ${s.msn} is not as long as its parts`,
  );
}

function lintParts(p: MediaPlaylist, s: Segment, kind: string | undefined, out: Findings): void {
  s.parts.forEach((part, i) => {
    const name = `part ${s.msn}.${i}`;
    const exempt =
      part.independent && kind !== 'audio'
        ? true
        : s.parts[i + 1]?.gap || part.gap || (i === s.parts.length - 1 && s.uri !== null);
    out.check(part.duration <= p.partTarget + EPSILON, 'part-target', `${name} is longer than PART-TARGET`);
    out.check(
      exempt || part.duration >= 0.85 * p.partTarget - EPSILON,
      'part-short',
      `${name} is shorter than 85 % of PART-TARGET`,
    );
    out.check(isRelative(part.uri), 'relative-uri', `the address of ${name} is not relative`);
    if (part.byteRange) out.add('byte-range', `${name} is a byte range`);
    if (part.gap) {
      out.check(!part.independent, 'gap', `${name} is a gap and INDEPENDENT`);
      out.check(
        kind !== 'audio' || s.parts.every(({ gap }) => gap),
        'gap',
        `${name} of the sound is a gap, and others of its segment are not`,
      );
      return;
    }
    if (i === 0 || kind === 'audio')
      out.check(part.independent, 'part-independent', `${name} is not INDEPENDENT`);
    else if (kind === 'video')
      out.check(!part.independent, 'part-independent', `${name} says that it starts with an IDR`);
  });
}

function lintMaps(p: MediaPlaylist, out: Findings): void {
  let map: string | null = p.skipped > 0 ? '' : null;
  for (const s of p.segments) {
    if (s.discontinuity && s.map === null && !s.gap)
      out.add('map', `segment ${s.msn} follows a discontinuity without MAP`);
    if (s.map !== null) {
      out.check(isRelative(s.map), 'relative-uri', `the MAP of segment ${s.msn} is not relative`);
      map = s.map;
    }
    if (map === null && !s.gap) {
      out.add('map', `segment ${s.msn} has no MAP`);
      return;
    }
  }
}

function lintDates(p: MediaPlaylist, out: Findings): void {
  let expected = NaN;
  let dated = false;
  for (const s of p.segments) {
    if (s.discontinuity) {
      expected = NaN;
      out.check(s.date !== null, 'date', `segment ${s.msn} follows a discontinuity without a date`);
    }
    if (s.date !== null) {
      dated = true;
      out.check(DATE.test(s.date), 'date', `${s.date} is not in milliseconds and Z`);
      const at = Date.parse(s.date);
      out.check(
        Number.isNaN(expected) || Math.abs(at - expected) <= 100,
        'date',
        `the date of segment ${s.msn} is ${at - expected} ms off its predecessors`,
      );
      expected = at;
    }
    expected += lengthOf(s) * 1000;
  }
  out.check(dated || p.segments.length === 0, 'date', 'no PROGRAM-DATE-TIME');
  if (p.skipped === 0 && p.segments[0])
    out.check(p.segments[0].date !== null, 'date', 'the first segment has no date');
}

/** The server counts in pictures; sound may be cut up to an AAC frame beside them. */
const SOUND_FRAME = 1024 / 48000;

function lintPartWindow(p: MediaPlaylist, out: Findings): void {
  let fromEnd = 0;
  for (const s of [...p.segments].reverse()) {
    fromEnd += lengthOf(s);
    out.check(
      s.parts.length === 0 || s.uri === null || fromEnd <= 3 * p.targetDuration + SOUND_FRAME + EPSILON,
      'part-window',
      `parts of segment ${s.msn} are listed more than three target durations behind the edge`,
    );
  }
}

function lintLiveTail(p: MediaPlaylist, out: Findings): void {
  const last = p.segments.at(-1);
  const addresses = new Set(p.segments.flatMap((s) => s.parts.map((part) => part.uri)));
  out.check(p.hints.length === 1, 'preload-hint', `${p.hints.length} PRELOAD-HINTs instead of one`);
  for (const hint of p.hints) {
    const uri = hint.get('URI') ?? '';
    out.check(hint.get('TYPE') === 'PART', 'preload-hint', 'a PRELOAD-HINT is not of TYPE=PART');
    out.check(isRelative(uri), 'relative-uri', 'the hinted address is not relative');
    out.check(!addresses.has(uri), 'preload-hint', `${uri} is hinted and already listed`);
    if (hint.has('BYTERANGE-START')) out.add('byte-range', 'the hint is a byte range');
  }
  out.check(
    last === undefined || last.parts.length > 0,
    'parts-at-edge',
    'the last segment lists no parts',
  );
  for (const report of p.reports) {
    out.check(isRelative(report.uri), 'relative-uri', 'a RENDITION-REPORT is not relative');
    out.check(
      Number.isInteger(report.lastMsn) && Number.isInteger(report.lastPart),
      'rendition-report',
      `the report of ${report.uri} lacks LAST-MSN or LAST-PART`,
    );
  }
}

function lintEnded(p: MediaPlaylist, out: Findings): void {
  out.check(p.hints.length === 0, 'ended', 'a PRELOAD-HINT stands beside ENDLIST');
  out.check(p.reports.length === 0, 'ended', 'a RENDITION-REPORT stands beside ENDLIST');
  out.check(
    p.segments.every((s) => s.parts.length === 0),
    'ended',
    'parts are listed beside ENDLIST',
  );
  out.check(p.skipped === 0, 'ended', 'SKIP stands beside ENDLIST');
}

function lintSkip(p: MediaPlaylist, out: Findings): void {
  if (!p.text.includes('#EXT-X-SKIP:')) return;
  const kept = p.segments.reduce((sum, s) => sum + lengthOf(s), 0);
  const boundary = Number(p.serverControl?.get('CAN-SKIP-UNTIL') ?? NaN);
  out.check(
    Number.isInteger(p.skipped) && p.skipped > 0,
    'skip',
    'SKIPPED-SEGMENTS is no positive integer',
  );
  out.check(kept >= boundary - EPSILON, 'skip', 'segments within the skip boundary were skipped');
}

function lintAddresses(p: MediaPlaylist, out: Findings): void {
  const seen = new Set<string>();
  for (const s of p.segments)
    for (const uri of [...s.parts.map((part) => part.uri), ...(s.uri === null ? [] : [s.uri])]) {
      out.check(!seen.has(uri), 'unique-uri', `${uri} is listed twice`);
      seen.add(uri);
    }
  out.check(p.byteRanges === 0, 'byte-range', 'segments are byte ranges');
}

/** Checks one media playlist by itself. */
export function lintMedia(text: string, context: MediaContext = {}): Finding[] {
  const p = parseMedia(text);
  const out = new Findings();
  lintHeader(p, out);
  lintServerControl(p, out);
  out.check(p.partTarget > 0, 'part-inf', 'PART-INF is missing');
  for (const segment of p.segments) {
    lintSegment(p, segment, out);
    lintParts(p, segment, context.kind, out);
  }
  lintMaps(p, out);
  lintDates(p, out);
  lintAddresses(p, out);
  lintSkip(p, out);
  if (p.endList) {
    lintEnded(p, out);
  } else {
    lintPartWindow(p, out);
    lintLiveTail(p, out);
  }
  return out.list;
}
