// A county at work: what a year leaves in every section of the console, made by the API and
// one short lecture.
import { people, type County } from './county.ts';
import { until } from './process.ts';
import { clip, publish } from './publisher.ts';
import { asking, makeRecords, type Ask, type Records } from './records.ts';
import type { Server } from './server.ts';

export const second = { number: '6002', name: '管理员午' };

/** Towns beside the first, and how many hours their member made up, a day of the training
 *  four of them at most. */
export const towns = [
  { name: '石桥乡党委', number: '7101', who: '学员丑', hours: 16 },
  { name: '青龙山镇党委', number: '7102', who: '学员卯', hours: 9 },
  { name: '河口乡党委', number: '7103', who: '学员辰', hours: 4 },
  { name: '大王庄镇流动党员综合党委', number: '7104', who: '学员巳', hours: 0 },
] as const;

export const training = ['集中轮训　第一天', '集中轮训　第二天', '集中轮训　第三天', '集中轮训　第四天'];
const HOURS_A_DAY = 4;

export const atWork = {
  course: '返乡创业大讲堂',
  description: '每月一讲，请本县返乡创业的党员讲。',
  recorded: '第一讲　土地流转的账怎么算',
  live: '第二讲　选好项目，算清成本',
  series: '主题党日：学习党章',
  cancelled: '第六讲　果园管理',
  why: '讲师有事，另行通知。',
  screen: '前墙大屏',
  policy: 'county-2032',
  decided: '县委会议决定。',
  madeUp: '在流入地支部补学。',
  rejected: '签到表上没有签名。',
  hook: 'https://127.0.0.1:9/airclass',
};

/** What they said that no page may take for its own words. */
export const writtenAtWork: string[] = [
  ...Object.values(atWork), ...training, ...towns.map(({ name }) => name), ...towns.map(({ who }) => who), second.name,
];

export interface AtWork extends Records {
  /** On the disk, and over. */
  recorded: number;
  /** On now, without a picture. */
  live: number;
}

export async function putToWork(server: Server, county: County): Promise<AtWork> {
  await server.addMember(second.number, second.name, 'member', county.branches.county);
  await server.tool('role', 'grant', second.number, '--role', 'administrator');
  const recorded = await record(server, county);
  const records = await makeRecords(server, county);
  const [chief, other] = (await Promise.all(
    [people.administrator.number, second.number].map((number) => asking(server, number)))) as [Ask, Ask];
  await teach(chief, county);
  await makeUp(server, chief, other, county, records.held);
  await pair(server, chief, county.site);
  await chief('POST', '/policies', { version: atWork.policy, from: '2032-01-01', until: '2032-12-31', member: '40', reason: atWork.decided });
  await chief('POST', '/webhooks', { url: atWork.hook, events: 'lesson.live,record.entered' });
  return { ...records, recorded, live: await beLive(server, chief, county) };
}

async function record(server: Server, { branches }: County): Promise<number> {
  const { lesson, rtmp_url } = await server.addLesson(
    atWork.recorded, '--target', String(branches.county), '--lecturer', people.lecturer.number);
  const publisher = publish(await clip({ width: 320, height: 180, fps: 25, seconds: 4 }), rtmp_url);
  await until('two seconds that count', async () =>
    (await server.lessons()).some((row) => row.lesson === lesson && row.creditable_ms > 2000));
  await publisher.end();
  await server.tool('lesson', 'end', String(lesson));
  return lesson;
}

async function teach(chief: Ask, { branches }: County): Promise<void> {
  const course = await chief<{ id: number }>('POST', '/courses', {
    kind: 'enterprise', title: atWork.course, description: atWork.description, branch: branches.county });
  const year = new Date().getFullYear() + 1;
  const plan = (body: object) => chief<{ lessons: { id: number }[] }>('POST', '/lessons', {
    branch: branches.county, planned_length_ms: 5_400_000, lecturers: [people.lecturer.number], ...body });
  await plan({
    title: atWork.series, planned_at: `${year}-04-02T19:30:00+08:00`, targets: [branches.village],
    kinds: ['member', 'probationary'], repeat: { by: 'month-day', times: 3 } });
  const { lessons } = await plan({ title: atWork.cancelled, course: course.id, planned_at: `${year}-03-01T19:30:00+08:00` });
  await chief('POST', `/lessons/${lessons[0]!.id}/cancel`, { reason: atWork.why, following: false });
}

/** Held on days before, without a picture. */
async function train(server: Server, chief: Ask, { branches }: County): Promise<number[]> {
  const days: number[] = [];
  for (const title of training) {
    const { lesson } = await server.addLesson(title, '--target', String(branches.county));
    await chief('POST', `/lessons/${lesson}/start`);
    await chief('POST', `/lessons/${lesson}/end`);
    days.push(lesson);
  }
  return days;
}

/** Hours that another administrator approved, one refused, and two that wait: of each of
 *  both administrators. */
async function makeUp(server: Server, chief: Ask, other: Ask, county: County, held: number): Promise<void> {
  const { branches } = county;
  const HOUR_MS = 45 * 60_000;
  const ask = (who: Ask, member: string, lesson: number, hours: number) => who<{ id: number }>('POST', '/corrections', {
    kind: 'MAKEUP', study: 'group', member, lesson, earned_ms: hours * HOUR_MS, reason: atWork.madeUp });
  const days = await train(server, chief, county);
  for (const { name, number, who, hours } of towns) {
    const { id: branch } = await chief<{ id: number }>('POST', '/branches', { name, parent: branches.county, kind: 'town' });
    await chief('POST', '/members', { number, name: who, branch });
    for (const [day, lesson] of days.entries()) {
      const part = Math.min(hours - day * HOURS_A_DAY, HOURS_A_DAY);
      if (part > 0) await other('POST', `/corrections/${(await ask(chief, number, lesson, part)).id}/approve`);
    }
  }
  await other('POST', `/corrections/${(await ask(chief, '1005', held, 1)).id}/reject`, { answer: atWork.rejected });
  await ask(chief, '1006', held, 2);
  await ask(other, '1002', held, 1);
}

async function pair(server: Server, chief: Ask, site: number): Promise<void> {
  const { code } = await chief<{ code: string }>('POST', '/screens/pairing', {});
  await chief('POST', `/sites/${site}/screens`, { code, name: atWork.screen });
}

async function beLive(server: Server, chief: Ask, { branches }: County): Promise<number> {
  const { lesson } = await server.addLesson(
    atWork.live, '--target', String(branches.village), '--lecturer', people.lecturer.number);
  await chief('POST', `/lessons/${lesson}/start`);
  for (const number of ['1001', '1002', '1003'])
    await (await asking(server, number))('POST', `/lessons/${lesson}/quality`, {
      rendition: '360p', delivery: 'hls', device: 'phone', start_ms: 1200, stalls: 0, stall_ms: 0, played_ms: 60_000 });
  return lesson;
}

