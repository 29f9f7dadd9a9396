// What clerks do in the console now and then: screens, stewards, cards, members who move or
// forget, the roster as a file, the rules, the end of a year. What the page says is not
// believed: each is looked up in the database, in the file, or by who may then do what.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Download, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { launch, signedIn, type Language } from '../support/browser.ts';
import { as, branchNames, makeCounty, people, siteName, type County, type Role } from '../support/county.ts';
import { run } from '../support/process.ts';
import { password, Server } from '../support/server.ts';
import { readWorkbook } from '../support/spreadsheet.ts';

let server: Server;
let browser: Browser;
let county: County;
let context: BrowserContext | undefined;
beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  county = await makeCounty(server);
});
afterEach(async () => {
  await context?.close();
  context = undefined;
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

/** A section of the console, opened by whoever has `role`. */
async function open(section: string, role: Role, language: Language = 'zh-CN'): Promise<Page> {
  context = await as(role, browser, server, 'desktop', language);
  const page = await context.newPage();
  await page.goto(`/console/${section}`);
  return page;
}

async function rows<Row>(sql: string): Promise<Row[]> {
  const text = await run('sqlite3', ['-readonly', '-json', join(server.data, 'airclass.db'), sql]);
  return text === '' ? [] : (JSON.parse(text) as Row[]);
}

const get = (path: string, cookie: string): Promise<Response> =>
  fetch(`${server.addresses.http}/api/v1${path}`, { headers: { cookie } });

function post(path: string, body: object, cookie = ''): Promise<Response> {
  return fetch(`${server.addresses.http}/api/v1${path}`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', 'x-requested-with': 'airclass' },
    body: JSON.stringify(body),
  });
}

/** Writes into a combo box and takes the first that it finds. */
async function pick(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).last().fill(text);
  await page.getByRole('option', { name: text }).first().click();
}

const dialog = (page: Page) => page.locator('dialog[open]');
const saved = (page: Page) => page.getByTestId('toast').waitFor();

async function openMember(page: Page, number: string): Promise<void> {
  await page.getByTestId('search').fill(number);
  await page.getByTestId('find').click();
  await page.locator('tr[data-row]').filter({ hasText: number }).click();
}

const openRoom = (page: Page): Promise<void> => page.locator('tr[data-row]').filter({ hasText: siteName }).click();

async function fileOf(coming: Promise<Download>): Promise<{ name: string; bytes: Buffer; path: string }> {
  const download = await coming;
  const path = await download.path();
  return { name: download.suggestedFilename(), bytes: await readFile(path), path };
}

describe('the tree of branches', () => {
  it('begins with the own one, also of whose branch nothing lies below', async () => {
    const page = await open('branches', 'secretary');
    const own = page.getByTestId(`branch-${county.branches.village}`);
    const [{ people: count }] = await rows<{ people: number }>(
      `SELECT count (*) AS people FROM members WHERE branch = ${county.branches.village}`) as [{ people: number }];
    await own.filter({ hasText: `${branchNames.village} 村 · 本级 ${count} 人` }).waitFor();
    expect(await page.getByRole('list', { name: '支部' }).getByRole('listitem').count()).toBe(1);
    expect(await page.getByTestId(`unfold-${county.branches.village}`).count()).toBe(0);
    await own.click();
    await dialog(page).getByText(Object.values(branchNames).join(' / ')).waitFor();
    await dialog(page).getByTestId('link').waitFor();
    expect(await dialog(page).getByTestId('branch-rename').count()).toBe(0);
    await expectAccessible(page);
  });

  it('shows what lies below, and its staff rename it', async () => {
    const page = await open('branches', 'staff');
    await page.getByTestId(`branch-${county.branches.village}`).waitFor();
    const fold = page.getByTestId(`unfold-${county.branches.town}`);
    expect(await fold.getAttribute('aria-expanded')).toBe('true');
    await fold.click();
    await page.getByTestId(`branch-${county.branches.village}`).waitFor({ state: 'detached' });
    const rename = async (name: string) => {
      await page.getByTestId(`branch-${county.branches.town}`).click();
      await page.getByTestId('branch-rename').fill(name);
      await page.getByTestId('form-submit').click();
      await page.getByTestId(`branch-${county.branches.town}`).filter({ hasText: name }).waitFor();
    };
    await rename('柳林镇党委');
    expect(await rows(`SELECT name FROM branches WHERE id = ${county.branches.town}`)).toEqual([{ name: '柳林镇党委' }]);
    await rename(branchNames.town);
  });

  it('leads to the members of one, and closes one that is empty', async () => {
    const page = await open('branches', 'staff');
    await page.getByTestId(`branch-${county.branches.village}`).click();
    await page.getByTestId('show-members').click();
    const counted = `SELECT count (*) AS n FROM members WHERE branch = ${county.branches.village}`;
    const [{ n }] = await rows<{ n: number }>(counted) as [{ n: number }];
    await page.getByTestId('total').filter({ hasText: `共 ${n} 人` }).waitFor();
    await expect.poll(() => page.getByRole('combobox', { name: '支部' }).inputValue()).toBe(branchNames.village);
    await page.getByRole('combobox', { name: '支部' }).fill('');
    await page.getByTestId('total').filter({ hasText: `共 ${n + 1} 人` }).waitFor();

    const close = async (name: string) => {
      await page.getByRole('button', { name }).first().click();
      await page.getByTestId('close-branch').click();
      await page.getByTestId('form-submit').click();
    };
    await page.goto('/console/branches');
    await close(branchNames.village);
    await page.getByTestId('form-failure').filter({ hasText: '这个支部还有学员、下级支部或站点' }).waitFor();
    await page.getByTestId('close-dialog').click();
    await page.getByTestId('branch-rename').waitFor();
    await page.getByTestId('close-dialog').click();
    await page.getByTestId('add-branch').click();
    await page.getByTestId('branch-name').fill('赵庄村党支部');
    await page.getByTestId('form-submit').click();
    await saved(page);
    await close('赵庄村党支部');
    const closed = () => rows("SELECT closed_ms IS NOT NULL AS closed FROM branches WHERE name = '赵庄村党支部'");
    await page.getByRole('button', { name: '赵庄村党支部' }).waitFor({ state: 'detached' });
    expect(await closed()).toEqual([{ closed: 1 }]);
    await page.getByLabel('也显示已停用的').check();
    await page.getByRole('button', { name: '赵庄村党支部' }).click();
    await page.getByTestId('form-submit').click();
    await expect.poll(closed).toEqual([{ closed: 0 }]);
  });
});

