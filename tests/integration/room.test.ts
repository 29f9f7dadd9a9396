// A room with thirty people: its screen, its steward, and a line that is cut.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mediaPlaylist, tracks, fetchBytes } from '../support/hls.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';
import { Socket } from '../support/socket.ts';

interface Roll {
  signed_in: number;
  guests: number;
  in_ms: number;
  mismatch?: boolean;
}
interface Stay {
  number: string;
  way: string;
  in_ms: number;
  out_ms: number | null;
  late: boolean;
}
interface Sheet {
  stays: Stay[];
  guests: object[];
  heads: { moment: string; mismatch: boolean }[];
}

interface Report {
  columns: { key: string }[];
  rows: (string | number | null)[][];
  facts: { label: string; value: string }[];
}

/** The line is away so long; scripts/check-room takes ten minutes. */
const withoutLineMs = Number(process.env.AIRCLASS_WITHOUT_LINE_S ?? 2) * 1000;
const client = 'client=00000000000000aa';
let server: Server;
let lesson: Lesson;
let publisher: Process;
let screen: string; // cookies
let steward: string;
let secretary: string;
let room: string; // its path
let ids: Map<string, number>; // members by their number

const ask = (method: string, path: string, cookie: string, body?: object): Promise<Response> =>
  fetch(`${server.addresses.http}/api/v1${path}`, {
    method,
    headers: { cookie, 'x-requested-with': 'airclass', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

async function good<T>(method: string, path: string, cookie: string, body?: object): Promise<T> {
  const answer = await ask(method, path, cookie, body);
  expect(answer.status, `${method} ${path}: ${await answer.clone().text()}`).toBe(200);
  return (await answer.json()) as T;
}

/** The rows of a report, by the keys of its columns. */
async function report(kind: string, query = ''): Promise<{ rows: Record<string, string | number | null>[]; facts: Record<string, string> }> {
  const { columns, rows, facts } = await good<Report>('GET', `/reports/${kind}?branch=2&lang=en${query}`, secretary);
  return {
    rows: rows.map((row) => Object.fromEntries(row.map((cell, i) => [columns[i]!.key, cell]))),
    facts: Object.fromEntries(facts.map(({ label, value }) => [label, value])),
  };
}

/** The screen as its page is: fetches media, and tells what it has shown. */
class Screen {
  #seq = 0;
  #at = 0;
  #fetched = 0;
  #has: number[] = []; // fetched and not shown yet: how long each is, ms
  #kept: object[] = [];
  #socket: Socket | undefined;
  #audio = '';

  async open(): Promise<void> {
    const { media } = await good<{ media: { multivariant: string } }>('GET', `/lessons/${lesson.lesson}`, screen);
    this.#audio = (await tracks(new URL(media.multivariant, server.addresses.http).href)).get('audio')!;
    await this.connect();
  }

  async connect(): Promise<void> {
    this.#socket = await Socket.open(
      `${server.addresses.http}/classroom?lesson=${lesson.lesson}&${client}`, screen);
    await this.#socket.expect('welcome');
  }

  cut(): void {
    this.#socket!.cut();
    this.#socket = undefined;
  }

  /** Fetches up to @ms of the lesson, and shows none of it yet. */
  async fetch(ms: number): Promise<void> {
    const lengthOf = (durations: number[]) => durations.reduce((sum, duration) => sum + duration, 0);
    while (this.#at + lengthOf(this.#has) < ms) {
      const { segments } = await until('a segment', async () => {
        const playlist = await mediaPlaylist(this.#audio);
        return playlist.segments.length > this.#fetched && playlist;
      });
      for (const segment of segments.slice(this.#fetched)) {
        await fetchBytes(segment.uri);
        this.#fetched++;
        this.#has.push(Math.floor(segment.duration * 1000));
      }
    }
  }

  /** Shows what it has, a beat a segment; keeps them without a line. Returns where it is. */
  async show(): Promise<number> {
    for (const duration of this.#has.splice(0)) {
      const to = this.#at + duration;
      const beat = { rate: 1, playing: true, visible: true, mode: 'room' };
      this.#kept.push({ seq: ++this.#seq, from_ms: this.#at, to_ms: to, ...beat });
      this.#at = to;
    }
    if (this.#socket) await this.tell();
    return this.#at;
  }

  /** Shows the lesson until @ms as it comes. */
  async play(ms: number): Promise<number> {
    while (this.#at < ms) {
      await this.fetch(this.#at + 1);
      await this.show();
    }
    return this.#at;
  }

  /** Leaves out what went by, as a hall does. Returns where it goes on. */
  async toLive(): Promise<number> {
    const { segments } = await mediaPlaylist(this.#audio);
    this.#fetched = segments.length;
    this.#at = segments.reduce((sum, { duration }) => sum + Math.floor(duration * 1000), 0);
    return this.#at;
  }

  /** Sends what is kept. Returns what of the lesson counts as shown. */
  async tell(): Promise<number> {
    const from = this.#socket!.messages.length;
    this.#socket!.send({ type: 'beats', beats: this.#kept });
    const ack = await this.#socket!.expect('ack', from);
    expect(ack.seqs).toHaveLength(this.#kept.length);
    this.#kept = [];
    return ack.accepted_ms as number;
  }
}

beforeAll(async () => {
  server = await Server.start('--settle-after', '0', '--settle-idle', '3600');
  const numbers = Array.from({ length: 40 }, (_, i) => String(2001 + i));
  await server.tool('branch', 'add', '--name', '某县');
  await server.tool('branch', 'add', '--name', '驻深圳党支部', '--kind', 'network');
  await server.tool('branch', 'add', '--name', '西村', '--parent', '1', '--kind', 'village');
  await server.tool('site', 'add', '--branch', '2', '--name', '驻深圳礼堂');
  const roster = join(server.data, 'roster.csv');
  // They are from the western village, and work where the room is.
  const importRows = async (rows: string[]): Promise<void> => {
    await writeFile(roster, `编号,姓名,流出地支部,流入地支部\n${rows.map((row) => `${row},西村,驻深圳党支部`).join('\n')}\n`);
    const { digest } = await server.json<{ digest: string }>('import', 'members', roster);
    await server.tool('import', 'members', roster, '--apply', digest);
  };
  await importRows(numbers.map((number) => `${number},王${number}`));
  for (const [number, name] of [['9001', '站点管理员'], ['9002', '支部书记'], ['3001', '张三'], ['3002', '李四']] as const)
    await server.addMember(number, name);
  await importRows(['3001,张三', '3002,李四']);
  await server.tool('site', 'steward', '1', '--member', '9001');
  await server.tool('role', 'grant', '9002', '--role', 'secretary', '--branch', '2');
  lesson = await server.addLesson('第一课');
  room = `/lessons/${lesson.lesson}/rooms/1`;
  publisher = publish(await clip({ width: 640, height: 360, fps: 25, seconds: 20 }), lesson.rtmp_url, { loop: true });
  steward = await server.signIn('9001');
  secretary = await server.signIn('9002');
  const { members } = await good<{ members: { id: number; number: string }[] }>('GET', `${room}/roster`, steward);
  ids = new Map(members.map(({ id, number }) => [number, id]));
  expect(ids.size).toBe(42);
});

afterAll(async () => {
  await publisher?.end();
  await server?.dispose();
});

it('lets a screen in by its code, and shows it what is for its branch', async () => {
  const { code, secret } = await good<{ code: string; secret: string }>('POST', '/screens/pairing', '', {});
  expect(await good('POST', '/screens/pairing/claim', '', { secret })).toEqual({ state: 'waiting' });
  expect((await ask('POST', '/sites/1/screens', secretary, { code: 'AAAAAAAA', name: '大屏' })).status).toBe(404);
  await server.tool('screen', 'pair', code.toLowerCase(), '--site', '1', '--name', '大屏');
  const claimed = await ask('POST', '/screens/pairing/claim', '', { secret });
  screen = claimed.headers.get('set-cookie')!.split(';')[0]!;
  expect(claimed.headers.get('set-cookie')).toMatch(/^airclass_screen=[0-9a-f]{64}; .*HttpOnly/);
  expect((await ask('POST', '/screens/pairing/claim', '', { secret })).status).toBe(404);
  expect(await good('GET', '/screens/self', screen)).toMatchObject({ screen: 1, site: { name: '驻深圳礼堂' } });
  // It is nobody.
  expect((await ask('GET', '/session', screen)).status).toBe(403);
  expect((await ask('GET', `${room}`, screen)).status).toBe(403);
  expect((await ask('POST', `${room}/enter`, screen, { digits: '000000' })).status).toBe(403);
});

const enough = { timeout: 90_000 + withoutLineMs };
it('thirty people, a line that is cut, and a ledger that agrees with the sheet', enough, async () => {
  const page = new Screen();
  await until('media', async () => (await server.lessons())[0]!.length_ms > 2500);
  await page.open();
  await page.play(1000);

  // 25 by the roster, 3 by printed code, 2 by their phones.
  const numbers = [...ids.keys()];
  for (const number of numbers.slice(0, 25))
    await good('POST', `${room}/stays`, steward, { member: ids.get(number), key: `in-${number}` });
  for (const number of numbers.slice(25, 28)) {
    const { card } = await server.json<{ card: string }>('member', 'card', number);
    await good('POST', `${room}/stays`, steward, { card });
  }
  for (const number of ['3001', '3002']) {
    const { digits, url } = await good<{ digits: string; url: string }>('GET', `${room}/code`, screen);
    expect(url).toBe(`${server.addresses.http}/room/${lesson.lesson}/1?digits=${digits}`);
    const cookie = await server.signIn(number);
    const wrong = digits === '000000' ? '000001' : '000000';
    expect((await ask('POST', `${room}/enter`, cookie, { digits: wrong })).status).toBe(422);
    await good('POST', `${room}/enter`, cookie, { digits });
  }
  const again = await good<Roll>('POST', `${room}/stays`, steward, { member: ids.get('2001'), key: 'in-2001' });
  const guest = await good<Roll>('POST', `${room}/guests`, steward, { name: '张大伯', key: 'guest' });
  expect(again.signed_in).toBe(1); // the answer of then
  expect(guest).toMatchObject({ signed_in: 30, guests: 1 });
  expect((await good<Roll>('POST', `${room}/heads`, steward, { moment: 'start', heads: 31 })).mismatch).toBe(false);
  await page.play(4000);

  // The line is cut: the screen shows what it has, and then stands. Its steward writes down
  // who comes and goes.
  await page.fetch(6000);
  page.cut();
  const cutAt = await page.show();
  const entries: object[] = [];
  let previous = '0'.repeat(64);
  const writeDown = (act: object): void => {
    const entry = JSON.stringify({ at_ms: Date.now() + 3_600_000, ...act }); // a clock that is an hour ahead
    const hash = createHash('sha256').update(Buffer.from(previous, 'hex')).update(entry).digest('hex');
    entries.push({ seq: entries.length + 1, prev_hash: previous, hash, entry });
    previous = hash;
  };
  writeDown({ act: 'in', member: ids.get('2030') });
  await passed(withoutLineMs);
  await page.connect();
  expect(await page.tell()).toBeGreaterThan(5000);
  const backAt = await page.toLive();
  expect(backAt - cutAt).toBeGreaterThan(withoutLineMs - 2000);
  await page.play(backAt + 3000);
  writeDown({ act: 'out', member: ids.get('2030') });

  const log = { device: '00000000000000bb', entries, sent_ms: Date.now() + 3_600_000 };
  const broken = { ...log, entries: [entries[1], entries[0]] };
  const refusal = await ask('POST', `${room}/logs`, steward, broken);
  expect(await refusal.json()).toMatchObject({ status: 409, field: 'entries', detail: 'entry 1 is missing' });
  for (let i = 0; i < 2; i++) expect(await good('POST', `${room}/logs`, steward, log)).toEqual({ last_seq: 2 });
  expect((await ask('POST', `${room}/logs/approve`, steward, { device: log.device })).status).toBe(403);
  expect(await good('POST', `${room}/logs/approve`, secretary, { device: log.device })).toEqual({ decided: 2, failed: 0 });
  expect((await good<Roll>('POST', `${room}/heads`, steward, { moment: 'middle', heads: 29 })).mismatch).toBe(true);

  const outAt = await page.play(backAt + 5000);
  expect(await good('POST', `${room}/stays/end`, steward, { all: true })).toMatchObject({ signed_out: 30, signed_in: 0 });
  const screenEnd = await page.play(outAt + 1000);
  await server.tool('lesson', 'end', String(lesson.lesson));

  // The ledger has one entry a member, which the evidence gives again to the millisecond.
  const recount = () =>
    server.json<{ compared: number; unsettled: number; earned_ms: number }>('ledger', 'recompute');
  await until('everything settled', async () => (await recount()).unsettled === 0 && (await recount()).compared === 31);
  expect((await server.json<{ entries: number }>('ledger', 'verify')).entries).toBe(31);
  const sheet = await good<Sheet>('GET', room, steward);
  const count = (way: string) => sheet.stays.filter((stay) => stay.way === way && !stay.late).length;
  expect([count('roster'), count('card'), count('phone')]).toEqual([25, 3, 2]);
  expect(sheet.stays.filter(({ late }) => late).map(({ number }) => number)).toEqual(['2030']);
  expect(sheet.guests).toHaveLength(1);
  expect(sheet.heads.map(({ moment, mismatch }) => [moment, mismatch])).toEqual([['start', false], ['middle', true]]);
  // Whoever was there has no more than what could be shown to them, and most of it: that it
  // is exactly what was shown meanwhile is what the recount compares.
  const between = (from: number, to: number, { in_ms, out_ms }: Stay) =>
    Math.max(0, Math.min(out_ms!, to) - Math.max(in_ms, from));
  const present = sheet.stays.reduce(
    (sum, stay) => sum + between(0, screenEnd, stay) - between(cutAt, backAt, stay), 0);
  const { earned_ms } = await recount();
  expect(earned_ms).toBeLessThanOrEqual(present);
  expect(earned_ms).toBeGreaterThan(present / 2);

  // What the branches get on paper says the same: who, how long, and how many heads.
  const signIn = await report('sign-in', `&lesson=${lesson.lesson}`);
  const feedback = await report('host');
  const persons = [...new Set(sheet.stays.map(({ number }) => number))].sort();
  const times = (rows: Record<string, string | number | null>[], key: string) =>
    new Map(rows.map((row) => [row.number, row[key]] as const));
  const total = (rows: Record<string, string | number | null>[], key: string) =>
    rows.reduce((sum, row) => sum + (row[key] as number), 0);
  expect(persons).toHaveLength(31);
  for (const { rows } of [signIn, feedback]) expect(rows.map(({ number }) => number).sort()).toEqual(persons);
  expect(total(signIn.rows, 'time')).toBe(earned_ms);
  expect(total(feedback.rows, 'group_time')).toBe(earned_ms);
  expect(total(feedback.rows, 'self_time')).toBe(0);
  expect(times(signIn.rows, 'time')).toEqual(times(feedback.rows, 'group_time'));
  expect(new Set(signIn.rows.map(({ site }) => site))).toEqual(new Set(['驻深圳礼堂']));
  expect(new Set(feedback.rows.map(({ host, home }) => `${home} > ${host}`))).toEqual(new Set(['西村 > 驻深圳党支部']));
  expect(signIn.facts).toMatchObject({ 'Present, not expected': '31', Guests: '1' });
  const { rows: [log_row] } = await report('sites');
  expect(log_row).toMatchObject({ signed_in: 31, guests: 1, start: 31, middle: 29, end: null, mismatch: 'yes', late: 'yes', time: earned_ms });
  const own = await server.signIn('3001');
  const { group_ms } = await good<{ group_ms: number }>('GET', `/lessons/${lesson.lesson}/record`, own);
  expect(group_ms).toBe(times(signIn.rows, 'time').get('3001'));
});

it('a screen that is revoked is known no more', async () => {
  const socket = await Socket.open(`${server.addresses.http}/classroom?lesson=${lesson.lesson}&${client}`, screen);
  await socket.expect('welcome');
  expect((await ask('DELETE', '/sites/1/screens/1', steward)).status).toBe(204);
  await until('the close', () => socket.closed === 4401);
  expect((await ask('GET', '/screens/self', screen)).status).toBe(401);
});
