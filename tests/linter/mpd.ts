// The rules of a DASH manifest that this server must keep: the order of elements and the
// attributes that the schema of ISO/IEC 23009-1 wants, the sense of what they say, and the
// bytes behind them. Strict: what we do not write, is a finding.

import { trackSummary } from '../support/iso.ts';

interface Element {
  name: string;
  attributes: Map<string, string>;
  children: Element[];
  text: string;
}

/** Child elements in their order, each with how often; attributes that must or may be there. */
interface Rule {
  children: [name: string, min: number, max: number][];
  must: string[];
  may: string[];
  text?: boolean;
}

const many = Number.MAX_SAFE_INTEGER;
const descriptor: Rule = { children: [], must: ['schemeIdUri', 'value'], may: [] };
const rules: Record<string, Rule> = {
  MPD: {
    children: [['Period', 1, many], ['UTCTiming', 0, 1]],
    must: ['xmlns', 'profiles', 'minBufferTime', 'type'],
    may: ['availabilityStartTime', 'publishTime', 'minimumUpdatePeriod', 'suggestedPresentationDelay',
      'mediaPresentationDuration', 'maxSegmentDuration'],
  },
  Period: { children: [['AdaptationSet', 0, 2]], must: ['id', 'start'], may: ['duration'] },
  AdaptationSet: {
    children: [['Label', 1, 1], ['Role', 1, 1], ['Representation', 1, 8]],
    must: ['id', 'contentType', 'mimeType', 'lang', 'segmentAlignment', 'startWithSAP'],
    may: [],
  },
  Label: { children: [], must: ['lang'], may: [], text: true },
  Role: descriptor,
  UTCTiming: descriptor,
  AudioChannelConfiguration: descriptor,
  Representation: {
    children: [['AudioChannelConfiguration', 0, 1], ['SegmentTemplate', 1, 1]],
    must: ['id', 'bandwidth', 'codecs'],
    may: ['width', 'height', 'sar', 'frameRate', 'audioSamplingRate'],
  },
  SegmentTemplate: {
    children: [['SegmentTimeline', 1, 1]],
    must: ['timescale', 'presentationTimeOffset', 'initialization', 'media'],
    may: [],
  },
  SegmentTimeline: { children: [['S', 1, many]], must: [], may: [] },
  S: { children: [], must: ['d'], may: ['t', 'r'] },
};

function parseXml(text: string): Element {
  const root: Element = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [root];
  const token = /<\?xml [^?]*\?>|<\/([A-Za-z]+)>|<([A-Za-z]+)((?:\s+[A-Za-z]+="[^"<&]*")*)\s*(\/?)>|([^<]+)/gy;
  let at = 0;
  for (let match; (match = token.exec(text)) !== null; at = token.lastIndex) {
    const [, end, start, attributes, empty, content] = match;
    const parent = open.at(-1)!;
    if (end !== undefined) {
      if (open.pop()!.name !== end) throw new Error(`</${end}> closes <${parent.name}>`);
    } else if (start !== undefined) {
      const element: Element = { name: start, attributes: new Map(), children: [], text: '' };
      for (const [, name, value] of attributes!.matchAll(/([A-Za-z]+)="([^"]*)"/g)) {
        if (element.attributes.has(name!)) throw new Error(`${name} twice in <${start}>`);
        element.attributes.set(name!, value!);
      }
      parent.children.push(element);
      if (empty === '') open.push(element);
    } else if (content !== undefined) parent.text += content.trim();
  }
  if (at !== text.length || open.length !== 1 || root.children.length !== 1)
    throw new Error(`no XML at ${at}: ${text.slice(at, at + 60)}`);
  return root.children[0]!;
}

function lintShape(element: Element, findings: string[]): void {
  const rule = rules[element.name];
  if (rule === undefined) return void findings.push(`<${element.name}> is not ours`);
  for (const name of rule.must)
    if (!element.attributes.has(name)) findings.push(`<${element.name}> lacks ${name}`);
  for (const name of element.attributes.keys())
    if (!rule.must.includes(name) && !rule.may.includes(name)) findings.push(`<${element.name}> has ${name}`);
  if (!rule.text && element.text !== '') findings.push(`<${element.name}> has text`);
  let from = 0;
  for (const [name, min, max] of rule.children) {
    let n = 0;
    while (element.children[from + n]?.name === name) n++;
    if (n < min || n > max) findings.push(`<${element.name}> has ${n} <${name}>`);
    from += n;
  }
  if (from < element.children.length)
    findings.push(`<${element.children[from]!.name}> stands in the wrong place of <${element.name}>`);
  for (const child of element.children) lintShape(child, findings);
}

const HALF_SOUND_FRAME = 512 / 48000;

