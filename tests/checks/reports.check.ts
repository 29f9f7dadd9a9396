// The ten reports of a whole county, as LibreOffice opens and computes them, against the
// database. The figures here come from SQL that shares nothing with the server's code.
// scripts/check-reports runs it on what scripts/demo-county makes.
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convert, rowsOf, type Cell } from '../support/office.ts';
import { run } from '../support/process.ts';

const build = resolve(process.env.AIRCLASS_BUILD ?? '../build');
const county = resolve(process.env.AIRCLASS_COUNTY ?? '../build/county');
const folder = join(build, 'reports');

/** The lesson of the sign-in sheet, which the whole county was asked to; the member of the transcript. */
const LESSON = 100;
const MEMBER = '360026000000000020';
const DAYS = 30;

// Each 45 minutes are an hour of credit, in halves; replay does not count (policy standard-1).
const credit = (ms: string) => `(${ms}) / 1350000 * 500`;
const CREDITABLE_MS = 90 * 60_000;

const records = `records AS MATERIALIZED (SELECT member, lesson, max (host_branch) AS host, sum (earned_ms) AS all_ms,
  sum (iif (study = 'group', earned_ms, 0)) AS group_ms FROM ledger GROUP BY member, lesson)`;
const sat = `sat AS (SELECT DISTINCT lesson, site, member FROM room_stays WHERE late = 0 OR approved_ms)`;
/** Who need not make up: what they covered, united, with what was adjusted; or made up, or waived. */
const done = `spans AS MATERIALIZED (SELECT member, lesson, span.value ->> 0 AS start, span.value ->> 1 AS stop
    FROM ledger, json_each ('[[' || replace (replace (media, ',', '],['), '-', ',') || ']]') AS span WHERE media <> ''),
  fresh AS (SELECT member, lesson, max (0, stop - max (start, ifnull (max (stop) OVER (PARTITION BY member, lesson
    ORDER BY start, stop ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS ms FROM spans),
  stands AS (SELECT member, lesson, ms FROM fresh
    UNION ALL SELECT member, lesson, earned_ms FROM ledger WHERE kind = 'ADJUST'),
  done AS MATERIALIZED (SELECT member, lesson FROM stands GROUP BY member, lesson
      HAVING sum (ms) * 10 >= ${CREDITABLE_MS} * 8
    UNION SELECT member, lesson FROM ledger WHERE kind = 'WAIVE' OR (kind = 'MAKEUP' AND earned_ms > 0)),
  missing AS (SELECT expected.* FROM expected LEFT JOIN done USING (member, lesson)
    WHERE state <> 'exempt' AND done.member IS NULL)`;
const last = (to: string) => `studied AS (SELECT member, max (held_on) AS day FROM records
    JOIN lesson_terms USING (lesson) WHERE all_ms > 0 GROUP BY member),
  last AS (SELECT id, julianday ('${to}') - julianday (day) AS days FROM members
    LEFT JOIN studied ON member = id WHERE host)`;
const trained = `trained AS (SELECT course, kind, records.* FROM records JOIN lessons ON lessons.id = lesson
  JOIN members ON members.id = member
  WHERE all_ms > 0 AND course IN (SELECT id FROM courses WHERE kind = 'skills'))`;

interface Report {
  kind: string;
  title: string;
  options?: string[];
  with: string[];
  rows: string;
  /** Of a column's head: what its cells add up to, and the sum below them if there is one. */
  sums: Record<string, string>;
}

const own = `records WHERE member = (SELECT id FROM members WHERE number = '${MEMBER}')`;
const selfCredit = `${credit('all_ms')} - ${credit('group_ms')}`;
const studied = (from: string) => ({
  参学课数: `count (*) FILTER (WHERE all_ms > 0) FROM ${from}`,
  集中学习时长: `sum (group_ms) FROM ${from}`,
  自学时长: `sum (all_ms - group_ms) FROM ${from}`,
  集中学时: `sum (${credit('group_ms')}) FROM ${from}`,
  自学学时: `sum (${selfCredit}) FROM ${from}`,
});

