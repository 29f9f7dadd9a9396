import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { branchNames, people, siteName } from '../../support/county.ts';
import { refusal } from '../../support/problem.ts';
import { password } from '../../support/server.ts';
import { pageStates } from '../../support/states.ts';

const title = '第四讲　会场签到';
const guest = '张大伯';
/** A branch of some size. */
const roster = Array.from({ length: 40 }, (_, i) => ({ number: String(8001 + i), name: `王${'甲乙丙丁戊己庚辛壬癸'[i % 10]!}${i + 1}` }));

/** What has been said lies over the page until it is closed, or gone by itself. */
async function closeToasts(page: Page): Promise<void> {
  const toasts = page.getByTestId('toast');
  while (await toasts.count() > 0) await toasts.first().getByRole('button').click({ timeout: 1000 }).catch(() => undefined);
}

async function signIn(page: Page, number: string): Promise<void> {
  const headers = { 'x-requested-with': 'airclass' };
  await page.context().request.post('/api/v1/session', { data: { number, password }, headers });
}

export const states = pageStates<number>({
  role: 'steward',
  written: [title, siteName, guest, '学员庚', '学员辛', '学员壬', '学员癸', '学员子', ...roster.map(({ name }) => name)],
  prepare: async ({ server }) => {
    const file = join(server.data, 'roster.csv');
    const rows = roster.map(({ number, name }) => `${number},${name},${branchNames.village}`);
    await writeFile(file, `编号,姓名,流出地支部\n${rows.join('\n')}\n`);
    const { digest } = await server.json<{ digest: string }>('import', 'members', file);
    await server.tool('import', 'members', file, '--apply', digest);
    const { lesson } = await server.addLesson(title);
    await server.tool('lesson', 'start', String(lesson));
    return lesson;
  },
  states: {
    roster: async (page) => {
      await page.goto('/steward');
      await page.locator('[data-member="1001"]').waitFor();
      await page.locator('[data-member="1001"][data-in=false]').click({ timeout: 1000 }).catch(() => undefined);
      await page.locator('[data-member="1001"][data-in=true]').waitFor();
      await page.getByTestId('heads-start').getByRole('textbox').fill('7');
      await page.getByTestId('heads-start').getByRole('button').click();
      // It may have been told of a count before this one.
      await page.getByTestId('toast').filter({ hasText: /人数已保存|The count is saved/ }).waitFor();
      await page.getByTestId('heads-start').locator('.told').waitFor();
      await closeToasts(page);
    },
    heads: async (page) => {
      await page.getByTestId('heads-middle').getByRole('textbox').fill('七个');
      await page.getByTestId('heads-middle').getByRole('button').click();
      await page.locator('[aria-invalid=true]').waitFor();
    },
    hand: async (page) => {
      await page.getByTestId('heads-middle').getByRole('textbox').fill('');
      await page.getByTestId('hand').click();
      await page.getByTestId('hand-state').filter({ hasText: /\S/ }).scrollIntoViewIfNeeded();
    },
    'hand-down': async (page) => {
      await page.getByTestId('hand').click();
      await page.getByTestId('hand-state').filter({ hasText: /\S/ }).waitFor({ state: 'hidden' });
    },
    'nobody-found': async (page) => {
      await page.getByTestId('search').fill('9999');
      await page.getByTestId('empty').waitFor();
    },
    'sign-out': async (page) => {
      await page.getByTestId('search').fill('1001');
      await page.locator('[data-member="1001"]').click();
      await page.getByTestId('confirm-out').waitFor();
    },
    'all-out': async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.getByTestId('search').fill('');
      await page.getByTestId('all-out').click();
      await page.getByTestId('confirm-all-out').waitFor();
    },
    link: async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.getByTestId('link').click();
      await page.getByTestId('link-code').waitFor();
    },
    guest: async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.getByTestId('add-guest').click();
      await page.getByTestId('guest-save').click();
      await page.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor();
    },
    scan: async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.getByTestId('scan').click();
      await page.getByTestId('card-save').click();
      await page.getByTestId('card-code').waitFor();
      // Without a camera the page says what to do instead.
      await page.locator('dialog[open]').getByText(/摄像头。|打不开|was not allowed|cannot be opened/).waitFor();
    },
    'no-line': async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.context().setOffline(true);
      await page.locator('[data-member="1002"]').waitFor();
      await page.locator('[data-member="1002"][data-in=false]').click();
      await page.locator('[data-member="1002"][data-in=true]').waitFor();
      await closeToasts(page);
      await page.getByTestId('line').evaluate((line) => line.scrollIntoView({ block: 'center' }));
    },
    /** Something would stay behind on this phone. */
    unsent: async (page) => {
      await page.getByTestId('account').click();
      await page.getByTestId('sign-out').click();
      await page.getByTestId('sign-out-sure').waitFor();
    },
    sent: async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.context().setOffline(false);
      await page.locator('[data-test=line][data-unsent="0"][data-undecided="1"]').waitFor({ timeout: 20_000 });
      await page.getByTestId('line').evaluate((line) => line.scrollIntoView({ block: 'center' }));
    },
    /** Of a guest who was called when no answer came, and is refused now. */
    'refused-guest': async (page) => {
      const guests = '**/rooms/*/guests';
      await page.route(guests, (route) => route.abort('internetdisconnected'));
      await page.getByTestId('add-guest').click();
      await page.getByTestId('guest-name').fill(guest);
      await page.getByTestId('guest-save').click();
      await page.locator('[data-test=line][data-unsent="1"]').waitFor();
      await page.unroute(guests);
      await page.route(guests, (route) => route.fulfill(refusal('wrong-state')));
      await page.goto('/steward');
      await page.getByTestId('retry-guest').waitFor({ timeout: 30_000 });
      await page.unrouteAll();
    },
    'drop-guest': async (page) => {
      await page.getByTestId('drop-guest').click();
      await page.getByTestId('confirm-drop').waitFor();
    },
    'late-logs': async (page) => {
      await signIn(page, people.secretary.number);
      await page.goto('/steward');
      await page.getByTestId('approve').last().scrollIntoViewIfNeeded();
    },
    'refuse-log': async (page) => {
      await page.getByTestId('reject').last().click();
      await page.getByTestId('confirm-reject').waitFor();
    },
    /** Lessons come and go by the hour; a server has this one from the start. */
    'no-lesson': async (page) => {
      await page.route('**/api/v1/lessons?*', (route) => route.fulfill({ json: { lessons: [], next: null } }));
      await page.goto('/steward');
      await page.getByTestId('empty').waitFor();
      await page.unrouteAll();
    },
    'no-room': async (page) => {
      await signIn(page, people.member.number);
      await page.goto('/steward');
      await page.getByTestId('empty').waitFor();
    },
  },
});
