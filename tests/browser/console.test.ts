// What staff do in the console every week, in both languages.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { launch, signedIn } from '../support/browser.ts';
import { as, branchNames, makeCounty, people, type County } from '../support/county.ts';
import { clip, publish } from '../support/publisher.ts';
import { until } from '../support/process.ts';
import { Server } from '../support/server.ts';

const title = '第一讲　乡村振兴';
const second = { number: '6002', name: '管理员午' };

let server: Server;
let browser: Browser;
let county: County;
beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  county = await makeCounty(server);
  await server.addMember(second.number, second.name, 'member', county.branches.county);
  await server.tool('role', 'grant', second.number, '--role', 'administrator');
  const lesson = await server.addLesson(title);
  const publisher = publish(await clip({ width: 320, height: 180, fps: 25, seconds: 4 }), lesson.rtmp_url);
  await until('two seconds that count', async () => (await server.lessons()).some(({ creditable_ms }) => creditable_ms > 2000));
  await publisher.end();
  await server.tool('lesson', 'end', String(lesson.lesson));
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

/** Writes into a combo box and takes the first that it finds. */
async function pick(page: Page, label: string | RegExp, text: string): Promise<void> {
  const box = page.getByRole('combobox', { name: label }).last();
  await box.fill(text);
  await page.getByRole('option', { name: text }).first().click();
}

const reports = ['credit', 'sign-in', 'sites', 'host', 'make-up', 'contact', 'skills', 'lecturers', 'adjustments', 'transcript'];

describe('reports', () => {
  it('are shown, and all ten downloaded', async () => {
    const context = await as('administrator', browser, server, 'desktop', 'en-GB');
    const page = await context.newPage();
    await page.goto('/console/reports');
    for (const name of reports) {
      await page.getByTestId(`report-${name}`).check();
      if (name === 'sign-in') await pick(page, 'Lesson', title);
      if (name === 'transcript') await pick(page, 'Member', people.member.number);
      for (const format of ['xlsx', 'csv', 'pdf']) {
        const link = page.getByTestId(`download-${format}`);
        const answer = await page.request.get((await link.getAttribute('href'))!);
        expect(`${name} ${format} ${answer.status()} ${answer.ok() ? '' : await answer.text()}`).toBe(`${name} ${format} 200 `);
        if (format !== 'xlsx') continue;
        const coming = page.waitForEvent('download', { timeout: 8_000 });
        await link.click();
        expect((await coming).suggestedFilename()).toMatch(/\.xlsx$/);
      }
      await page.getByTestId('preview').click();
      await page.getByTestId('report-shown').waitFor();
    }
    await expectAccessible(page);
    await context.close();
  });
});

describe('corrections', () => {
  it('that add wait for a second administrator', async () => {
    const first = await as('administrator', browser, server);
    const page = await first.newPage();
    await page.goto('/console/corrections');
    await page.getByTestId('ask-correction').click();
    await pick(page, '学员', people.member.number);
    await pick(page, '课', title);
    // No more than the lesson has, which is some seconds long.
    await page.getByTestId('correction-minutes').fill('0.02');
    await page.getByTestId('reason').fill('会场断电，按签到表补记');
    await page.getByTestId('form-submit').click();
    const row = page.locator('tr[data-row="0"]');
    await expect.poll(() => row.textContent()).toContain('待复核');
    await row.click();
    await page.getByTestId('own-correction').waitFor();
    expect(await page.getByTestId('approve').count()).toBe(0);
    await first.close();

    const other = await signedIn(browser, server, second.number);
    const theirs = await other.newPage();
    await theirs.goto('/console');
    await expect.poll(() => theirs.getByTestId('waiting-corrections').textContent()).toContain('1');
    await theirs.getByTestId('waiting-corrections').click();
    await theirs.locator('tr[data-row="0"]').click();
    await theirs.getByTestId('approve').click();
    await expect.poll(() => theirs.locator('tr[data-row="0"]').textContent()).toContain('已入账');
    await theirs.goto('/console/ledger');
    await expect.poll(() => theirs.locator('tr[data-row="0"]').textContent()).toContain('更正学时');
    await theirs.getByTestId('verify').click();
    await theirs.getByTestId('verified').waitFor();
    await other.close();
  });
});