describe('a room', () => {
  it('gets a screen by the code that it shows, and loses it', async () => {
    const { code, secret } = (await (await post('/screens/pairing', {})).json()) as { code: string; secret: string };
    const page = await open('rooms', 'staff');
    await openRoom(page);
    await page.getByTestId('pair-code').fill('2222 2222');
    await page.getByTestId('pair-name').fill('前墙大屏');
    await page.getByTestId('pair').click();
    await dialog(page).getByRole('alert').filter({ hasText: '没有屏幕在显示这个配对码' }).waitFor();
    // As one types what is read from a wall: small letters, in two halves.
    await page.getByTestId('pair-code').fill(`${code.slice(0, 4)} ${code.slice(4)}`.toLowerCase());
    await page.getByTestId('pair').click();
    await dialog(page).getByText('前墙大屏').waitFor();
    expect(await dialog(page).getByRole('alert').count()).toBe(0);
    await expectAccessible(page);

    const claimed = await post('/screens/pairing/claim', { secret });
    const cookie = claimed.headers.get('set-cookie')!.split(';')[0]!;
    const self = () => get('/screens/self', cookie);
    expect(((await (await self()).json()) as { site: { id: number } }).site.id).toBe(county.site);

    await dialog(page).getByTestId('revoke').click();
    await page.getByTestId('form-submit').waitFor();
    expect((await self()).status).toBe(200); // nobody was sure yet
    await page.getByTestId('form-submit').click();
    await dialog(page).getByText('还没有配对的屏幕').waitFor();
    expect((await self()).status).toBe(401);
  });

  it('gets stewards, and lets them go', async () => {
    const page = await open('rooms', 'staff', 'en-GB');
    const cookie = await server.signIn('1003');
    const runs = async (): Promise<number> => (await get(`/sites/${county.site}/screens`, cookie)).status;
    expect(await runs()).toBe(403);
    await openRoom(page);
    await pick(page, 'Add a steward of the room', '1003');
    await dialog(page).getByRole('button', { name: 'Appoint' }).click();
    const steward = dialog(page).getByRole('listitem').filter({ hasText: '1003' });
    await steward.waitFor();
    expect(await runs()).toBe(200);
    // Without any role: the way to the room stands among the pages all the same.
    const theirs = await signedIn(browser, server, '1003', 'en-GB');
    const home = await theirs.newPage();
    await home.goto('/');
    await home.getByTestId('account').click();
    await home.getByRole('link', { name: 'Room check-in' }).click();
    await home.waitForURL('/steward');
    await theirs.close();
    await steward.getByTestId('dismiss').click();
    await page.getByTestId('form-submit').click();
    await page.getByTestId('pair').waitFor(); // the question is gone
    await expect.poll(() => steward.count()).toBe(0);
    expect(await runs()).toBe(403);
  });

  it('is added to a new branch', async () => {
    const page = await open('branches', 'staff', 'en-GB');
    await page.getByTestId('add-branch').click();
    await page.getByTestId('branch-name').fill('李庄村党支部');
    await page.getByTestId('form-submit').click();
    await saved(page);
    await page.goto('/console/rooms');
    await page.getByTestId('add-room').click();
    await page.getByTestId('room-name').fill('李庄村会议室');
    await pick(page, 'Branch', '李庄村党支部');
    await page.getByTestId('form-submit').click();
    const room = page.locator('tr[data-row]').filter({ hasText: '李庄村会议室' });
    await room.waitFor();
    await page.getByTestId('search').fill('nowhere');
    await page.getByTestId('find').click();
    await page.getByTestId('empty').filter({ hasText: 'No room matches.' }).waitFor();
    await page.getByTestId('search').fill('李庄');
    await page.getByTestId('find').click();
    await room.waitFor();
    expect(await page.locator('tr[data-row]').count()).toBe(1);
    await room.click();
    await page.getByTestId('close-room').click();
    await page.getByTestId('form-submit').click();
    await page.getByTestId('reopen-room').waitFor();
    await page.getByTestId('close-dialog').click();
    await room.waitFor({ state: 'detached' });
    await page.getByTestId('closed-too').check();
    await room.filter({ hasText: '(closed)' }).click();
    await page.getByTestId('reopen-room').click();
    await page.getByTestId('close-room').waitFor();
    await page.getByTestId('close-dialog').click();
    await room.filter({ hasText: '(closed)' }).waitFor({ state: 'detached' });
    expect(await rows(
      'SELECT sites.name AS room, branches.name AS branch, kind, parent ' +
      'FROM sites JOIN branches ON branches.id = branch ' +
      "WHERE sites.name = '李庄村会议室'",
    )).toEqual([{ room: '李庄村会议室', branch: '李庄村党支部', kind: 'village', parent: county.branches.town }]);
  });
});

