import type { Page } from 'playwright-core';
import { branchNames, people, siteName } from '../../support/county.ts';
import { devices, makeRecords, written } from '../../support/records.ts';
import { pageStates } from '../../support/states.ts';

const others = ['学员庚', '学员辛', '学员壬', '学员癸', '学员子'];
/** As the server masks them. */
const masked = [...Object.values(people).map(({ name }) => name), ...others]
  .map((name) => `${name[0]}${'*'.repeat(name.length - 2)}${name.at(-1)}`);
const lesson = '第二讲　选好项目，算清成本';

/** Opens a section and waits until what it asked for is there. */
const section = (path: string, heading = 'h1') => async (page: Page): Promise<void> => {
  await page.goto(`/console/${path}`);
  await page.locator(heading).first().waitFor();
  await page.waitForLoadState('networkidle');
};

/** Opens the first row of a list. */
const first = (page: Page): Promise<void> =>
  page.locator('[data-test=records] tr[data-row], [data-test=records] .card').first().click();

/** Takes what is called `text` in the combo box at `at`. */
async function choose(page: Page, at: number, text: string): Promise<void> {
  const box = page.getByRole('combobox').nth(at);
  await box.fill(text);
  await page.getByRole('option', { name: text }).first().click();
}

export const states = pageStates<number>({
  role: 'administrator',
  written: [
    lesson, ...Object.values(branchNames), siteName, ...masked, ...others, ...Object.values(written), ...Object.values(devices),
    // Kinds of files, ways of media, and the number of the rules that come with the server.
    'xlsx', 'csv', 'HLS', 'DASH', 'WHEP', 'standard-1',
  ],
  prepare: async ({ server, county }) => {
    await makeRecords(server, county);
    return (await server.addLesson(lesson)).lesson;
  },
  // The sections that are not here are lists, made of the same parts as these.
  states: {
    today: section(''),
    members: section('members', '[data-test=total]'),
    member: async (page) => {
      await first(page);
      await page.getByTestId('task-unmask').waitFor();
    },
    import: section('import'),
    branches: section('branches'),
    rooms: section('rooms'),
    timetable: section('timetable'),
    plan: async (page) => {
      await page.getByTestId('plan').click();
      await page.getByTestId('lesson-title').waitFor();
    },
    // A report has as many columns as on paper: its table is scrolled sideways.
    reports: section('reports'),
    progress: section('progress', '[data-test=report-shown]'),
    leaves: section('leaves'),
    leave: async (page) => {
      await first(page);
      await page.getByTestId('refuse').check();
      await page.getByTestId('refusal').waitFor();
    },
    logs: async (page) => {
      await section('logs')(page);
      await choose(page, 0, written.held);
      await choose(page, 1, siteName);
      await page.getByTestId('logs-look').click();
      await page.getByTestId('log').first().waitFor();
      await page.waitForLoadState('networkidle');
    },
    corrections: section('corrections'),
    appeals: section('appeals'),
    appeal: async (page) => {
      await first(page);
      await page.getByTestId('appeal-answer').waitFor();
    },
    quality: async (page) => {
      await section('quality')(page);
      await choose(page, 0, written.held);
      await page.getByTestId('chart').locator('canvas, svg').first().waitFor();
    },
    ledger: section('ledger'),
    entry: async (page) => {
      await first(page);
      await page.getByRole('dialog').getByText(written.waived).waitFor();
    },
    policies: section('policies', 'article'),
    grants: section('grants'),
    audit: section('audit'),
    'no-audit': async (page) => {
      await page.getByTestId('act').selectOption('unmask');
      await page.locator('form[role=search] button[type=submit]').click();
      await page.getByTestId('empty').waitFor();
    },
    system: section('system', '#disk-heading'),
  },
});
