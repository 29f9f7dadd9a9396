import { type Finding, Findings } from './finding.ts';
import { type MediaPlaylist, edgeOf, parseMedia } from './playlist.ts';

/** How many parts lie between a report and the playlist's own edge. */
function partsApart(p: MediaPlaylist, lastMsn: number, lastPart: number): number {
  const edge = edgeOf(p);
  const lengths = new Map(p.segments.map((s) => [s.msn, s.parts.length]));
  if (lastMsn === edge.msn) return Math.abs(lastPart + 1 - edge.part);
  if (lastMsn === edge.msn - 1) return edge.part + (lengths.get(lastMsn) ?? Infinity) - (lastPart + 1);
  return lastMsn === edge.msn + 1 ? lastPart + 1 : Infinity;
}

/**
 * Checks the playlists of all renditions of one stream, fetched at about the same time,
 * against each other. Keys: addresses relative to the multivariant playlist.
 */
export function lintReports(renditions: ReadonlyMap<string, string>): Finding[] {
  const out = new Findings();
  const base = 'http://linter.invalid/';
  const playlists = new Map([...renditions].map(([uri, text]) => [new URL(uri, base).href, parseMedia(text)]));
  const [first] = playlists.values();
  for (const [uri, p] of playlists) {
    const name = uri.slice(base.length);
    out.check(p.serverControlText === first!.serverControlText, 'same-control', `${name}: SERVER-CONTROL differs`);
    out.check(p.partTarget === first!.partTarget, 'same-control', `${name}: PART-TARGET differs`);
    out.check(p.targetDuration === first!.targetDuration, 'same-control', `${name}: TARGETDURATION differs`);
    lintAligned(first!, p, name, out);
    lintGapsFilled(p, playlists, name, out);
    if (p.endList) continue;
    const reported = new Map(p.reports.map((r) => [new URL(r.uri, uri).href, r]));
    out.check(reported.size === p.reports.length, 'rendition-report', `${name}: reports one rendition twice`);
    out.check(!reported.has(uri), 'rendition-report', `${name}: reports itself`);
    for (const other of playlists.keys()) {
      if (other === uri) continue;
      const report = reported.get(other);
      out.check(report !== undefined, 'rendition-report', `${name}: does not report ${other.slice(base.length)}`);
      if (report)
        out.check(
          partsApart(p, report.lastMsn, report.lastPart) <= 1,
          'rendition-report',
          `${name}: reports ${other.slice(base.length)} at ${report.lastMsn}.${report.lastPart}, far from its own edge`,
        );
    }
  }
  return out.list;
}

/** An AAC frame at 48 kHz: by so much, in all, may sound be cut beside the pictures. */
const SOUND_FRAME = 1024 / 48000 + 1e-4;

/** Renditions share the boundaries of their segments, their discontinuities and dates. */
function lintAligned(first: MediaPlaylist, p: MediaPlaylist, name: string, out: Findings): void {
  const others = new Map(first.segments.map((s) => [s.msn, s]));
  const tolerance = name.includes('audio/') ? SOUND_FRAME : 0;
  let ahead = 0;
  for (const s of p.segments) {
    const twin = others.get(s.msn);
    if (!twin || s.uri === null || twin.uri === null) continue;
    ahead = s.discontinuity ? 0 : ahead;
    ahead += s.duration - twin.duration;
    out.check(
      Math.abs(s.duration - twin.duration) <= tolerance && Math.abs(ahead) <= tolerance + 1e-4 &&
        s.discontinuity === twin.discontinuity && s.date === twin.date,
      'aligned',
      `${name}: segment ${s.msn} differs from the first rendition's in time`,
    );
  }
}

/** Where one rendition has a gap there is another one of pictures to go to; a segment that
 *  is lost is lost in all of them, the sound included. */
function lintGapsFilled(
  p: MediaPlaylist,
  all: ReadonlyMap<string, MediaPlaylist>,
  name: string,
  out: Findings,
): void {
  const isSound = (uri: string) => uri.includes('/audio/');
  const sounds = [...all].filter(([uri]) => isSound(uri)).map(([, other]) => other);
  const pictures = [...all].filter(([uri, other]) => other !== p && !isSound(uri)).map(([, other]) => other);
  const at = (of: MediaPlaylist[], msn: number) =>
    of.flatMap((other) => other.segments.filter((twin) => twin.msn === msn));
  for (const s of p.segments.filter((segment) => segment.gap)) {
    const twins = at(pictures, s.msn);
    const isLost = [...twins, ...at(sounds, s.msn)].every((twin) => twin.gap) && s.parts.every((part) => part.gap);
    if (sounds.includes(p)) out.check(isLost, 'gap', `${name}: the sound of segment ${s.msn} is a gap and not all of it`);
    else
      out.check(
        (isLost && sounds.length > 0) || twins.some((twin) => !twin.gap && twin.duration === s.duration),
        'gap',
        `${name}: segment ${s.msn} is a gap in every rendition`,
      );
  }
}
