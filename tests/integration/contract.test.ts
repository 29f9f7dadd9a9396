// Every GET of docs/api.yaml, on a small county that has something of everything. What is
// asked for is described there, and answered as it is described there: contract.ts.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../support/browser.ts';
import { compile, faultOf, routes, takeFaults, type Route } from '../support/contract.ts';
import { Server } from '../support/server.ts';

let server: Server;
let chief: string; // cookies
let second: string;
let screen: string;

const ask = (method: string, path: string, cookie: string, body?: object | string): Promise<Response> =>
  fetch(`${server.addresses.http}/api/v1${path}`, {
    method,
    headers: {
      cookie, 'x-requested-with': 'airclass',
      ...(body !== undefined && { 'content-type': typeof body === 'string' ? 'application/octet-stream' : 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

async function good<T>(method: string, path: string, cookie: string, body?: object | string): Promise<T> {
  const answer = await ask(method, path, cookie, body);
  const text = await answer.text();
  expect(answer.ok, `${method} ${path}: ${answer.status} ${text}`).toBe(true);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** What the routes' parameters are in this county. */
const values: Record<string, string> = {};

const valueOf = (route: Route, name: string): string => {
  const value = values[`${route.operation.operationId} ${name}`] ?? values[name];
  if (value === undefined) throw new Error(`${route.path}: no value for ${name}`);
  return value;
};

async function addPeople(): Promise<void> {
  await server.tool('branch', 'add', '--name', '某县');
  await server.tool('branch', 'add', '--name', '东村', '--parent', '1', '--kind', 'village');
  await server.tool('branch', 'add', '--name', '驻深圳第一流动党支部', '--kind', 'network');
  await server.tool('site', 'add', '--branch', '2', '--name', '东村礼堂');
  const roster = join(server.data, 'roster.csv');
  await writeFile(roster, '编号,姓名,手机,流出地支部,流入地支部\n2001,王小明,13800138000,东村,驻深圳第一流动党支部\n2002,李芳,13800138002,东村,\n');
  const { digest } = await server.json<{ digest: string }>('import', 'members', roster);
  await server.tool('import', 'members', roster, '--apply', digest);
  for (const [number, name] of [['9001', '赵主任'], ['9002', '钱主任'], ['9003', '孙主任']] as const)
    await server.addMember(number, name, 'administrator');
  await server.tool('member', 'move', '9001', '--side', 'home', '--branch', '2');
  [chief, second] = await Promise.all([server.signIn('9001'), server.signIn('9002')]);
  const { members } = await good<{ members: { id: number; number: string }[] }>('GET', '/members', chief);
  values.member = String(members.find(({ number }) => number === '2001')!.id);
  values['getMember id'] = values.member;
  values['getMemberFile id'] = values.member;
  values['reportTranscript member'] = String(members.find(({ number }) => number === '9001')!.id);
}

/** A table that waits to be imported, a standing, a webhook. */
async function fillConsole(): Promise<void> {
  const table = '编号,姓名,手机\n2001,王小明,13800138001\n2003,张三,12\n2004,李四,\n';
  const { id } = await good<{ id: number }>('POST', '/imports', chief, table);
  values['getImport id'] = values['listImportRows id'] = String(id);
  await good('PATCH', `/imports/${id}/rows`, chief, { rows: [{ row: 4, fields: { kind: '群众学员' } }] });
  await good('POST', `/members/${values.member}/standings`, chief, { year: 2026, duty: 'committee', reason: '支委' });
  await good('POST', `/members/${values.member}/certificate`, chief, { certificate: 'LD1', state: 'verified' });
  await good('POST', '/webhooks', chief, { url: 'https://example.org/hook', events: 'lesson.live' });
  await good('POST', '/policies', chief, { version: '2027-1', from: '2027-01-01', minutes: 40, reason: '调整' });
  await good('PATCH', '/branches/2', chief, { name: '东村党支部' });
  await good('PUT', `/sites/1/stewards/${values.member}`, chief, {});
  await good('POST', `/lessons/${values.lesson}/quality`, chief, {
    rendition: '720p', delivery: 'hls', device: 'phone', start_ms: 900, stalls: 1, stall_ms: 400, played_ms: 60_000, latency_ms: 2_300,
  });
  await good('POST', '/ledger/verify', chief, {});
}

/** What a device wrote down without a line. */
async function sendLog(path: string): Promise<void> {
  const entry = JSON.stringify({ at_ms: Date.now(), act: 'guest', name: '李大妈' });
  const prev_hash = '0'.repeat(64);
  const hash = createHash('sha256').update(Buffer.from(prev_hash, 'hex')).update(entry).digest('hex');
  await good('POST', path, chief, { device: '00000000000000bb', sent_ms: Date.now(), entries: [{ seq: 1, prev_hash, hash, entry }] });
}

/** A lesson that was held, with an excuse, guests, heads, a hand-out. */
async function holdLesson(): Promise<void> {
  const { id: course } = await good<{ id: number }>('POST', '/courses', chief, { kind: 'skills', title: '电工技能', branch: 1 });
  const { lessons } = await good<{ lessons: { id: number }[] }>('POST', '/lessons', chief, {
    title: '第一讲', course, branch: 1, targets: [1], lecturers: ['9003'], planned_at: '2026-01-05 19:30', planned_length_ms: 5_400_000,
  });
  const id = String(lessons[0]!.id);
  Object.assign(values, { id, lesson: id, site: '1', ids: '1,2' });
  await good('POST', `/members/${values.member}/excuses`, chief, { lesson: Number(id), state: 'excused', reason: '值班' });
  await good('POST', `/lessons/${id}/start`, chief);
  const { handout } = await good<{ handout: number }>('POST', `/lessons/${id}/handouts?title=${encodeURIComponent('讲义')}`, chief, '%PDF-1.4\n%%EOF\n');
  values.handout = String(handout);
  await good('POST', `/lessons/${id}/rooms/1/stays`, chief, { member: Number(values.member) });
  await good('POST', `/lessons/${id}/rooms/1/guests`, chief, { name: '张大伯' });
  await good('POST', `/lessons/${id}/rooms/1/heads`, chief, { moment: 'start', heads: 3 });
  await good('POST', `/lessons/${id}/rooms/1/stays/end`, chief, { all: true });
  await sendLog(`/lessons/${id}/rooms/1/logs`);
  await good('POST', `/lessons/${id}/end`, chief);
}

beforeAll(async () => {
  server = await Server.start();
  await addPeople();
  await holdLesson();
  const { code, secret } = await good<{ code: string; secret: string }>('POST', '/screens/pairing', '', {});
  await good('POST', '/sites/1/screens', chief, { code, name: '大屏' });
  screen = (await ask('POST', '/screens/pairing/claim', '', { secret })).headers.get('set-cookie')!.split(';')[0]!;
  // About the chief: an entry by a second person, an appeal that waits.
  await good('POST', '/corrections', second, { kind: 'WAIVE', member: '9001', lesson: Number(values.lesson), reason: '组织安排' });
  await good('POST', `/lessons/${values.lesson}/appeals`, chief, { text: '我在场' });
  const { code: paper } = await good<{ code: string }>('GET', '/reports/transcript', chief);
  values.code = paper;
  await fillConsole();
});

afterAll(() => server?.dispose());

describe('docs/api.yaml', () => {
  it('is made of schemas', () => compile());

  for (const route of routes().filter(({ method }) => method === 'GET'))
    it(`describes what ${route.operation.operationId} answers`, async () => {
      const needed = (route.operation.parameters ?? []).filter(({ required }) => required);
      const path = route.path.slice('/api/v1'.length)
        .replace(/\{(\w+)\}/g, (_, name: string) =>
          name === 'id' && /^\/api\/v1\/(sites|branches)\//.test(route.path) ? '1' : valueOf(route, name));
      const query = needed.filter((one) => one.in === 'query').map(({ name }) => `${name}=${valueOf(route, name)}`);
      const report = route.path.startsWith('/api/v1/reports/');
      for (const form of report ? ['json', 'csv', 'xlsx', 'pdf'] : ['']) {
        const all = [...query, ...(form ? [`format=${form}`] : [])].join('&');
        const answer = await ask('GET', all ? `${path}?${all}` : path,
          route.operation.operationId === 'getScreen' ? screen : chief);
        expect(answer.status, await answer.clone().text()).toBe(200);
      }
    });
});

// What changes something: nobody's, and one that names nothing that is there. Who may do
// what is walked by tests/api; that they do it, by the tests of each.
describe('what docs/api.yaml says of a change', () => {
  const changes = routes().filter(({ method, path }) => method !== 'GET' && path !== '/api/v1/session');
  const none = (route: Route) => route.path.slice('/api/v1'.length).replace(/\{(\w+)\}/g, '999999');
  let third: string;
  beforeAll(async () => {
    third = await server.signIn('9003');
  });

  for (const route of changes) {
    const { operationId, security } = route.operation;
    it(`holds for a ${operationId} that cannot be`, async () => {
      if (security === undefined) expect((await ask(route.method, none(route), '', {})).status).toBe(401);
      const unsafe = await fetch(`${server.addresses.http}/api/v1${none(route)}`, { method: route.method, headers: { cookie: third } });
      expect(unsafe.status).toBe(403);
      if (operationId === 'signOutEverywhere') return; // it can
      for (const body of [undefined, {}, 'no JSON'])
        expect((await ask(route.method, none(route), third, body)).status).not.toBe(500);
    });
  }
});

describe('an answer that is not described', () => {
  const answer = { method: 'GET', path: '/api/v1/session', status: 200, type: 'application/json' };
  const member = { number: '1', name: '一', role: 'member', steward: false, lecturer: false };
  const session = (who: object) => JSON.stringify({ member: who, must_change_password: false });

  it('is a fault', async () => {
    expect(faultOf({ ...answer, body: session(member) })).toBeNull();
    expect(faultOf({ ...answer, body: JSON.stringify({}) })).toContain("required property 'member'");
    expect(faultOf({ ...answer, body: session({ ...member, role: 'king' }) })).toContain('allowed values');
    expect(faultOf({ ...answer, body: session({ ...member, more: 1 }) })).toContain('unevaluated properties');
    expect(faultOf({ ...answer, body: 'no' })).toContain('is no JSON');
    expect(faultOf({ ...answer, type: 'text/html', body: '' })).toContain('is text/html');
    expect(faultOf({ ...answer, status: 418, body: '' })).toContain('418 is not described');
    expect(faultOf({ ...answer, path: '/api/v1/secret', body: '{}' })).toContain('not described');
    expect(faultOf({ method: 'DELETE', path: '/api/v1/session', status: 204, type: '', body: 'x' })).toContain('has a body');
  });

  it('is seen whoever gets it', async () => {
    const wrong = createServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    await new Promise<void>((listening) => wrong.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(wrong.address() as AddressInfo).port}/api/v1/session`;
    const browser = await launch();
    try {
      const context = await browser.newContext();
      const page = await context.newPage();
      for (const get of [() => fetch(url), () => page.goto(url), () => context.request.get(url)]) {
        await get();
        expect(await takeFaults()).toEqual([expect.stringMatching(/^GET \/api\/v1\/session: 200 .*'member'/)]);
      }
    } finally {
      await browser.close();
      wrong.close();
    }
  });
});
