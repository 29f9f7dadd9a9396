// The screen of a room without a browser: let in by its code, it fetches what is live and
// tells what it has shown.
import { fetchBytes, mediaPlaylist, tracks } from './hls.ts';
import type { Server } from './server.ts';
import { Socket } from './socket.ts';

export class RoomScreen {
  #seq = 0;
  #fetched = 0;

  private constructor(
    readonly socket: Socket,
    private readonly audio: string,
  ) {}

  /** Once there is something to show. */
  static async enter(server: Server, site: number, lesson: number): Promise<RoomScreen> {
    const at = server.addresses.http;
    const ask = (path: string, body: object, cookie = ''): Promise<Response> =>
      fetch(`${at}/api/v1${path}`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', 'x-requested-with': 'airclass' },
        body: JSON.stringify(body),
      });
    const { code, secret } = (await (await ask('/screens/pairing', {})).json()) as { code: string; secret: string };
    await server.tool('screen', 'pair', code, '--site', String(site), '--name', '大屏');
    const claimed = await ask('/screens/pairing/claim', { secret });
    const cookie = claimed.headers.get('set-cookie')!.split(';')[0]!;
    const found = await fetch(`${at}/api/v1/lessons/${lesson}`, { headers: { cookie } });
    const { media } = (await found.json()) as { media: { multivariant: string } };
    const audio = (await tracks(new URL(media.multivariant, at).href)).get('audio')!;
    const socket = await Socket.open(`${at}/classroom?lesson=${lesson}&client=00000000000000aa&since=0`, cookie);
    await socket.expect('welcome');
    return new RoomScreen(socket, audio);
  }

  /** Shows what has come since. Returns what of the lesson counts as shown, ms; null when
   *  nothing has come. */
  async show(): Promise<number | null> {
    const { segments } = await mediaPlaylist(this.audio);
    const beats: object[] = [];
    let at = 0;
    for (const [index, segment] of segments.entries()) {
      const from = at;
      at += Math.floor(segment.duration * 1000);
      if (index < this.#fetched) continue;
      await fetchBytes(segment.uri);
      this.#fetched = index + 1;
      beats.push({ seq: ++this.#seq, from_ms: from, to_ms: at, rate: 1, playing: true, visible: true, mode: 'room' });
    }
    if (beats.length === 0) return null;
    const from = this.socket.messages.length;
    this.socket.send({ type: 'beats', beats });
    return (await this.socket.expect('ack', from)).accepted_ms as number;
  }

  close(): void {
    this.socket.cut();
  }
}
