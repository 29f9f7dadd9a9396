import { type Findings } from './finding.ts';
import { type Answer, get, lintHeaders, nameOf } from './http.ts';
import { lintMedia } from './media.ts';
import {
  type Edge,
  type MediaPlaylist,
  type Segment,
  edgeOf,
  isBefore,
  lengthOf,
  parseMedia,
} from './playlist.ts';
import { lintDelta, lintUpdate } from './update.ts';

/** Every how many reloads the playlist is also asked for without directives. */
const FULL_EVERY = 10;

/**
 * Follows one rendition as a low-latency player does, and checks what it meets: each
 * update, each part, the hinted part asked for early, each segment against its parts.
 */
export class Follower {
  /** The newest playlist that was had whole, skipped segments put back. */
  text = '';
  /** The largest rate of a segment that was read, in bit/s. */
  peakBps = 0;
  private readonly parts = new Map<string, Uint8Array>();
  private readonly hinted = new Map<string, Promise<Answer | null>>();
  private readonly maps = new Set<string>();
  private readonly wholes = new Set<string>();
  private previous = '';
  private round = 0;

  constructor(
    readonly url: string,
    private readonly kind: 'video' | 'audio',
    private readonly out: Findings,
    private readonly signal: AbortSignal,
  ) {}

  private get targetDuration(): number {
    return parseMedia(this.text).targetDuration;
  }

  private get name(): string {
    return nameOf(this.url);
  }

  async begin(): Promise<MediaPlaylist | null> {
    const answer = await get(this.url, this.signal);
    this.out.check(answer.status === 200, 'status', `${this.name}: ${answer.status}`);
    if (answer.status !== 200) return null;
    const playlist = parseMedia(answer.text);
    if (!playlist.endList) lintHeaders(answer, 'playlist', playlist.targetDuration, this.out);
    this.take(answer.text);
    await this.readSegment(playlist.segments[0]);
    return playlist;
  }

  private take(text: string): void {
    this.out.addAll(lintMedia(text, { kind: this.kind }), this.name);
    if (this.previous !== '') this.out.addAll(lintUpdate(this.previous, text), this.name);
    this.previous = text;
    if (parseMedia(text).skipped === 0) this.text = text;
  }

  private media(uri: string): string {
    return new URL(uri, this.url).href;
  }

  private async fetchMedia(uri: string, rule: string): Promise<Uint8Array | null> {
    const answer = await get(this.media(uri), this.signal);
    this.out.check(answer.status === 200, rule, `${this.name}: ${uri} is listed and answers ${answer.status}`);
    if (answer.status !== 200) return null;
    lintHeaders(answer, this.kind, 0, this.out);
    return answer.body;
  }

  /** Asks for the hinted part before it is there: it must be held and then sent whole. */
  private askHinted(playlist: MediaPlaylist): void {
    const uri = playlist.hints[0]?.get('URI');
    if (uri === undefined || this.hinted.has(uri)) return;
    this.hinted.set(uri, get(this.media(uri), this.signal).catch(() => null));
  }

  private async checkHinted(uri: string, bytes: Uint8Array): Promise<void> {
    const answer = await this.hinted.get(uri);
    this.hinted.delete(uri);
    if (!answer) return;
    this.out.check(answer.status === 200, 'hint-held', `${this.name}: hinted ${uri} answered ${answer.status}`);
    this.out.check(
      answer.status !== 200 || Buffer.compare(answer.body, bytes) === 0,
      'hint-bytes',
      `${this.name}: ${uri} had other bytes when it was only hinted`,
    );
  }

  private async readParts(segment: Segment): Promise<void> {
    for (const part of segment.parts) {
      if (part.gap || this.parts.has(part.uri)) continue;
      const bytes = await this.fetchMedia(part.uri, 'servable');
      if (!bytes) continue;
      this.parts.set(part.uri, bytes);
      await this.checkHinted(part.uri, bytes);
    }
  }

