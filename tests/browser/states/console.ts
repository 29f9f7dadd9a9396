import type { Page } from 'playwright-core';
import { branchNames, people, siteName } from '../../support/county.ts';
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

export const states = pageStates<number>({
  role: 'administrator',
  written: [
    lesson, ...Object.values(branchNames), siteName, ...masked,
    // Kinds of files, and the rules that come with the server.
    'xlsx', 'csv', 'standard-1', 'the rules that come with Airclass',
  ],
  prepare: async ({ server }) => (await server.addLesson(lesson)).lesson,
  // The sections that are not here are lists, made of the same parts as these.
  states: {
    today: section(''),
    members: section('members', '[data-test=total]'),
    member: async (page) => {
      await page.locator('[data-test=records] tr[data-row], [data-test=records] .card').first().click();
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
    ledger: section('ledger'),
    policies: section('policies', 'article'),
    grants: section('grants'),
    audit: async (page) => {
      await section('audit')(page);
      await page.getByTestId('act').selectOption('unmask');
      await page.locator('form[role=search] button[type=submit]').click();
      await page.getByTestId('empty').waitFor();
    },
    system: section('system', '#disk-heading'),
  },
});
