/** A reader of HLS playlists that keeps what the linter asks about, faults included. */

export type Attributes = Map<string, string>;

export interface Part {
  uri: string;
  duration: number;
  independent: boolean;
  gap: boolean;
  byteRange: boolean;
}

export interface Segment {
  msn: number;
  /** null: under way, its EXTINF has not come. */
  uri: string | null;
  duration: number;
  gap: boolean;
  discontinuity: boolean;
  map: string | null;
  date: string | null;
  parts: Part[];
  /** MAP, DISCONTINUITY or PROGRAM-DATE-TIME that stood behind its first part. */
  lateTags: string[];
}

export interface Report {
  uri: string;
  lastMsn: number;
  lastPart: number;
}

export interface MediaPlaylist {
  text: string;
  firstLine: string;
  version: number;
  targetDuration: number;
  serverControl: Attributes | null;
  serverControlText: string;
  partTarget: number;
  mediaSequence: number | null;
  discontinuitySequence: number | null;
  skipped: number;
  /** MEDIA-SEQUENCE or DISCONTINUITY-SEQUENCE that stood behind SKIP or a segment. */
  lateHeaders: string[];
  byteRanges: number;
  segments: Segment[];
  hints: Attributes[];
  reports: Report[];
  endList: boolean;
}

export function parseAttributes(text: string): Attributes {
  const attributes: Attributes = new Map();
  for (const match of text.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g))
    attributes.set(match[1]!, match[2]!.replace(/^"|"$/g, ''));
  return attributes;
}

function emptySegment(msn: number): Segment {
  return {
    msn,
    uri: null,
    duration: NaN,
    gap: false,
    discontinuity: false,
    map: null,
    date: null,
    parts: [],
    lateTags: [],
  };
}

function parsePart(value: string): Part {
  const attributes = parseAttributes(value);
  return {
    uri: attributes.get('URI') ?? '',
    duration: Number(attributes.get('DURATION') ?? NaN),
    independent: attributes.get('INDEPENDENT') === 'YES',
    gap: attributes.get('GAP') === 'YES',
    byteRange: attributes.has('BYTERANGE'),
  };
}

function parseReport(value: string): Report {
  const attributes = parseAttributes(value);
  return {
    uri: attributes.get('URI') ?? '',
    lastMsn: Number(attributes.get('LAST-MSN') ?? NaN),
    lastPart: Number(attributes.get('LAST-PART') ?? NaN),
  };
}

class MediaReader {
  readonly playlist: MediaPlaylist;
  private segment: Segment | null = null;

  constructor(text: string) {
    this.playlist = {
      text,
      firstLine: text.split('\n', 1)[0] ?? '',
      version: NaN,
      targetDuration: NaN,
      serverControl: null,
      serverControlText: '',
      partTarget: NaN,
      mediaSequence: null,
      discontinuitySequence: null,
      skipped: 0,
      lateHeaders: [],
      byteRanges: 0,
      segments: [],
      hints: [],
      reports: [],
      endList: false,
    };
  }

  private current(): Segment {
    const { segments, mediaSequence, skipped } = this.playlist;
    this.segment ??= emptySegment((mediaSequence ?? 0) + skipped + segments.length);
    return this.segment;
  }

  private beginTag(name: string): Segment {
    const segment = this.current();
    if (segment.parts.length > 0) segment.lateTags.push(name);
    return segment;
  }

  private header(name: string): void {
    const { skipped, segments } = this.playlist;
    if (skipped > 0 || segments.length > 0 || this.segment) this.playlist.lateHeaders.push(name);
  }

