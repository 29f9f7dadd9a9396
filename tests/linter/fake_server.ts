/** A small low-latency server, right by default and wrong on request, to test lintLive(). */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export type Fault =
  | 'segment-differs'
  | 'hint-not-held'
  | 'unchanged-playlist'
  | 'no-cors'
  | 'wrong-type'
  | 'kept-playlist'
  | 'malformed-accepted'
  | 'far-ahead-held'
  | 'unknown-served'
  | 'token-ignored'
  | 'reports-missing'
  | 'no-gzip'
  | 'delta-too-long'
  | 'ended-directives';

const PARTS = 3;
const PART_S = 0.2;
const TARGET_S = 1;
const HISTORY = 220; /* segments: over two minutes, so that deltas are offered */
const TRACKS = ['v360', 'v720', 'audio'];
const TOKEN = 'A'.repeat(40);

interface Waiting {
  due: number;
  answer: () => void;
}

export class FakeServer {
  private readonly server: Server;
  private readonly waiting = new Set<Waiting>();
  private readonly timer: NodeJS.Timeout;
  private readonly bornMs = Date.now();
  private slots = HISTORY * PARTS + 1;
  private ended = false;

  private constructor(private readonly fault: Fault | null) {
    this.server = createServer((request, response) => this.serve(request, response));
    this.timer = setInterval(() => this.tick(), PART_S * 1000);
  }

  static async start(fault: Fault | null = null): Promise<FakeServer> {
    const self = new FakeServer(fault);
    await new Promise<void>((done) => self.server.listen(0, '127.0.0.1', done));
    return self;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/live/${TOKEN}/7/multivariant.m3u8`;
  }

  end(): void {
    this.slots -= this.slots % PARTS;
    this.ended = true;
    this.wake();
  }

  stop(): void {
    clearInterval(this.timer);
    this.server.closeAllConnections();
    this.server.close();
  }

  private tick(): void {
    if (this.ended) return;
    this.slots++;
    this.wake();
  }

  private wake(): void {
    for (const waiting of this.waiting) {
      if (!this.ended && this.slots < waiting.due) continue;
      this.waiting.delete(waiting);
      waiting.answer();
    }
  }

  /** Answers when `due` slots are there. */
  private hold(due: number, answer: () => void): void {
    if (this.ended || this.slots >= due) answer();
    else this.waiting.add({ due, answer });
  }

  private date(msn: number): string {
    return new Date(this.bornMs + msn * PARTS * PART_S * 1000).toISOString();
  }

  private segment(msn: number, track: string, withParts: boolean): string[] {
    const n = Math.min(PARTS, this.slots - msn * PARTS);
    const lines = msn === 0 ? ['#EXT-X-MAP:URI="1/init.mp4"'] : [];
    if (msn % 4 === 0) lines.push(`#EXT-X-PROGRAM-DATE-TIME:${this.date(msn)}`);
    for (let i = 0; i < n && withParts; i++)
      lines.push(
        `#EXT-X-PART:DURATION=${PART_S.toFixed(5)},URI="1/${msn}.${i}.m4s"` +
          (i === 0 || track === 'audio' ? ',INDEPENDENT=YES' : ''),
      );
    if (n === PARTS) lines.push(`#EXTINF:${(PARTS * PART_S).toFixed(5)},`, `1/${msn}.m4s`);
    return lines;
  }

