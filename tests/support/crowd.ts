// A county in one lesson: its members, the daemon that is killed in the middle, the
// pages (tests/load/load-client), and whether what they were told is what is on disk.
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Process, run, until } from './process.ts';
import { clip } from './publisher.ts';
import { build, Server, type Lesson } from './server.ts';
import { Socket } from './socket.ts';

export interface Shape {
  members: number;
  /** Over which they come in. */
  joinSeconds: number;
  /** From when all are there, with the restart in the middle. */
  seconds: number;
  /** From a line of the chat to the next. */
  lineSeconds: number;
}

interface Delays {
  count: number;
  /** Absent when there were none. */
  p50_ms?: number;
  p95_ms?: number;
  p99_ms?: number;
  max_ms?: number;
}

type PhaseName = 'join' | 'steady' | 'restart' | 'again';

interface Phase {
  seconds: number;
  bytes: number;
  peak_messages_s: number;
  ack: Delays;
  welcome: Delays;
  line: Delays;
  messages: Record<'ack' | 'welcome' | 'retry' | 'presence' | 'events' | 'other', number>;
}

/** What the pages saw; its names are load-client's. */
export interface Seen {
  members: number;
  beats: number;
  acknowledged: number;
  played_ms: number;
  accepted_ms: number;
  retries: number;
  repeated: number;
  refused: number;
  late_answers: number;
  lost_lines: Record<PhaseName, number>;
  close_codes: Record<string, number>;
  joined_s: number;
  back_s: number;
  media_bytes: number;
  client_cpu_s: number;
  phases: Record<PhaseName, Phase>;
}

/** Shares of a core. */
export interface Cost {
  store: number;
  main: number;
  front: number;
  whole: number;
  rssMiB: number;
  /** Share of the machine that was busy, with whatever else ran on it. */
  machine: number;
}

/** Differences between what members were told and what is on disk; all to be 0. */
export interface Losses {
  beats: number;
  totals: number;
  ledger: number;
}

export interface Outcome {
  seen: Seen;
  costs: Record<PhaseName, Cost>;
  losses: Losses;
  settledSeconds: number;
  ledgerEntries: number;
}

const number = (i: number) => String(100_000 + i);

async function fill(server: Server, members: number): Promise<void> {
  const villages = Math.max(2, Math.round(members / 60));
  const file = join(server.data, 'roster.csv');
  const rows = Array.from({ length: members }, (_, i) => `${number(i)},王${i},第${i % villages}村`);
  // The staff see who is there, and come first.
  await server.addMember('9001', '教员', 'administrator');
  await server.tool('branch', 'add', '--name', '某县');
  for (let i = 0; i < villages; i++)
    await server.tool('branch', 'add', '--name', `第${i}村`, '--parent', '1', '--kind', 'village');
  await writeFile(file, `编号,姓名,流出地支部\n${rows.join('\n')}\n`);
  const { digest } = await server.json<{ digest: string }>('import', 'members', file);
  await server.tool('import', 'members', file, '--apply', digest);
}

