// Somebody who directs a lesson, for tests of those who take part in it.
import { randomUUID } from 'node:crypto';
import { people } from './county.ts';
import { until } from './process.ts';
import { Socket } from './socket.ts';
import type { Server } from './server.ts';

interface Told {
  seq: number;
  kind: string;
  text?: string;
  member?: number;
}

export class Teacher {
  private constructor(
    private readonly server: Server,
    private readonly lesson: number,
    private readonly cookie: string,
    readonly socket: Socket,
  ) {}

  static async enter(server: Server, lesson: number, number = people.administrator.number): Promise<Teacher> {
    const cookie = await server.signIn(number);
    const address = `${server.addresses.http}/classroom?lesson=${lesson}&client=00000000000000aa&since=0`;
    const socket = await Socket.open(address, cookie);
    await socket.expect('welcome');
    return new Teacher(server, lesson, cookie, socket);
  }

  /** Resolves with the number of its event once it is on disk. */
  async do(doing: { type: string; [member: string]: unknown }): Promise<number> {
    const id = randomUUID();
    this.socket.send({ ...doing, id });
    const answer = await until(`an answer to ${doing.type}`, () =>
      this.socket.messages.find((one) => one['id'] === id));
    if (answer.type !== 'done') throw new Error(`${doing.type}: ${JSON.stringify(answer)}`);
    return Number(answer['seq'] ?? 0);
  }

  /** The first event of `kind` that this one was told, after the one numbered `after`. */
  told(kind: string, after = 0): Promise<Told> {
    return until(`an event ${kind}`, () =>
      this.#events().find((event) => event.kind === kind && event.seq > after));
  }

  /** The number of the last event that this one was told. */
  get seq(): number {
    return this.#events().reduce((last, { seq }) => Math.max(last, seq), 0);
  }

  #events(): Told[] {
    return this.socket.messages.flatMap((one) => (one['events'] ?? []) as Told[]);
  }

  setBreak(on: boolean): void {
    this.socket.send({ type: 'break', on });
  }

  /** Everybody is asked whether they are there. */
  async prompt(): Promise<void> {
    await this.#post('prompts');
  }

  async handOut(title: string, file: Blob): Promise<void> {
    await this.#post(`handouts?title=${encodeURIComponent(title)}`, file);
  }

  async #post(what: string, body?: Blob): Promise<void> {
    const answer = await fetch(`${this.server.addresses.http}/api/v1/lessons/${this.lesson}/${what}`, {
      method: 'POST',
      headers: { cookie: this.cookie, 'x-requested-with': 'airclass' },
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
  }

  leave(): void {
    this.socket.cut();
  }
}
