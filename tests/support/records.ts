// What waits in the console's sections of credit and records, made by the API: no encoder.
import { createHash } from 'node:crypto';
import { people, type County } from './county.ts';
import type { Server } from './server.ts';

export type Ask = <T>(method: string, path: string, body?: object) => Promise<T>;

/** Asks the API as somebody; throws when it is refused. */
export async function asking(server: Server, number: string): Promise<Ask> {
  const cookie = await server.signIn(number);
  return async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${server.addresses.http}/api/v1${path}`, {
      method,
      headers: { cookie, 'x-requested-with': 'airclass', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
}

/** A log as a steward's device keeps it without a line: each entry has the hash of the one before. */
export function roomLog(device: string, acts: readonly object[]): object {
  let prev_hash = '0'.repeat(64);
  const entries = acts.map((act, at) => {
    const entry = JSON.stringify({ at_ms: Date.now(), ...act });
    const hash = createHash('sha256').update(Buffer.from(prev_hash, 'hex')).update(entry).digest('hex');
    const one = { seq: at + 1, prev_hash, hash, entry };
    prev_hash = hash;
    return one;
  });
  return { device, sent_ms: Date.now(), entries };
}

export const written = {
  planned: '第三讲　电商怎么起步',
  held: '第四讲　合作社怎么办',
  leave: '上夜班，来不了。',
  otherLeave: '在外地出差。',
  appeal: '我在杨庄村活动室听完了全部。',
  otherAppeal: '中途停电，前半场也在。',
  waived: '组织安排外出。',
  guest: '来宾寅',
};

export const devices = { first: '00000000000000a1', second: '00000000000000b2' };

export interface Records {
  /** In a year to come, for the village. */
  planned: number;
  /** Held without a picture; its records wait. */
  held: number;
}

async function memberIds(chief: Ask): Promise<Map<string, number>> {
  const { members } = await chief<{ members: { id: number; number: string }[] }>('GET', '/members?limit=200');
  return new Map(members.map(({ id, number }) => [number, id]));
}

/** Two requests for leave, two appeals, two logs of the room, samples of viewing, entries of
 *  the ledger. */
export async function makeRecords(server: Server, { branches, site }: County): Promise<Records> {
  const [chief, member, other, steward] = await Promise.all(
    [people.administrator.number, people.member.number, '1002', people.steward.number].map((number) => asking(server, number)),
  ) as [Ask, Ask, Ask, Ask];
  const target = ['--target', String(branches.village)];
  const at = `${new Date().getFullYear() + 1}-03-08 19:30`;
  const { lesson: planned } = await server.addLesson(written.planned, '--at', at, ...target);
  await member('POST', `/lessons/${planned}/leave`, { reason: written.leave });
  await other('POST', `/lessons/${planned}/leave`, { reason: written.otherLeave });

  const { lesson: held } = await server.addLesson(written.held, ...target);
  await chief('POST', `/lessons/${held}/start`);
  const ids = await memberIds(chief);
  const logs = `/lessons/${held}/rooms/${site}/logs`;
  await steward('POST', logs, roomLog(devices.first, [
    { act: 'in', member: ids.get(people.member.number) }, { act: 'guest', name: written.guest },
    { act: 'heads', moment: 'start', heads: 2 }, { act: 'out', member: ids.get(people.member.number) },
  ]));
  await steward('POST', logs, roomLog(devices.second, [{ act: 'in', member: ids.get('1002') }]));
  // A session tells once a minute: each of these is somebody else's.
  for (const [number, device, delivery, stalls, latency_ms] of [
    ['1003', 'phone', 'hls', 1, 2_300], ['1004', 'phone', 'native', 0, 5_100], ['1005', 'desktop', 'dash', 0, 3_200],
    ['1006', 'tablet', 'whep', 2, 400],
  ] as const)
    await (await asking(server, number))('POST', `/lessons/${held}/quality`, {
      rendition: device === 'phone' ? '360p' : '720p', delivery, device,
      start_ms: 900, stalls, stall_ms: stalls * 600, played_ms: 60_000, latency_ms,
    });
  await chief('POST', `/lessons/${held}/end`);
  await member('POST', `/lessons/${held}/appeals`, { text: written.appeal });
  await other('POST', `/lessons/${held}/appeals`, { text: written.otherAppeal });
  for (const number of ['1003', '1004'])
    await chief('POST', '/corrections', { kind: 'WAIVE', member: number, lesson: held, reason: written.waived });
  return { planned, held };
}
