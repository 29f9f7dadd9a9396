// A WebSocket client of a few lines (RFC 6455): Debian's Node has none. Text frames of
// up to 64 KiB, not fragmented, which is all that the classroom sends.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { until } from './process.ts';

export interface Message {
  type: string;
  [member: string]: unknown;
}

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

export class Socket {
  readonly messages: Message[] = [];
  /** The code that the server closed with. */
  closed: number | undefined;
  /** The line is gone, with or without a close. */
  lost = false;
  #pending = Buffer.alloc(0);

  private constructor(private readonly stream: NetSocket) {
    stream.on('data', (bytes: Buffer) => this.#read(bytes));
    stream.on('error', () => undefined);
    stream.on('close', () => (this.lost = true));
  }

  static async open(url: string, cookie: string): Promise<Socket> {
    const key = randomBytes(16).toString('base64');
    return new Promise((resolve, reject) => {
      const upgrade = request(url, {
        headers: {
          connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13',
          'sec-websocket-key': key, 'sec-websocket-protocol': 'airclass', cookie,
        },
      });
      upgrade.on('upgrade', (_response, stream: NetSocket, head) => {
        const socket = new Socket(stream);
        socket.#read(head);
        resolve(socket);
      });
      upgrade.on('response', (response) => reject(new Error(`not upgraded: ${response.statusCode}`)));
      upgrade.on('error', reject);
      upgrade.end();
    });
  }

  #read(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    for (;;) {
      const buffer = this.#pending;
      if (buffer.length < 2) return;
      const short = buffer[1]! & 0x7f;
      const head = short === 126 ? 4 : 2;
      if (buffer.length < head) return;
      const length = short === 126 ? buffer.readUInt16BE(2) : short;
      if (buffer.length < head + length) return;
      this.#pending = buffer.subarray(head + length);
      this.#take(buffer[0]! & 0xf, buffer.subarray(head, head + length));
    }
  }

  #take(opcode: number, payload: Buffer): void {
    if (opcode === TEXT) this.messages.push(JSON.parse(payload.toString()) as Message);
    if (opcode === PING) this.#write(PONG, payload);
    if (opcode === CLOSE) this.closed = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
  }

  #write(opcode: number, payload: Buffer): void {
    const mask = randomBytes(4);
    const long = payload.length > 125;
    const head = Buffer.alloc(long ? 4 : 2);
    head[0] = 0x80 | opcode;
    head[1] = 0x80 | (long ? 126 : payload.length);
    if (long) head.writeUInt16BE(payload.length, 2);
    this.stream.write(Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i % 4]!)]));
  }

  send(message: object): void {
    this.#write(TEXT, Buffer.from(JSON.stringify(message)));
  }

  /** The first message of @type from number @from on. */
  expect(type: string, from = 0): Promise<Message> {
    return until(`a message "${type}"`, () => this.messages.slice(from).find((one) => one.type === type));
  }

  /** The line is cut: nothing is said about it. */
  cut(): void {
    this.stream.destroy();
  }
}