export interface Run { start: number; duration: number }

export interface ManifestPeriod {
  id: string;
  start: number;
  duration: number | null;
  tracks: { id: string; init: string; timescale: number; segments: (Run & { uri: string })[] }[];
}

export interface Manifest {
  dynamic: boolean;
  availabilityStart: string | undefined;
  publishTime: number;
  periods: ManifestPeriod[];
}

function seconds(text: string | undefined, what: string, findings: string[]): number {
  const match = /^PT(\d+(?:\.\d+)?)S$/.exec(text ?? '');
  if (match === null) findings.push(`${what} is no duration: ${text}`);
  return Number(match?.[1] ?? NaN);
}

function natural(element: Element, name: string, findings: string[]): number {
  const text = element.attributes.get(name) ?? '';
  if (!/^\d+$/.test(text)) findings.push(`${name} of <${element.name}> is no number: ${text}`);
  return Number(text);
}

function readTimeline(timeline: Element, findings: string[]): Run[] {
  const runs: Run[] = [];
  for (const s of timeline.children) {
    const duration = natural(s, 'd', findings);
    const last = runs.at(-1);
    const follows = last === undefined ? undefined : last.start + last.duration;
    const start = s.attributes.has('t') ? natural(s, 't', findings) : follows;
    if (duration === 0) findings.push('an S of no length');
    if (start === undefined) findings.push('the first S has no t');
    else if (follows !== undefined && start < follows) findings.push(`S@t ${start} lies before ${follows}`);
    const repeats = s.attributes.has('r') ? natural(s, 'r', findings) : 0;
    for (let i = 0; i <= repeats; i++) runs.push({ start: (start ?? 0) + i * duration, duration });
  }
  return runs;
}

function readPeriod(period: Element, url: string, findings: string[]): ManifestPeriod {
  const duration = period.attributes.get('duration');
  const read: ManifestPeriod = {
    id: period.attributes.get('id') ?? '',
    start: seconds(period.attributes.get('start'), 'Period@start', findings),
    duration: duration === undefined ? null : seconds(duration, 'Period@duration', findings),
    tracks: [],
  };
  for (const set of period.children) {
    const kind = set.attributes.get('contentType');
    if (set.attributes.get('mimeType') !== `${kind}/mp4`) findings.push('mimeType and contentType differ');
    for (const representation of set.children.filter(({ name }) => name === 'Representation')) {
      const id = representation.attributes.get('id')!;
      const wanted = kind === 'video' ? ['width', 'height', 'sar', 'frameRate'] : ['audioSamplingRate'];
      for (const name of wanted) if (!representation.attributes.has(name)) findings.push(`${id} lacks ${name}`);
      if (natural(representation, 'bandwidth', findings) === 0) findings.push(`${id} has no bandwidth`);
      const template = representation.children.find(({ name }) => name === 'SegmentTemplate')!;
      const fill = (name: string, time: number) => new URL(template.attributes.get(name)!
        .replaceAll('$RepresentationID$', id).replaceAll('$Time$', String(time)), url).href;
      const timescale = natural(template, 'timescale', findings);
      const offset = natural(template, 'presentationTimeOffset', findings);
      const runs = readTimeline(template.children[0]!, findings);
      // Sound is cut at the AAC frame next to the picture's cut.
      const beside = kind === 'audio' ? (HALF_SOUND_FRAME + 1e-6) * timescale : 0;
      if (runs.some(({ start }) => start < offset - beside)) findings.push(`${id} begins before its Period`);
      const end = runs.length > 0 ? runs.at(-1)!.start + runs.at(-1)!.duration - offset : 0;
      if (read.duration !== null && (end - beside) / timescale > read.duration + 0.001)
        findings.push(`${id} is longer than its Period`);
      read.tracks.push({
        id, init: fill('initialization', 0), timescale,
        segments: runs.map((run) => ({ ...run, uri: fill('media', run.start) })),
      });
    }
  }
  if (new Set(read.tracks.map(({ id }) => id)).size < read.tracks.length) findings.push('an id twice in a Period');
  return read;
}