describe('cards', () => {
  it('are printed for those who have none', async () => {
    const page = await open('rooms', 'staff');
    const print = async () => {
      await page.getByTestId('print-cards').click();
      await pick(page, '支部', branchNames.village);
      await page.getByTestId('reason').fill('新站点启用');
      const coming = page.waitForEvent('download');
      await page.getByTestId('form-submit').click();
      return fileOf(coming);
    };
    const { name, path } = await print();
    expect(name).toBe('签到卡.pdf');
    // Nobody is without one now.
    await page.getByTestId('print-cards').click();
    await page.getByTestId('form-submit').click();
    await dialog(page).getByText('这里的人都有卡片了；要换新卡片，请勾选重新打印。', { exact: true }).waitFor();
    await page.getByTestId('close-dialog').click();
    const text = await run('pdftotext', [path, '-']);
    const { village: home } = county.branches;
    const village = await rows<{ number: string }>(`SELECT number FROM members WHERE branch = ${home}`);
    expect(village.length).toBe(8);
    for (const { number } of village) expect(text).toContain(number);
    expect(await rows('SELECT count(*) AS n FROM member_cards WHERE revoked_ms IS NULL')).toEqual([{ n: 8 }]);
    expect(await rows("SELECT reason FROM audit WHERE reason = '新站点启用'")).toHaveLength(1);
  });
});

describe('a member', () => {
  it('moves to another branch', async () => {
    const page = await open('members', 'staff');
    await openMember(page, '1004');
    await page.getByTestId('task-move').click();
    await dialog(page).getByRole('combobox').first().selectOption('home');
    await pick(page, '支部', branchNames.town);
    await dialog(page).getByLabel('从哪天起算').fill('2099-01-01');
    await page.getByTestId('form-submit').click();
    await dialog(page).getByText('日期不能晚于今天，请到那一天再办理。', { exact: true }).waitFor();
    // Before the branch that they have had since today: that one still holds.
    await dialog(page).getByLabel('从哪天起算').fill('2025-03-01');
    await page.getByTestId('form-submit').click();
    await page.getByTestId('toast').filter({ hasText: '现在的支部没有改' }).waitFor();
    await page.getByTestId('task-move').click();
    await dialog(page).getByRole('combobox').first().selectOption('home');
    await pick(page, '支部', branchNames.town);
    await page.getByTestId('form-submit').click();
    await page.getByTestId('toast').filter({ hasText: '已保存' }).waitFor();
    await dialog(page).getByText(branchNames.town).waitFor();
    expect(await rows(
      'SELECT branches.name AS home, from_day AS since FROM members ' +
      "JOIN memberships ON member = members.id AND side = 'home' AND memberships.branch = members.branch " +
      "JOIN branches ON branches.id = members.branch WHERE number = '1004'",
    )).toEqual([{ home: branchNames.town, since: '2025-03-01' }]);
  });

  it('who forgot the password gets another', async () => {
    const page = await open('members', 'staff', 'en-GB');
    const before = await server.signIn('1005');
    await openMember(page, '1005');
    await page.getByTestId('task-password').click();
    await page.getByTestId('reason').fill('came to the office');
    await page.getByTestId('form-submit').click();
    const made = (await page.getByTestId('told').textContent())!;
    expect(made).toMatch(/^([a-z2-9]{4}-){2}[a-z2-9]{4}$/);
    await expectAccessible(page);
    expect((await get('/session', before)).status).toBe(401);
    expect((await post('/session', { number: '1005', password })).status).toBe(401);
    const answer = await post('/session', { number: '1005', password: made });
    const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
    expect(await answer.json()).toMatchObject({ must_change_password: true });
    expect(await (await get('/lessons', cookie)).json()).toMatchObject({ type: 'urn:airclass:problem:password-made' });
  });
});