  /** A segment is the concatenation of its parts, byte for byte. */
  private async readSegment(segment: Segment | undefined): Promise<void> {
    if (!segment?.uri || segment.gap || this.wholes.has(segment.uri)) return;
    this.wholes.add(segment.uri);
    const whole = await this.fetchMedia(segment.uri, 'servable');
    if (whole && segment.duration >= this.targetDuration / 2)
      this.peakBps = Math.max(this.peakBps, (whole.length * 8) / segment.duration);
    const parts = segment.parts.map((part) => this.parts.get(part.uri));
    if (!whole || parts.length === 0 || parts.some((part) => part === undefined)) return;
    const joined = Buffer.concat(parts as Uint8Array[]);
    this.out.check(
      Buffer.compare(joined, whole) === 0,
      'segment-bytes',
      `${this.name}: segment ${segment.uri} is not the concatenation of its parts`,
    );
  }

  private async readMaps(playlist: MediaPlaylist): Promise<void> {
    for (const { map } of playlist.segments) {
      if (map === null || this.maps.has(map)) continue;
      this.maps.add(map);
      await this.fetchMedia(map, 'servable');
    }
  }

  private async readMedia(playlist: MediaPlaylist): Promise<void> {
    if (playlist.endList) return;
    this.askHinted(playlist);
    await this.readMaps(playlist);
    for (const segment of playlist.segments.filter((s) => s.parts.length > 0)) {
      await this.readParts(segment);
      await this.readSegment(segment);
    }
  }

  /** Asks for the next part with a blocking reload, every other time as a delta. */
  private async reload(edge: Edge, target: number): Promise<MediaPlaylist | null> {
    const delta = this.round % 2 === 1;
    const query = `?_HLS_msn=${edge.msn}&_HLS_part=${edge.part}${delta ? '&_HLS_skip=YES' : ''}`;
    const answer = await get(this.url + query, this.signal);
    if (answer.status === 503) {
      this.out.check(
        answer.tookMs >= 2500 * target,
        'held',
        `${this.name}: 503 after ${Math.round(answer.tookMs)} ms`,
      );
      return parseMedia(this.previous);
    }
    this.out.check(answer.status === 200, 'status', `${this.name}${query}: ${answer.status}`);
    if (answer.status !== 200) return null;
    const playlist = parseMedia(answer.text);
    if (!playlist.endList) {
      lintHeaders(answer, 'directed', target, this.out);
      this.out.check(
        isBefore(edge, edgeOf(playlist)),
        'held',
        `${this.name}${query}: answered without what was asked for`,
      );
    }
    this.take(answer.text);
    if (delta && playlist.skipped > 0) await this.checkDelta(answer.text);
    return playlist;
  }

  private async checkDelta(delta: string): Promise<void> {
    const answer = await get(this.url, this.signal);
    if (answer.status !== 200 || parseMedia(answer.text).endList) return;
    this.out.addAll(lintDelta(this.text, delta, answer.text), this.name);
    this.text = answer.text;
  }

  /** The delta of a long list is offered, and one of a short list is not needed. */
  private checkSkipOffered(playlist: MediaPlaylist): void {
    const length = parseMedia(this.text).segments.reduce((sum, s) => sum + lengthOf(s), 0);
    if (this.round % 2 === 1 && !playlist.endList && length > 130)
      this.out.check(playlist.skipped > 0, 'skip', `${this.name}: no delta update of ${Math.round(length)} s`);
  }

  async follow(untilMs: number): Promise<void> {
    let playlist = await this.begin();
    while (playlist && !playlist.endList && Date.now() < untilMs && !this.signal.aborted) {
      await this.readMedia(playlist);
      this.round++;
      const next: MediaPlaylist | null = await this.reload(edgeOf(playlist), playlist.targetDuration);
      if (next) this.checkSkipOffered(next);
      playlist = next;
      if (this.round % FULL_EVERY === 0 && playlist && !playlist.endList) {
        const whole = await get(this.url, this.signal);
        if (whole.status === 200) this.take(whole.text);
      }
    }
  }
}