export function readManifest(text: string, url: string): { manifest: Manifest | null; findings: string[] } {
  const findings: string[] = [];
  let mpd: Element;
  try {
    mpd = parseXml(text);
  } catch (error) {
    return { manifest: null, findings: [String(error)] };
  }
  lintShape(mpd, findings);
  if (findings.length > 0) return { manifest: null, findings };
  const dynamic = mpd.attributes.get('type') === 'dynamic';
  const wanted = dynamic
    ? ['availabilityStartTime', 'publishTime', 'minimumUpdatePeriod', 'suggestedPresentationDelay']
    : ['mediaPresentationDuration'];
  const refused = dynamic
    ? ['mediaPresentationDuration']
    : ['availabilityStartTime', 'publishTime', 'minimumUpdatePeriod', 'suggestedPresentationDelay'];
  for (const name of wanted) if (!mpd.attributes.has(name)) findings.push(`MPD lacks ${name}`);
  for (const name of refused) if (mpd.attributes.has(name)) findings.push(`MPD has ${name}`);
  if (dynamic !== mpd.children.some(({ name }) => name === 'UTCTiming'))
    findings.push('UTCTiming belongs to a dynamic MPD');
  const longest = seconds(mpd.attributes.get('maxSegmentDuration'), 'maxSegmentDuration', findings);
  const periods = mpd.children.filter(({ name }) => name === 'Period')
    .map((period) => readPeriod(period, url, findings));
  periods.forEach((period, i) => {
    const next = periods[i + 1];
    if (period.duration === null && (next !== undefined || !dynamic)) findings.push(`Period ${period.id} has no duration`);
    if (next !== undefined && next.start < period.start + (period.duration ?? 0) - 0.0001)
      findings.push(`Period ${next.id} begins before Period ${period.id} ends`);
    if (!dynamic && next !== undefined && Math.abs(next.start - period.start - period.duration!) > 0.0001)
      findings.push(`a hole before Period ${next.id} of a replay`);
    for (const { id, timescale, segments } of period.tracks)
      if (segments.some(({ duration }) => duration / timescale > longest)) findings.push(`${id} has too long a segment`);
  });
  if (new Set(periods.map(({ id }) => id)).size < periods.length) findings.push('two Periods of one id');
  const publishTime = Date.parse(mpd.attributes.get('publishTime') ?? '');
  return {
    findings,
    manifest: { dynamic, availabilityStart: mpd.attributes.get('availabilityStartTime'), publishTime, periods },
  };
}

/** What a later manifest of the same lesson must not change. */
export function lintUpdate(before: Manifest, after: Manifest): string[] {
  const findings: string[] = [];
  if (!before.dynamic) findings.push('a static manifest changed');
  if (!after.dynamic) return findings;
  if (after.availabilityStart !== before.availabilityStart) findings.push('availabilityStartTime changed');
  if (after.publishTime < before.publishTime) findings.push('publishTime went back');
  before.periods.forEach((period, i) => {
    const now = after.periods[i];
    if (now?.id !== period.id || now.start !== period.start) findings.push(`Period ${period.id} moved`);
  });
  return findings;
}

async function lintBytes({ id, init, timescale, segments }: ManifestPeriod['tracks'][number], findings: string[]) {
  const header = await fetch(init);
  if (!header.ok) return void findings.push(`${header.status} for ${init}`);
  const own = Buffer.from(await header.arrayBuffer());
  const mdhd = own.indexOf('mdhd');
  const ownScale = own.readUInt32BE(mdhd + (own[mdhd + 4] === 1 ? 24 : 16));
  for (const { uri, start, duration } of new Set([segments[0]!, segments[segments.length >> 1]!, segments.at(-1)!])) {
    const answer = await fetch(uri);
    if (!answer.ok) {
      findings.push(`${answer.status} for ${uri}`);
      continue;
    }
    if (!/immutable/.test(answer.headers.get('cache-control') ?? '')) findings.push(`${uri} may not be kept`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const tfdt = bytes.indexOf('tfdt');
    const length = trackSummary(Buffer.concat([own, bytes])).duration / ownScale;
    if (Math.abs(length - duration / timescale) > 1e-6) findings.push(`${id} t=${start} of ${duration} lasts ${length} s`);
    const at = Number(bytes.readBigUInt64BE(tfdt + 8)) / ownScale;
    if (Math.abs(at - start / timescale) > 1e-6) findings.push(`${id} t=${start} of ${duration} begins at ${at} s`);
  }
}

/** Everything wrong with the manifest at `url`, and with a sample of its segments. */
export async function lintManifest(url: string): Promise<string[]> {
  const answer = await fetch(url);
  const expected: Record<string, RegExp> = {
    'content-type': /^application\/dash\+xml$/,
    'cache-control': /^public, max-age=\d+$/,
    'access-control-allow-origin': /^\*$/,
    vary: /accept-encoding/i,
  };
  const findings = Object.entries(expected).flatMap(([name, value]) =>
    (value.test(answer.headers.get(name) ?? '') ? [] : [`${name}: ${answer.headers.get(name)}`]));
  const { manifest, findings: read } = readManifest(await answer.text(), url);
  findings.push(...read);
  for (const period of manifest?.periods ?? [])
    for (const track of period.tracks) await lintBytes(track, findings);
  return findings;
}
