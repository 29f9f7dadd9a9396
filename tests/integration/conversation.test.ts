// What people say in a lesson, over its sockets, and what a page hears that was away.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../support/process.ts';
import { Server, type Lesson } from '../support/server.ts';
import { Socket, type Message } from '../support/socket.ts';

const SPEAKERS = 7;
const LINES = 30; // of each, as many as a member may say at once
let server: Server;
let lesson: Lesson;
let cookies: string[];

const open = (i: number, since: number): Promise<Socket> =>
  Socket.open(
    `${server.addresses.http}/classroom?lesson=${lesson.lesson}&client=00000000000000a${i}&since=${since}`,
    cookies[i]!);

const ofType = (socket: Socket, type: string): Message[] => socket.messages.filter((one) => one.type === type);

beforeAll(async () => {
  server = await Server.start();
  lesson = await server.addLesson('第一课');
  const numbers = Array.from({ length: SPEAKERS }, (_, i) => String(1001 + i));
  for (const number of numbers) await server.addMember(number, `讲师${number}`, 'staff');
  cookies = await Promise.all(numbers.map((number) => server.signIn(number)));
});

afterAll(async () => {
  await server?.dispose();
});

it('refuses a break of a lesson that is not live, and says why', async () => {
  const director = await open(0, 0);
  await director.expect('welcome');
  director.send({ type: 'break', on: true });
  expect(await director.expect('refused')).toEqual({
    type: 'refused', code: 'state', field: 'on',
    detail: `lesson ${lesson.lesson} is not live: only then it has breaks`,
  });
  director.cut();
});

it('tells a page that has missed much that there is a gap, and how things stand', async () => {
  for (let i = 0; i < SPEAKERS; i++) {
    const speaker = await open(i, 0);
    await speaker.expect('welcome');
    for (let line = 1; line <= LINES; line++) {
      speaker.send({ type: 'chat', id: `line-${line}`, text: `第${line}行` });
      // So many wait for the disk at most.
      if (line % 10 === 0) await until('the lines', () => ofType(speaker, 'done').length === line);
    }
    speaker.cut();
  }
  const last = SPEAKERS * LINES;
  for (const [since, gap] of [[1, true], [last + 1, true], [last - 200, false], [0, false]] as const) {
    const page = await open(0, since);
    await page.expect('yours');
    expect(ofType(page, 'gap'), `since ${since}`).toEqual(gap ? [{ type: 'gap', since }] : []);
    const types = page.messages.map(({ type }) => type);
    if (gap) expect(types.slice(types.indexOf('gap')).slice(0, 2)).toEqual(['gap', 'state']);
    expect(ofType(page, 'state').map(({ seq }) => seq)).toEqual(gap || since === 0 ? [last] : []);
    page.cut();
  }
});