describe('the timetable', () => {
  it('takes a series, and lets one of it go', async () => {
    const context = await as('staff', browser, server);
    const page = await context.newPage();
    await page.goto('/console/timetable');
    await page.getByTestId('plan').click();
    await page.getByTestId('lesson-title').fill('电商培训');
    await page.getByTestId('lesson-day').fill('2031-03-04');
    await page.getByTestId('lesson-hour').fill('19:30');
    await page.getByTestId('lesson-repeat').selectOption('week');
    await page.getByTestId('lesson-times').fill('3');
    await page.getByTestId('form-submit').click();
    await page.getByTestId('planned-close').click();
    const rows = page.locator('tr[data-row]').filter({ hasText: '电商培训' });
    await expect.poll(() => rows.count()).toBe(3);
    await rows.first().click();
    await page.getByTestId('cancel-lesson').click();
    await page.getByTestId('reason').fill('讲师有事');
    await page.getByTestId('form-submit').click();
    await expect.poll(() => rows.filter({ hasText: '已取消' }).count()).toBe(1);
    await context.close();
  });

  it('keeps the focus through its questions', async () => {
    await server.addLesson('第七讲　电商直播');
    const context = await as('administrator', browser, server);
    const page = await context.newPage();
    await page.goto('/console/timetable');
    const row = page.locator('tr[data-row]').filter({ hasText: '第七讲' });
    const focused = (name: string) => page.locator(`[data-test=${name}]:focus`).waitFor();
    await row.focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('new-key').focus();
    await page.keyboard.press('Enter');
    // To what does no harm; and back to what asked.
    await focused('keep-key');
    await page.keyboard.press('Enter');
    await focused('new-key');
    await page.getByTestId('cancel-lesson').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('reason').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('cancel-lesson').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('tr[data-row]:focus').filter({ hasText: '第七讲' }).waitFor();
    await context.close();
  });
});

describe('the roster', () => {
  it('takes a member, whose phone is shown for a reason', async () => {
    const context = await as('staff', browser, server, 'phone');
    const page = await context.newPage();
    await page.goto('/console/members');
    await page.getByTestId('add-member').click();
    await page.getByTestId('new-number').fill('７００１');
    await page.getByTestId('new-name').fill('学员未');
    await pick(page, '流出地支部', branchNames.village);
    await page.getByTestId('form-submit').click();
    await page.getByTestId('search').fill('7001');
    await page.getByTestId('find').click();
    const card = page.getByTestId('records').getByRole('button').filter({ hasText: '7001' });
    await card.first().click();
    await page.getByTestId('task-unmask').click();
    await page.getByTestId('reason').fill('电话通知开课');
    await page.getByTestId('form-submit').click();
    await expect.poll(() => page.getByTestId('told').first().textContent()).toBe('学员未');
    await context.close();
  });
});

describe('roles', () => {
  it('see their own sections only', async () => {
    const context = await as('secretary', browser, server, 'desktop', 'en-GB');
    const page = await context.newPage();
    await page.goto('/console');
    await page.getByTestId('to-members').waitFor();
    expect(await page.getByTestId('to-import').count()).toBe(0);
    await page.goto('/console/grants');
    await page.getByTestId('trouble').waitFor();
    await page.goto('/console/members');
    await page.getByTestId('total').waitFor();
    expect(await page.getByTestId('add-member').count()).toBe(0);
    await context.close();
    const member = await as('member', browser, server);
    const theirs = await member.newPage();
    await theirs.goto('/console');
    await theirs.getByTestId('trouble').waitFor();
    await member.close();
  });

  it('are given with the keyboard alone', async () => {
    const context = await as('administrator', browser, server);
    const page = await context.newPage();
    await page.goto('/console/grants');
    await page.getByTestId('give-role').focus();
    await page.keyboard.press('Enter');
    const member = page.getByRole('combobox', { name: '学员' });
    await member.waitFor();
    await member.focus();
    await page.keyboard.type('1002');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.getByTestId('role').selectOption('secretary');
    await page.getByRole('combobox', { name: '支部' }).focus();
    await page.keyboard.type('杨庄');
    await page.getByRole('option', { name: branchNames.village }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByTestId('toast').filter({ hasText: '已授予支部书记。' }).waitFor();
    await expect.poll(() => page.locator('tr[data-row]').filter({ hasText: '1002' }).textContent()).toContain('支部书记');
    await context.close();
  });
});
