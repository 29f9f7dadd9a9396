// Credit and records in the console: what waits is decided, what was noted is found. What the
// page says is what the API says to those whom it is about.
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { launch, signedIn } from '../support/browser.ts';
import { as, makeCounty, people, siteName, type County } from '../support/county.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { asking, devices, makeRecords, written, type Ask, type Records } from '../support/records.ts';
import { Server, type Lesson } from '../support/server.ts';

const title = '第五讲　直播带货';
const second = { number: '6002', name: '管理员午' };
const appeal = '中间换了手机，少记了。';

let server: Server;
let browser: Browser;
let county: County;
let records: Records;
let live: Lesson;
let publisher: Process | undefined;
let chief: Ask;
let member: Ask;
let other: Ask;
let context: BrowserContext | undefined;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  county = await makeCounty(server);
  await server.addMember(second.number, second.name, 'member', county.branches.county);
  await server.tool('role', 'grant', second.number, '--role', 'administrator');
  live = await server.addLesson(title, '--target', String(county.branches.village));
  publisher = publish(await clip({ width: 320, height: 180, fps: 25, seconds: 4 }), live.rtmp_url, { loop: true });
  records = await makeRecords(server, county);
  [chief, member, other] = await Promise.all([people.administrator.number, people.member.number, '1002'].map((number) =>
    asking(server, number))) as [Ask, Ask, Ask];
});
afterAll(async () => {
  await context?.close();
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

/** The section as somebody new at the desk sees it. */
async function open(opening: Promise<BrowserContext>, path: string): Promise<Page> {
  await context?.close();
  context = await opening;
  const page = await context.newPage();
  await page.goto(`/console${path}`);
  return page;
}

const rows = (page: Page): Locator => page.locator('[data-test=records] tr[data-row]');

async function pick(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).last().fill(text);
  await page.getByRole('option', { name: text }).first().click();
}

describe('today', () => {
  it.each([['zh-CN', '正常'], ['en-GB', 'Sends']] as const)('shows the lesson that is live (%s)', async (language, alive) => {
    const page = await open(as('administrator', browser, server, 'desktop', language), '');
    const card = page.getByTestId('today-live');
    await card.filter({ hasText: title }).filter({ hasText: alive }).waitFor();
    expect(await page.getByTestId('waiting-leaves').textContent()).toContain('2');
    expect(await page.getByTestId('waiting-appeals').textContent()).toContain('2');
    await expectAccessible(page);
  });
});

describe('leave', () => {
  interface Leaves { leaves: { state: string; answer: string }[] }

  it('is granted by the secretary', async () => {
    const page = await open(as('secretary', browser, server), '/leaves');
    await rows(page).filter({ hasText: people.member.number }).click();
    await page.getByText(written.leave).last().waitFor();
    await page.getByTestId('grant').check();
    await page.getByTestId('form-submit').click();
    await expect.poll(() => rows(page).count()).toBe(1);
    expect((await member<Leaves>('GET', '/leaves')).leaves).toMatchObject([{ state: 'approved', answer: '' }]);
    const { expected } = await chief<{ expected: { number: string; state: string }[] }>(
      'GET', `/lessons/${records.planned}/expected?branch=${county.branches.village}`);
    expect(expected.find(({ number }) => number === people.member.number)).toMatchObject({ state: 'excused' });
  });

  it('is refused with a reason, which the member reads', async () => {
    const page = await open(as('secretary', browser, server, 'phone', 'en-GB'), '/leaves');
    await page.getByTestId('records').getByRole('button').filter({ hasText: '1002' }).first().click();
    await page.getByTestId('refuse').check();
    await page.getByTestId('form-submit').click();
    expect(await page.getByTestId('form-failure').count()).toBe(0); // it wants the reason first
    await page.getByTestId('refusal').fill('There is a room where you are.');
    await page.getByTestId('form-submit').click();
    await page.getByTestId('empty').waitFor();
    expect((await other<Leaves>('GET', '/leaves')).leaves).toMatchObject([
      { state: 'refused', answer: 'There is a room where you are.' },
    ]);
    await expectAccessible(page);
  });
});

describe('logs of a room', () => {
  const room = (): string => `/lessons/${records.held}/rooms/${county.site}`;
  const logOf = async (device: string): Promise<string[]> =>
    (await chief<{ entries: { state: string }[] }>('GET', `${room()}/logs?device=${device}`)).entries.map(({ state }) => state);

  it('become stays, guests and heads when they are approved', async () => {
    const page = await open(as('secretary', browser, server), '/logs');
    await pick(page, '课', written.held);
    await pick(page, '站点', siteName);
    await page.getByTestId('logs-look').click();
    const log = page.getByTestId('log').filter({ hasText: devices.first.slice(-4) });
    // By name and number, as in every list.
    await log.getByText(`学*甲 ${people.member.number}`).first().waitFor();
    await log.getByText(written.guest).waitFor();
    await log.getByTestId('logs-approve').click();
    await expect.poll(() => log.getByText('已批准').count()).toBe(4);
    expect(await log.getByTestId('logs-approve').count()).toBe(0);
    expect(await logOf(devices.first)).toEqual(['approved', 'approved', 'approved', 'approved']);
    expect(await chief('GET', room())).toMatchObject({
      stays: [{ number: people.member.number, late: true }], guests: [{ name: written.guest, late: true }],
      heads: [{ moment: 'start', heads: 2, late: true }],
    });
  });

  it('become nothing when they are not', async () => {
    const page = await open(as('secretary', browser, server, 'desktop', 'en-GB'), '/logs');
    await pick(page, 'Lesson', written.held);
    await pick(page, 'Room', siteName);
    await page.getByTestId('logs-look').click();
    const log = page.getByTestId('log').filter({ hasText: devices.second.slice(-4) });
    await log.getByTestId('logs-reject').click();
    await page.getByText('cannot be taken back').waitFor();
    expect(await logOf(devices.second)).toEqual(['waiting']);
    await page.getByTestId('form-submit').click();
    await log.getByTestId('logs-reject').waitFor({ state: 'detached' });
    expect(await logOf(devices.second)).toEqual(['rejected']);
    expect((await chief<{ stays: object[] }>('GET', room())).stays).toHaveLength(1);
    await expectAccessible(page);
  });
});

describe('an appeal', () => {
  it('is answered with the entry that one asked for and another approved', async () => {
    await until('some seconds that count', async () =>
      (await server.lessons()).find(({ lesson }) => lesson === live.lesson)!.creditable_ms > 3000);
    await chief('POST', `/lessons/${live.lesson}/end`);
    await publisher!.end();
    await member('POST', `/lessons/${live.lesson}/appeals`, { text: appeal });

    const first = await open(as('administrator', browser, server), '/appeals');
    await rows(first).filter({ hasText: appeal }).waitFor();
    await first.goto('/console/corrections');
    await first.getByTestId('ask-correction').click();
    await pick(first, '学员', people.member.number);
    await pick(first, '课', title);
    await first.getByTestId('correction-minutes').fill('0.02');
    await first.getByTestId('reason').fill(appeal);
    await first.getByTestId('form-submit').click();
    await rows(first).filter({ hasText: '待复核' }).waitFor();

    const page = await open(signedIn(browser, server, second.number, 'en-GB'), '/corrections');
    await rows(page).filter({ hasText: people.member.number }).click();
    await page.getByTestId('approve').click();
    await page.getByTestId('approve').waitFor({ state: 'detached' });
    const { entries } = await chief<{ entries: { entry: number; earned_ms: number; number: string }[] }>('GET', '/ledger?kind=ADJUST');
    expect(entries).toMatchObject([{ number: people.member.number, earned_ms: 1200 }]);

    // Another one is refused, and who asked is told why.
    await chief('POST', '/corrections', { kind: 'ADJUST', member: people.member.number, lesson: live.lesson, earned_ms: 1000, reason: appeal });
    await page.reload();
    await rows(page).first().click();
    await page.getByTestId('reject').click();
    await page.getByTestId('form-submit').click();
    expect(await page.getByTestId('rejection').evaluate((field: HTMLInputElement) => field.validity.valueMissing)).toBe(true);
    await page.getByTestId('rejection').fill('It is on no sheet.');
    await page.getByTestId('form-submit').click();
    await page.getByTestId('reject').waitFor({ state: 'detached' });
    await rows(page).first().click();
    await page.getByRole('dialog').getByText('It is on no sheet.').waitFor();

    await page.goto('/console/appeals');
    await rows(page).filter({ hasText: appeal }).click();
    // Among what the ledger has of it.
    await page.getByRole('radio', { name: `No. ${entries[0]!.entry} · Adjustment` }).check();
    await page.getByTestId('appeal-answer').fill('补记了。');
    await page.getByTestId('form-submit').click();
    await expect.poll(() => rows(page).count()).toBe(2);
    const { appeals } = await member<{ appeals: { text: string; answer: string | null; entry: number | null }[] }>('GET', '/appeals');
    expect(appeals).toMatchObject([{ text: appeal, answer: '补记了。', entry: entries[0]!.entry }, { text: written.appeal, answer: null }]);
    await expectAccessible(page);
  });
});

describe('the ledger', () => {
  it('is looked through by kind and lesson, and an entry opened', async () => {
    const page = await open(as('administrator', browser, server, 'desktop', 'en-GB'), '/ledger');
    await page.getByTestId('kind').selectOption('WAIVE');
    await pick(page, 'Lesson', written.held);
    await page.getByTestId('find').click();
    await expect.poll(() => rows(page).count()).toBe(2);
    await rows(page).filter({ hasText: '1003' }).click();
    await page.getByText(written.waived).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByTestId('kind').selectOption('VOID');
    await page.getByTestId('find').click();
    await page.getByTestId('empty').waitFor();
  });

  it('opens from an appeal with whom and what it is about', async () => {
    const page = await open(as('administrator', browser, server), '/appeals');
    await rows(page).filter({ hasText: written.otherAppeal }).click();
    await page.getByTestId('see-ledger').click();
    await expect.poll(() => page.getByRole('combobox', { name: '学员' }).inputValue()).toContain('1002');
    expect(await page.getByRole('combobox', { name: '课' }).inputValue()).toContain(written.held);
    await page.getByTestId('empty').waitFor();
  });

  it('is looked through by a press below a list that is open, and gives up its room', async () => {
    const page = await open(as('administrator', browser, server), '/ledger');
    await page.getByRole('combobox', { name: '课' }).focus();
    await page.getByRole('listbox').getByRole('option').first().waitFor();
    const asked = page.waitForRequest((request) => request.url().includes('/api/v1/ledger?'));
    await page.getByTestId('find').click();
    await asked;
    await page.getByRole('listbox').waitFor({ state: 'detached' });
  });

  it('lets an entry be taken back', async () => {
    const page = await open(as('administrator', browser, server), '/ledger');
    await page.getByTestId('kind').selectOption('WAIVE');
    await page.getByTestId('find').click();
    await rows(page).filter({ hasText: '1004' }).click();
    await page.getByTestId('void-entry').click();
    await page.getByTestId('reason').fill('登记错了。');
    await page.getByTestId('form-submit').click();
    await page.getByTestId('form-submit').waitFor({ state: 'detached' });
    const { entries } = await chief<{ entries: { number: string; reference: number }[] }>('GET', '/ledger?kind=VOID');
    const { entries: waived } = await chief<{ entries: { entry: number; number: string }[] }>('GET', '/ledger?kind=WAIVE');
    expect(entries).toMatchObject([{ number: '1004', reference: waived.find(({ number }) => number === '1004')!.entry }]);
  });
});

describe('a year', () => {
  it('in which nothing was learnt is closed for good', async () => {
    const year = String(new Date().getFullYear() - 1);
    const page = await open(as('administrator', browser, server), '/ledger');
    await page.getByTestId('close-year').click();
    // Two appeals are still not answered.
    await page.getByTestId('still-open').filter({ hasText: '2 条申诉' }).waitFor();
    await page.getByTestId('typed-year').fill('1999');
    await page.getByTestId('form-submit').click();
    interface Head { entries: number; closed_years: { year: number; entries: number }[] }
    expect((await chief<Head>('GET', '/ledger/head')).closed_years).toEqual([]);
    await page.getByTestId('typed-year').fill(year);
    await page.getByTestId('form-submit').click();
    await page.getByTestId('form-submit').waitFor({ state: 'detached' });
    const { entries, closed_years: closed } = await chief<Head>('GET', '/ledger/head');
    expect(closed).toMatchObject([{ year: Number(year), entries }]);
  });
});

describe('the audit log', () => {
  it('is looked through by act and member, and page by page', async () => {
    // Within what one session may write at once.
    for (const number of [people.administrator.number, second.number]) {
      const ask = await asking(server, number);
      for (let turn = 0; turn < 60; turn++)
        await ask('PATCH', `/branches/${county.branches.county}`, { name: `青河县委 ${turn}` });
    }
    const page = await open(as('administrator', browser, server), '/audit');
    const readings = rows(page).filter({ hasText: '查看名单' });
    await rows(page).nth(10).waitFor();
    expect(await readings.count()).toBe(0);
    await page.getByTestId('reading').check();
    await readings.first().waitFor();
    await page.getByTestId('act').selectOption('branch-set');
    await page.getByTestId('find').click();
    const table = page.getByRole('table');
    await rows(page).nth(10).waitFor();
    expect(await table.getAttribute('aria-rowcount')).toBe('-1'); // not all are here
    await page.getByTestId('more').click();
    await expect.poll(() => table.getAttribute('aria-rowcount')).toBe('121');

    await page.getByTestId('act').selectOption('leave-refuse');
    await pick(page, '涉及的学员', '1002');
    await page.getByTestId('find').click();
    await expect.poll(() => rows(page).count()).toBe(1);
    await rows(page).click();
    await page.getByRole('dialog').getByText('There is a room where you are.').waitFor();
    const { entries } = await chief<{ entries: { actor: string; member: string }[] }>('GET', '/audit?act=leave-refuse');
    expect(entries).toMatchObject([{ actor: people.secretary.number, member: '1002' }]);
  });
});

describe('the quality of viewing', () => {
  it.each([['zh-CN', '课', '手机', '浏览器自带'], ['en-GB', 'Lesson', 'Phone', 'Browser’s own']] as const)(
    'is drawn, and told in numbers (%s)', async (language, label, phone, native) => {
      const page = await open(as('administrator', browser, server, 'desktop', language), '/quality');
      await pick(page, label, written.held);
      await page.getByTestId('chart').locator('canvas, svg').first().waitFor();
      const told = await chief<{ renditions: object[]; deliveries: object[]; devices: object[] }>('GET', `/lessons/${records.held}/quality`);
      expect(await rows(page).count()).toBe(told.renditions.length + told.deliveries.length + told.devices.length);
      // Two phones of a minute each, one of which stalled once.
      const cells = await rows(page).filter({ hasText: phone }).getByRole('cell').allTextContents();
      expect(cells.map((text) => text.trim()).slice(1, 4)).toEqual(['2', '0.9', '1']);
      await rows(page).filter({ hasText: native }).filter({ hasText: '5.1 / 5.1' }).waitFor();
      await expectAccessible(page);
    });

  it('shows how far behind those are who watch now', async () => {
    const page = await open(as('administrator', browser, server), '/system');
    // Reports are of this minute and the last.
    const member = await asking(server, '1003');
    await member('POST', `/lessons/${live.lesson}/quality`, { delivery: 'hls', device: 'phone', played_ms: 60_000, latency_ms: 2_300 });
    await chief('GET', `/lessons/${live.lesson}/quality`); // writes what was told
    const { viewers } = await chief<{ viewers: { delivery: string; latency_ms: number; latency_p95_ms: number }[] }>('GET', '/overview/system');
    const { latency_ms, latency_p95_ms } = viewers.find(({ delivery }) => delivery === 'hls')!;
    expect([latency_ms, latency_p95_ms]).toEqual([2_300, 2_300]);
    await page.getByText('一般延迟 2.3 秒，95% 不超过 2.3 秒').waitFor();
  });
});