/** A server with a teacher and so many members, signed in: sessions() has their cookies. */
export async function foundCounty(members: number): Promise<Server> {
  const server = await Server.start('--settle-after', '1', '--settle-idle', '3600');
  try {
    await fill(server, members);
    await server.down();
    await run(join(build, 'tests/load/load-sessions'), [server.data, join(server.data, 'sessions')]);
    await server.up();
    return server;
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

/** Cookies, the teacher's first. */
export async function sessions(server: Server): Promise<string[]> {
  const lines = (await readFile(join(server.data, 'sessions'), 'utf8')).trim().split('\n');
  return lines.map((line) => `airclass_session=${line.split(' ')[1]}`);
}

/** A prepared lecture, again and again. */
export async function beginLesson(server: Server): Promise<Lesson> {
  await copyFile(await clip({ width: 640, height: 360, fps: 25, seconds: 20 }),
    join(server.data, 'lectures', 'lecture.mp4'));
  const lesson = await server.addLesson('全县大课', '--source', 'lecture.mp4', '--loop');
  await server.tool('lesson', 'start', String(lesson.lesson));
  await until('a lesson to come into', async () => (await server.lessons())[0]!.length_ms > 5_000);
  return lesson;
}

/** Ticks of all cores so far: busy, and all. */
function ticks(): [number, number] {
  const all = cpus().map(({ times }) => [times.user + times.nice + times.sys + times.irq, times.idle]);
  const busy = all.reduce((sum, [some]) => sum + some!, 0);
  return [busy, busy + all.reduce((sum, [, idle]) => sum + idle!, 0)];
}

/** Seconds of CPU so far, by thread. */
async function spent(pid: number): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const stat = await readFile(`/proc/${pid}/task/${task}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const name = task === String(pid) ? 'main' : stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    sums.set(name, (sums.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) / 100);
  }
  return sums;
}

class Meter {
  #before = new Map<string, number>();
  #began = performance.now();
  #ticks = ticks();

  async begin(pid: number, fresh = false): Promise<void> {
    this.#before = fresh ? new Map() : await spent(pid);
    this.#began = performance.now();
    this.#ticks = ticks();
  }

  async cost(pid: number): Promise<Cost> {
    const seconds = (performance.now() - this.#began) / 1000;
    const shares = new Map([...await spent(pid)].map(([name, sum]) =>
      [name, (sum - (this.#before.get(name) ?? 0)) / seconds]));
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const [busy, all] = ticks();
    const of = (name: string) => shares.get(name) ?? 0;
    return {
      store: of('store'), main: of('main'), front: of('front'),
      whole: [...shares.values()].reduce((sum, share) => sum + share, 0),
      rssMiB: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024,
      machine: (busy - this.#ticks[0]) / (all - this.#ticks[1]),
    };
  }
}

/** Says when it is, so that pages can tell how long a line took. */
class Talker {
  #sockets: Socket[] = [];
  #timer: NodeJS.Timeout | undefined;
  #n = 0;

  constructor(private readonly server: Server, private readonly lesson: Lesson) {}

  /** By as many members as it takes: each may write a line a second. */
  async begin(everySeconds: number): Promise<void> {
    const url = `${this.server.addresses.http}/classroom?lesson=${this.lesson.lesson}&client=00000000000000aa`;
    const voices = (await sessions(this.server)).slice(0, Math.ceil(1 / Math.min(1, everySeconds)));
    this.#sockets = await Promise.all(voices.map((cookie) => Socket.open(url, cookie)));
    await Promise.all(this.#sockets.map((socket) => socket.expect('welcome')));
    this.#timer = setInterval(() => {
      const id = `line-${++this.#n}`;
      this.#sockets[this.#n % this.#sockets.length]!.send({ type: 'chat', id, text: `at ${Date.now()}` });
    }, everySeconds * 1000);
  }

  end(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.cut();
  }
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Runs SQL on the server's data (as "own") and on what the pages were told. */
async function ask(server: Server, sql: string): Promise<number[]> {
  const answer = await run('sqlite3', [':memory:',
    'CREATE TABLE told (number TEXT, seq INTEGER, from_ms INTEGER, to_ms INTEGER);',
    'CREATE TABLE totals (number TEXT, beats INTEGER, accepted_ms INTEGER, earned_ms INTEGER);',
    '.mode csv', `.import ${join(server.data, 'told')} told`, `.import ${join(server.data, 'told.totals')} totals`,
    '.mode list', '.separator " "', `ATTACH 'file:${join(server.data, 'airclass.db')}?mode=ro' AS own;`, sql]);
  return answer.trim().split(' ').map(Number);
}

/** After the lesson's end, when the ledger has all of it. */
async function losses(server: Server, lesson: number): Promise<Losses> {
  const row = `own.attendance a JOIN own.members m ON m.id = a.member AND a.lesson = ${lesson}`;
  const [beats, totals, ledger] = await ask(server, `SELECT
    (SELECT count(*) FROM told t WHERE NOT EXISTS (
      SELECT 1 FROM own.members m JOIN own.beats b ON b.member = m.id AND b.lesson = ${lesson}
      WHERE m.number = t.number AND b.seq = t.seq AND b.from_ms = t.from_ms AND b.to_ms = t.to_ms)),
    (SELECT count(*) FROM totals t WHERE t.beats > 0 AND NOT EXISTS (SELECT 1 FROM ${row}
      WHERE m.number = t.number AND a.beats >= t.beats AND a.accepted_ms >= t.accepted_ms
        AND a.earned_ms >= t.earned_ms)),
    (SELECT count(*) FROM ${row} WHERE a.earned_ms IS NOT (
      SELECT ifnull (sum(earned_ms), 0) FROM own.ledger l WHERE l.member = a.member AND l.lesson = a.lesson));`);
  return { beats: beats!, totals: totals!, ledger: ledger! };
}

async function settle(server: Server, lesson: number): Promise<number> {
  const began = performance.now();
  await server.tool('lesson', 'end', String(lesson));
  await until('the ledger', async () => (await run('sqlite3', ['-readonly', join(server.data, 'airclass.db'),
    `SELECT count(*) FROM attendance WHERE lesson = ${lesson} AND beats > settled_beats`])).trim() === '0',
    120_000);
  return (performance.now() - began) / 1000;
}

/** The whole of it. The lesson has ended then. */
export async function attend(server: Server, lesson: Lesson, shape: Shape): Promise<Outcome> {
  const costs = {} as Record<PhaseName, Cost>;
  const meter = new Meter();
  const client = new Process(join(build, 'tests/load/load-client'), [
    new URL(server.addresses.http).port, String(lesson.lesson), join(server.data, 'sessions'),
    String(shape.joinSeconds), join(server.data, 'told'),
  ]);
  const said = (word: string, seconds: number) => until(word, () => {
    if (!client.running) throw new Error(`load-client ended: ${client.stderr}`);
    return client.stdout.includes(`${word}`);
  }, seconds * 1000);
  const talker = new Talker(server, lesson);

  try {
    await meter.begin(server.pid);
    await said('joined', shape.joinSeconds + 60);
    costs.join = await meter.cost(server.pid);
    await meter.begin(server.pid);
    await talker.begin(shape.lineSeconds);
    await pause(shape.seconds / 2);
    costs.steady = await meter.cost(server.pid);
    talker.end();

    client.child.stdin!.write('kill\n');
    await said('ready', 10);
    await server.kill();
    await server.up();
    await meter.begin(server.pid, true);
    await said('back', 120);
    costs.restart = await meter.cost(server.pid);
    await meter.begin(server.pid);
    await talker.begin(shape.lineSeconds);
    await pause(shape.seconds / 2);
    costs.again = await meter.cost(server.pid);
    talker.end();

    client.child.stdin!.write('end\n');
    const { code, stdout, stderr } = await client.finished;
    if (code !== 0) throw new Error(`load-client: ${stderr}\n${stdout}`);
    const seen = JSON.parse(stdout.trim().split('\n').at(-1)!) as Seen;
    const settledSeconds = await settle(server, lesson.lesson);
    const { entries } = await server.json<{ entries: number }>('ledger', 'verify');
    await server.tool('ledger', 'recompute');
    return { seen, costs, settledSeconds, losses: await losses(server, lesson.lesson), ledgerEntries: entries };
  } finally {
    talker.end();
    await client.end('SIGKILL');
  }
}