const reports = (to: string): Report[] => [
  {
    kind: 'credit', title: '个人学时汇总', with: [records], rows: 'count (*) FROM members',
    sums: { ...studied('records'), 计入学时: `sum (${credit('group_ms')}) FROM records` },
  },
  {
    kind: 'sign-in', title: '参学签到表', options: ['--lesson', String(LESSON)], with: [records],
    rows: `count (*) FROM (SELECT member FROM expected WHERE lesson = ${LESSON} UNION
      SELECT member FROM ledger WHERE lesson = ${LESSON} UNION SELECT member FROM room_stays WHERE lesson = ${LESSON})`,
    sums: {
      参学时长: `sum (all_ms) FROM records WHERE lesson = ${LESSON}`,
      学时: `sum (${credit('all_ms')}) FROM records WHERE lesson = ${LESSON}`,
    },
  },
  {
    kind: 'sites', title: '站点收看台账', with: [records, sat],
    rows: 'count (*) FROM (SELECT DISTINCT lesson, site FROM room_intervals)',
    sums: {
      收看时长: 'sum (end_ms - start_ms) FROM room_intervals',
      签到人数: 'count (*) FROM sat',
      来宾: 'count (*) FROM room_guests',
      开始清点: "sum (heads) FROM head_counts WHERE moment = 'start'",
      中途清点: "sum (heads) FROM head_counts WHERE moment = 'middle'",
      结束清点: "sum (heads) FROM head_counts WHERE moment = 'end'",
      参学时长合计: 'sum (group_ms) FROM sat JOIN records USING (lesson, member)',
    },
  },
  {
    kind: 'host', title: '流入地参学反馈单', with: [records],
    rows: 'count (*) FROM (SELECT DISTINCT member, host_branch FROM ledger WHERE host_branch)',
    sums: studied('records WHERE host'),
  },
  {
    kind: 'make-up', title: '补学名单', with: [done], rows: 'count (DISTINCT member) FROM missing',
    sums: { 待补课数: 'count (*) FROM missing', 其中请假: "count (*) FROM missing WHERE state = 'excused'" },
  },
  {
    kind: 'contact', title: '流动党员联系提醒', options: ['--days', String(DAYS)], with: [records, last(to)],
    rows: `count (*) FROM last WHERE days >= ${DAYS} OR days IS NULL`,
    sums: { 已隔天数: `sum (days) FROM last WHERE days >= ${DAYS}` },
  },
  {
    kind: 'skills', title: '技能培训人数/人次', with: [records, trained],
    rows: 'count (DISTINCT course) FROM trained',
    sums: {
      课次: 'count (DISTINCT lesson) FROM trained',
      培训人数: 'count (*) FROM (SELECT DISTINCT course, member FROM trained)',
      培训人次: 'count (*) FROM trained',
      其中群众学员人数: "count (*) FROM (SELECT DISTINCT course, member FROM trained WHERE kind = 'trainee')",
      其中群众学员人次: "count (*) FROM trained WHERE kind = 'trainee'",
      来宾人次: 'count (*) FROM room_guests WHERE lesson IN (SELECT lesson FROM trained)',
      学习时长: 'sum (all_ms) FROM trained',
    },
  },
  {
    kind: 'lecturers', title: '讲师授课台账', with: [records], rows: 'count (*) FROM lesson_lecturers',
    sums: {
      授课时长: `count (*) * ${CREDITABLE_MS} FROM lesson_lecturers`,
      参学人次: 'count (*) FROM records JOIN lesson_lecturers USING (lesson) WHERE all_ms > 0',
    },
  },
  {
    kind: 'adjustments', title: '更正审计台账',
    with: ["by_hand AS (SELECT * FROM ledger WHERE kind NOT IN ('AUTO', 'STEWARD'))"],
    rows: 'count (*) FROM by_hand',
    sums: { 台账号: 'sum (seq) FROM by_hand', 时长增减: 'sum (earned_ms) FROM by_hand' },
  },
  {
    kind: 'transcript', title: '个人学时证明', options: ['--member', MEMBER], with: [records],
    rows: `count (*) FROM ${own}`,
    sums: {
      集中学习时长: `sum (group_ms) FROM ${own}`,
      自学时长: `sum (all_ms - group_ms) FROM ${own}`,
      集中学时: `sum (${credit('group_ms')}) FROM ${own}`,
      自学学时: `sum (${selfCredit}) FROM ${own}`,
    },
  },
];