  private playlist(track: string, delta: boolean): string {
    const whole = Math.floor(this.slots / PARTS);
    const open = this.slots % PARTS;
    const skipped = delta && !this.ended ? whole - (this.fault === 'delta-too-long' ? 5 : 12) : 0;
    const end = this.slots * PART_S;
    const lines = [
      '#EXTM3U',
      `#EXT-X-VERSION:${skipped > 0 ? 9 : 6}`,
      `#EXT-X-TARGETDURATION:${TARGET_S}`,
      `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6.0,HOLD-BACK=3.0,PART-HOLD-BACK=${(3 * PART_S).toFixed(5)}`,
      `#EXT-X-PART-INF:PART-TARGET=${PART_S.toFixed(5)}`,
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-DISCONTINUITY-SEQUENCE:0',
    ];
    if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
    for (let msn = skipped; msn < whole + (open > 0 ? 1 : 0); msn++) {
      const near = msn * PARTS * PART_S >= end - 3 * TARGET_S - 1e-6;
      lines.push(...this.segment(msn, track, near && !this.ended));
    }
    if (this.ended) lines.push('#EXT-X-ENDLIST');
    else lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="1/${whole}.${open}.m4s"`, ...this.reports(track));
    return lines.join('\n') + '\n';
  }

  private reports(track: string): string[] {
    const last = this.slots - 1;
    const others = TRACKS.filter((name) => name !== track && this.fault !== 'reports-missing');
    return others.map(
      (name) =>
        `#EXT-X-RENDITION-REPORT:URI="../${name}/playlist.m3u8",LAST-MSN=${Math.floor(last / PARTS)},LAST-PART=${last % PARTS}`,
    );
  }

  private multivariant(audioOnly: boolean): string {
    const lines = ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-INDEPENDENT-SEGMENTS'];
    if (audioOnly)
      return [...lines, '#EXT-X-STREAM-INF:BANDWIDTH=9000,AVERAGE-BANDWIDTH=8000,CODECS="mp4a.40.2"', 'audio/playlist.m3u8', ''].join('\n');
    lines.push('#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="a",LANGUAGE="zh",URI="audio/playlist.m3u8"');
    for (const [name, size] of [['v360', '640x360'], ['v720', '1280x720']])
      lines.push(
        `#EXT-X-STREAM-INF:BANDWIDTH=9000,AVERAGE-BANDWIDTH=8000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=${size},FRAME-RATE=25.000,AUDIO="audio"`,
        `${name}/playlist.m3u8`,
      );
    return lines.join('\n') + '\n';
  }

  private send(response: ServerResponse, status: number, type: string, control: string, body: Buffer, gzip = false): void {
    const headers: Record<string, string> = { 'Cache-Control': control };
    if (type !== '') headers['Content-Type'] = this.fault === 'wrong-type' ? 'text/plain' : type;
    if (this.fault !== 'no-cors') {
      headers['Access-Control-Allow-Origin'] = '*';
      headers['Access-Control-Expose-Headers'] = 'Age, Date';
    }
    if (gzip) headers['Vary'] = 'Accept-Encoding';
    if (gzip && this.fault !== 'no-gzip') headers['Content-Encoding'] = 'gzip';
    response.writeHead(status, headers);
    response.end(gzip && this.fault !== 'no-gzip' ? gzipSync(body) : body);
  }

  private text(response: ServerResponse, text: string, age: number): void {
    const seconds = this.fault === 'kept-playlist' ? 600 : age;
    this.send(response, 200, 'application/vnd.apple.mpegurl', `public, max-age=${seconds}`, Buffer.from(text), true);
  }

  private refuse(response: ServerResponse, status: number): void {
    this.send(response, status, '', 'no-store', Buffer.alloc(0));
  }

  private servePlaylist(response: ServerResponse, track: string, query: URLSearchParams): void {
    const msn = query.get('_HLS_msn');
    const part = query.get('_HLS_part');
    const delta = query.get('_HLS_skip') === 'YES';
    const answer = (): void => this.text(response, this.playlist(track, delta), msn === null ? 1 : TARGET_S);
    if (this.ended && this.fault !== 'ended-directives') return answer();
    const numeric = [msn, part].every((value) => value === null || /^\d+$/.test(value));
    if ((!numeric || (part !== null && msn === null)) && this.fault !== 'malformed-accepted')
      return this.refuse(response, 400);
    if (msn === null || this.fault === 'unchanged-playlist') return answer();
    const last = Math.floor(this.slots / PARTS) - 1;
    if (Number(msn) > last + 2) {
      if (this.fault !== 'far-ahead-held') return this.refuse(response, 400);
      return this.hold(this.slots + 2, answer);
    }
    const wanted = Number(msn) * PARTS + (part === null ? PARTS - 1 : Math.min(Number(part), PARTS));
    this.hold(wanted + 1, answer);
  }

  private bytes(track: string, msn: number, part: number): Buffer {
    return Buffer.from(`[${track} ${msn}.${part}]`.padEnd(60, '.'));
  }

  private serveMedia(response: ServerResponse, track: string, name: string): void {
    const type = track === 'audio' ? 'audio/mp4' : 'video/mp4';
    const give = (bytes: Buffer): void => this.send(response, 200, type, 'public, max-age=31536000, immutable', bytes);
    const match = /^1\/(0|[1-9]\d*)(?:\.(0|[1-9]\d*))?\.m4s$/.exec(name);
    if (name === '1/init.mp4') return give(Buffer.from('init'));
    if (!match) return this.fault === 'unknown-served' ? give(Buffer.from('?')) : this.refuse(response, 404);
    const msn = Number(match[1]);
    const parts = match[2] === undefined ? [0, 1, 2] : [Number(match[2])];
    const slot = msn * PARTS + parts.at(-1)!;
    const bytes = Buffer.concat(parts.map((part) => this.bytes(track, msn, part)));
    if (slot === this.slots && match[2] !== undefined && !this.ended && this.fault !== 'hint-not-held')
      return this.hold(slot + 1, () => give(bytes));
    if (slot >= this.slots || parts.at(-1)! >= PARTS) return this.refuse(response, 404);
    give(this.fault === 'segment-differs' && parts.length > 1 ? bytes.subarray(1) : bytes);
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://fake');
    const [, , token, , ...rest] = url.pathname.split('/');
    if (token !== TOKEN && this.fault !== 'token-ignored') return this.refuse(response, 403);
    const name = rest.join('/');
    if (name === 'multivariant.m3u8') return this.text(response, this.multivariant(false), 1);
    if (name === 'audio.m3u8') return this.text(response, this.multivariant(true), 1);
    const [track, ...media] = rest;
    if (!TRACKS.includes(track ?? '')) return this.refuse(response, 404);
    if (media.join('/') === 'playlist.m3u8') return this.servePlaylist(response, track!, url.searchParams);
    this.serveMedia(response, track!, media.join('/'));
  }
}