describe('the roster', () => {
  it('is taken away as the database has it', async () => {
    const page = await open('members', 'staff');
    // Branches of one name are told apart by all above them.
    const town = `${branchNames.county}/${branchNames.town}`;
    const members = await rows<{ number: string; name: string; home: string }>(
      `SELECT number, name, iif(branch = ${county.branches.town}, '', '/${branchNames.village}') AS home ` +
      'FROM members ' +
      `WHERE branch IN (${county.branches.town}, ${county.branches.village}) ORDER BY number`,
    );
    for (const one of members) one.home = town + one.home;
    const take = async (format: string) => {
      await page.getByTestId('export').click();
      await dialog(page).getByLabel('文件格式').selectOption(format);
      await page.getByTestId('reason').fill('季度核对');
      const coming = page.waitForEvent('download');
      await page.getByTestId('form-submit').click();
      return fileOf(coming);
    };
    const book = await take('xlsx');
    expect(book.name).toBe('学员名册.xlsx');
    const [headings, ...table] = readWorkbook(book.bytes);
    const at = (heading: string) => headings!.indexOf(heading);
    const taken = table.map((row) => ({ number: row[at('编号')], name: row[at('姓名')], home: row[at('流出地支部')] }));
    expect(taken.sort((a, b) => (a.number! < b.number! ? -1 : 1))).toEqual(members);
    const text = await take('csv');
    expect(text.name).toBe('学员名册.csv');
    const lines = text.bytes.toString('utf8');
    for (const { number, name } of members) expect(lines).toMatch(new RegExp(`${number}.*${name}`));
    expect(await rows("SELECT reason FROM audit WHERE act = 'export' AND reason = '季度核对'")).toHaveLength(2);
  });
});

describe('the rules', () => {
  it('get a version for the days that are given', async () => {
    const page = await open('policies', 'administrator', 'en-GB');
    await page.getByTestId('add-policy').click();
    await page.getByTestId('policy-version').fill('county-2032');
    await page.getByTestId('policy-from').fill('2032-01-01');
    await dialog(page).getByLabel('Last day').fill('2031-12-31');
    await page.getByTestId('reason').fill('decided on 3 May');
    await page.getByTestId('form-submit').click();
    await dialog(page).getByText('The last day lies before the first.', { exact: true }).waitFor();
    await dialog(page).getByLabel('Last day').fill('2032-12-31');
    await page.getByTestId('form-submit').click();
    await page.getByRole('article', { name: 'county-2032' }).waitFor();
    await expectAccessible(page);
    expect(await rows(
      "SELECT version, valid_from, valid_until, reason FROM policies WHERE version = 'county-2032'",
    )).toEqual([
      { version: 'county-2032', valid_from: '2032-01-01', valid_until: '2032-12-31', reason: 'decided on 3 May' },
    ]);
  });
});

describe('a year', () => {
  it('is closed for good', async () => {
    const page = await open('ledger', 'administrator');
    await page.getByRole('button', { name: '封账' }).click();
    await dialog(page).getByLabel('年度').fill('2024');
    await page.getByTestId('form-submit').click();
    // It was not written a second time: nothing is sent.
    expect(await rows('SELECT year FROM closed_years')).toEqual([]);
    await dialog(page).getByLabel('请输入 2024 确认').fill('2024');
    await page.getByTestId('form-submit').click();
    await saved(page);
    expect(await rows('SELECT year FROM closed_years')).toEqual([{ year: 2024 }]);
    await page.getByRole('button', { name: '封账' }).click();
    await dialog(page).getByLabel('年度').fill('2024');
    await dialog(page).getByLabel('请输入 2024 确认').fill('2024');
    await page.getByTestId('form-submit').click();
    await dialog(page).getByText('这个年度已经封账。', { exact: true }).waitFor();
  });
});