  private readonly tags: Record<string, (value: string) => void> = {
    'EXT-X-VERSION': (v) => (this.playlist.version = Number(v)),
    'EXT-X-TARGETDURATION': (v) => (this.playlist.targetDuration = Number(v)),
    'EXT-X-SERVER-CONTROL': (v) => {
      this.playlist.serverControl = parseAttributes(v);
      this.playlist.serverControlText = v;
    },
    'EXT-X-PART-INF': (v) =>
      (this.playlist.partTarget = Number(parseAttributes(v).get('PART-TARGET') ?? NaN)),
    'EXT-X-MEDIA-SEQUENCE': (v) => {
      this.header('MEDIA-SEQUENCE');
      this.playlist.mediaSequence = Number(v);
    },
    'EXT-X-DISCONTINUITY-SEQUENCE': (v) => {
      this.header('DISCONTINUITY-SEQUENCE');
      this.playlist.discontinuitySequence = Number(v);
    },
    'EXT-X-SKIP': (v) =>
      (this.playlist.skipped = Number(parseAttributes(v).get('SKIPPED-SEGMENTS') ?? NaN)),
    'EXT-X-DISCONTINUITY': () => (this.beginTag('DISCONTINUITY').discontinuity = true),
    'EXT-X-MAP': (v) => (this.beginTag('MAP').map = parseAttributes(v).get('URI') ?? ''),
    'EXT-X-PROGRAM-DATE-TIME': (v) => (this.beginTag('PROGRAM-DATE-TIME').date = v),
    'EXT-X-GAP': () => (this.current().gap = true),
    'EXT-X-BYTERANGE': () => this.playlist.byteRanges++,
    'EXT-X-PART': (v) => this.current().parts.push(parsePart(v)),
    EXTINF: (v) => (this.current().duration = Number(v.split(',', 1)[0])),
    'EXT-X-PRELOAD-HINT': (v) => this.playlist.hints.push(parseAttributes(v)),
    'EXT-X-RENDITION-REPORT': (v) => this.playlist.reports.push(parseReport(v)),
    'EXT-X-ENDLIST': () => (this.playlist.endList = true),
  };

  line(line: string): void {
    if (line.startsWith('#')) {
      const colon = line.indexOf(':');
      const name = colon < 0 ? line.slice(1) : line.slice(1, colon);
      this.tags[name]?.(colon < 0 ? '' : line.slice(colon + 1));
    } else if (line !== '') {
      const segment = this.current();
      segment.uri = line;
      this.playlist.segments.push(segment);
      this.segment = null;
    }
  }

  finish(): MediaPlaylist {
    if (this.segment) this.playlist.segments.push(this.segment);
    return this.playlist;
  }
}

/** Segments come in order; the last may be under way (its `uri` is null). */
export function parseMedia(text: string): MediaPlaylist {
  const reader = new MediaReader(text);
  for (const line of text.split(/\r?\n/)) reader.line(line.trimEnd());
  return reader.finish();
}

export interface Variant {
  attributes: Attributes;
  uri: string;
}

export interface MultivariantPlaylist {
  firstLine: string;
  version: number;
  independentSegments: boolean;
  variants: Variant[];
  media: Attributes[];
  mediaTags: string[];
}

export function parseMultivariant(text: string): MultivariantPlaylist {
  const lines = text.split(/\r?\n/);
  const playlist: MultivariantPlaylist = {
    firstLine: lines[0] ?? '',
    version: NaN,
    independentSegments: false,
    variants: [],
    media: [],
    mediaTags: [],
  };
  let stream: Attributes | null = null;
  for (const line of lines) {
    const value = line.slice(line.indexOf(':') + 1);
    if (line.startsWith('#EXT-X-VERSION:')) playlist.version = Number(value);
    else if (line === '#EXT-X-INDEPENDENT-SEGMENTS') playlist.independentSegments = true;
    else if (line.startsWith('#EXT-X-MEDIA:')) playlist.media.push(parseAttributes(value));
    else if (line.startsWith('#EXT-X-STREAM-INF:')) stream = parseAttributes(value);
    else if (/^#EXT(INF|-X-(TARGETDURATION|PART|MEDIA-SEQUENCE)):/.test(line))
      playlist.mediaTags.push(line);
    else if (line !== '' && !line.startsWith('#')) {
      playlist.variants.push({ attributes: stream ?? new Map(), uri: line });
      stream = null;
    }
  }
  return playlist;
}

/** The next part to come: number of its segment, and its place there. */
export interface Edge {
  msn: number;
  part: number;
}

export function edgeOf(playlist: MediaPlaylist): Edge {
  const last = playlist.segments.at(-1);
  if (!last) return { msn: (playlist.mediaSequence ?? 0) + playlist.skipped, part: 0 };
  return last.uri === null ? { msn: last.msn, part: last.parts.length } : { msn: last.msn + 1, part: 0 };
}

export function isBefore(a: Edge, b: Edge): boolean {
  return a.msn < b.msn || (a.msn === b.msn && a.part < b.part);
}

export function lengthOf(segment: Segment): number {
  if (segment.uri !== null) return segment.duration;
  return segment.parts.reduce((sum, part) => sum + part.duration, 0);
}
