// A weak line between a browser and the server: a relay of UDP that loses what it is told
// to, and lets through so much a second, behind a queue.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

const candidate = /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host.*$/i;

export class WeakLine {
  /** Of what the server sends: the share that is lost, and bits a second that pass. */
  loss = 0;
  bps = Infinity;
  /** What would wait longer is lost. */
  queueMs = 300;

  private freeAt = 0;
  private sockets: Socket[] = [];

  /** The answer with the line's address in place of the server's. */
  async reroute(answer: string): Promise<string> {
    const lines = answer.split('\r\n');
    const found = lines.map((line) => candidate.exec(line)).find((match) => match !== null && !match[1]!.includes(':'));
    if (!found) throw new Error(`no candidate in\n${answer}`);
    const [line, host, port] = found as unknown as [string, string, string];
    const [near, far] = await Promise.all([this.socket(host), this.socket(host)]);
    let browser: RemoteInfo | undefined;
    near.on('message', (packet, from) => {
      browser = from;
      far.send(packet, Number(port), host);
    });
    far.on('message', (packet) => this.carry(packet, () => near.send(packet, browser!.port, browser!.address)));
    const ours = line.replace(` ${host} ${port} `, ` ${host} ${near.address().port} `);
    return lines.filter((other) => !other.startsWith('a=candidate:') || other === line)
      .map((other) => other === line ? ours : other).join('\r\n');
  }

  close(): void {
    for (const socket of this.sockets.splice(0)) socket.close();
  }

  private async socket(host: string): Promise<Socket> {
    const socket = createSocket('udp4');
    this.sockets.push(socket);
    socket.bind(0, host);
    await once(socket, 'listening');
    return socket;
  }

  private carry(packet: Buffer, send: () => void): void {
    const now = performance.now();
    const begins = Math.max(now, this.freeAt);
    if (Math.random() < this.loss || begins - now > this.queueMs) return;
    this.freeAt = begins + (packet.length * 8000) / this.bps;
    if (this.freeAt - now < 1) send();
    else setTimeout(() => { if (this.sockets.length > 0) send(); }, this.freeAt - now);
  }
}
