// SIGKILL, again and again, while members write in the chat: what they were told is done
// is there afterwards, and nothing is there twice.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { foundCounty, sessions } from '../support/crowd.ts';
import { until } from '../support/process.ts';
import type { Lesson, Server } from '../support/server.ts';
import { Socket, type Message } from '../support/socket.ts';

const writers = 12;
const linesEach = 10;
const kills = 3;

interface Line {
  seq: number;
  kind: string;
  text: string;
}

let server: Server;
let lesson: Lesson;
let cookies: string[]; // the teacher's, then the members'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A page that comes back by itself and knows how far it was told. */
class Page {
  socket: Socket | undefined;
  readonly lines: Line[] = [];
  #read = 0;
  #seq: number;

  constructor(private readonly cookie: string, since = 0) {
    this.#seq = since;
  }

  async open(): Promise<Socket> {
    this.socket = await until('the server', () => Socket.open(
      `${server.addresses.http}/classroom?lesson=${lesson.lesson}&client=00000000000000aa&since=${this.#seq}`,
      this.cookie));
    this.#read = 0;
    await until('a welcome', () => this.socket!.lost || this.socket!.messages.some(({ type }) => type === 'welcome'));
    return this.socket;
  }

  /** What has come since the last time. */
  read(): Message[] {
    const news = this.socket!.messages.slice(this.#read);
    this.#read += news.length;
    for (const message of news) {
      if (message.type !== 'events' && message.type !== 'state') continue;
      if (message.type === 'events') this.lines.push(...(message.events as Line[]).filter(({ kind }) => kind === 'chat'));
      this.#seq = message.seq as number;
    }
    return news;
  }
}

/** Writes its lines, those that are not done again with the same id, until all are. */
async function write(member: number, done: Map<string, number>): Promise<void> {
  const page = new Page(cookies[member]!);
  const texts = Array.from({ length: linesEach }, (_, i) => `${member}-${i}`);
  while (texts.some((text) => !done.has(text))) {
    const socket = await page.open();
    while (!socket.lost && texts.some((text) => !done.has(text))) {
      const waiting = texts.filter((text) => !done.has(text)).slice(0, 3);
      for (const text of waiting) socket.send({ type: 'chat', id: `line-${text}`, text });
      const answers = new Map<string, Message>();
      await until('answers', () => {
        for (const message of page.read())
          if (message.type === 'done' || message.type === 'refused') answers.set(message.id as string, message);
        return socket.lost || answers.size === waiting.length;
      });
      for (const [id, { type, seq }] of answers)
        if (type === 'done') done.set(id.slice('line-'.length), seq as number);
      await pause(Math.max(0, ...[...answers.values()].map(({ after_ms }) => (after_ms as number) || 0)));
    }
    socket.cut();
  }
}

/** Hears everything, over every restart, until it has heard so many lines. */
async function listen(page: Page, lines: number): Promise<Line[]> {
  for (;;) {
    const socket = await page.open();
    await until('lines', () => {
      page.read();
      return socket.lost || page.lines.length >= lines;
    }, 40_000);
    socket.cut();
    if (page.lines.length >= lines) return page.lines;
  }
}

beforeAll(async () => {
  server = await foundCounty(writers);
  lesson = await server.addLesson('讨论课');
  cookies = await sessions(server);
});

afterAll(async () => server?.dispose());

it('has every line that was acknowledged, once', async () => {
  const teacher = new Page(cookies[0]!);
  (await teacher.open()).send({ type: 'announcement', id: 'first', text: '开始讨论' });
  await teacher.socket!.expect('done'); // event 1: lines follow it
  const done = new Map<string, number>();
  const written = Promise.all(Array.from({ length: writers }, (_, i) => write(i + 1, done)));
  const heard = listen(new Page(cookies[0]!, 1), writers * linesEach);
  heard.catch(() => undefined); // what is lost is told below

  for (let kill = 1; kill <= kills; kill++) {
    await until('lines', () => done.size >= (kill * writers * linesEach) / (kills + 1), 40_000);
    await server.kill();
    await server.up();
  }
  await written;

  const late = new Page(cookies[1]!, 1);
  await (await late.open()).expect('yours'); // after what was missed
  late.read();
  expect(new Map(late.lines.map(({ text, seq }) => [text, seq]))).toEqual(done);
  expect(late.lines).toHaveLength(writers * linesEach);
  expect((await heard).map(({ text, seq }) => [text, seq])).toEqual(late.lines.map(({ text, seq }) => [text, seq]));

  const newcomer = new Page(cookies[2]!);
  const state = await (await newcomer.open()).expect('state');
  expect((state.lines as Line[]).map(({ seq, text }) => [seq, text]))
    .toEqual(late.lines.slice(-50).map(({ seq, text }) => [seq, text]));
});