const query = (sql: string) => run('sqlite3', ['-readonly', join(county, 'airclass.db'), sql]);
const ask = async (report: Report, figure: string) =>
  Number(await query(`WITH ${report.with.join(',\n')} SELECT ${figure}`));

const year = (await query('SELECT max (year) FROM ledger')).trim();
const to = `${year}-12-31`;
const file = (kind: string, form: string) => join(folder, `${kind}.${form}`);
const known = { numbers: new Set<string>(), names: new Set<string>(), phones: new Set<string>() };
const told: string[][] = [];

/** What stands in these columns is a text, whole, and somebody's. */
const identities: Record<string, (text: string) => boolean> = {
  编号: (text) => known.numbers.has(text),
  姓名: (text) => known.names.has(text),
  讲师: (text) => known.names.has(text),
  经办人: (text) => known.names.has(text),
  电话: (text) => known.phones.has(text),
  校验值: (text) => /^[0-9a-f]{12}$/.test(text),
};

beforeAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { kind, options = [] } of reports(to))
    await run(join(build, 'airclass'), [
      '--data-dir', county, 'report', kind, file(kind, 'xlsx'), '--from', `${year}-01-01`, '--to', to,
      '--reason', 'check-reports', ...options,
    ]);
  const books = reports(to).map(({ kind }) => file(kind, 'xlsx'));
  await convert(books, 'fods', folder);
  await convert(books, 'pdf', folder);
  for (const line of (await query('SELECT number, name, phone FROM members')).trim().split('\n')) {
    const [number, name, phone] = line.split('|') as [string, string, string];
    known.numbers.add(number);
    known.names.add(name);
    known.phones.add(phone);
  }
}, 600_000);

afterAll(() => {
  const widths = [12, 7, 10, 16, 16];
  for (const line of told) console.log(line.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' '));
});

/** Hours and times with their parts as the database has them: whole thousandths. */
const inParts = (cell: Cell, head: string) =>
  cell.type === 'time' || !head.endsWith('学时') ? cell.number : Math.round(cell.number * 1000);

it.each(reports(to))('$kind has the ledger\'s figures', async (report) => {
  const rows = await rowsOf(file(report.kind, 'fods'));
  const at = rows.findIndex((row) => row.some(({ text }) => text === Object.keys(report.sums)[0]));
  const heads = rows[at]!.map(({ text }) => text);
  const end = rows.findIndex((row, place) => place > at && (row[0]?.text === '合计' || !row[0]?.type));
  const body = rows.slice(at + 1, end);
  const below = rows[end]![0]?.text === '合计' ? rows[end]! : undefined;
  expect(rows[0]![0]!.text).toBe(report.title);
  expect(body.length).toBe(await ask(report, report.rows));
  for (const [head, sql] of Object.entries(report.sums)) {
    const column = heads.indexOf(head);
    const wanted = await ask(report, sql);
    const sum = body.reduce((all, row) => all + (row[column]!.type ? inParts(row[column]!, head) : 0), 0);
    expect(sum, head).toBe(wanted);
    const total = below?.[column];
    const summed = total !== undefined && !Number.isNaN(total.number);
    if (summed) expect(inParts(total, head), `${head}, 合计`).toBe(wanted);
    told.push([report.kind, String(body.length), summed ? 'cells, sum' : 'cells', String(wanted), head]);
  }
  for (const [head, isKnown] of Object.entries(identities)) {
    const column = heads.indexOf(head);
    if (column < 0) continue;
    for (const row of body) {
      expect(row[column]!.type, row[column]!.text).toBe('string');
      if (!isKnown(row[column]!.text)) expect.fail(`${head}: ${row[column]!.text}`);
    }
  }
}, 120_000);

// Too narrow a column shows ### in place of its number.
it.each(reports(to))('$kind is whole on paper', async ({ kind, title }) => {
  const text = await run('pdftotext', ['-layout', file(kind, 'pdf'), '-']);
  const fonts = (await run('pdffonts', [file(kind, 'pdf')])).trim().split('\n').slice(2);
  expect(text).toContain(title);
  expect(text).not.toMatch(/###|\uFFFD/);
  expect(fonts.length).toBeGreaterThan(0);
  for (const font of fonts) expect(font).toMatch(/ yes yes yes +\d+ +\d+$/); // embedded, with its characters
}, 60_000);
