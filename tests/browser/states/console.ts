import type { Page } from 'playwright-core';
import { atWork, putToWork, second, towns, writtenAtWork, type AtWork } from '../../support/at_work.ts';
import { branchNames, people, siteName } from '../../support/county.ts';
import { devices, written } from '../../support/records.ts';
import { workbook } from '../../support/spreadsheet.ts';
import { pageStates } from '../../support/states.ts';

const others = ['学员庚', '学员辛', '学员壬', '学员癸', '学员子', ...towns.map(({ who }) => who), second.name];
/** As the server masks them. */
export const masked = [...Object.values(people).map(({ name }) => name), ...others]
  .map((name) => `${name[0]}${'*'.repeat(name.length - 2)}${name.at(-1)}`);
const MINUTE_MS = 60_000;

/** Opens a section and waits until what it asked for is there. */
export const section = (path: string, heading = 'h1') => async (page: Page): Promise<void> => {
  await page.goto(`/console/${path}`);
  await page.locator(heading).first().waitFor();
  await page.waitForLoadState('networkidle');
};

const records = (page: Page) => page.locator('[data-test=records] tr[data-row], [data-test=records] .card');
/** Opens the first row of a list, or of those with `text`. */
export const open = async (page: Page, text = ''): Promise<void> => {
  await records(page).filter({ hasText: text }).first().click();
  await page.locator('dialog[open]').waitFor();
};

/** As section(), and opens one row. */
const opened = (path: string, text?: string) => async (page: Page): Promise<void> => {
  await section(path)(page);
  await open(page, text);
};

/** Presses what opens a dialog, and waits for `inside`. */
export const press = (button: string, inside = 'form-submit') => async (page: Page): Promise<void> => {
  await page.getByTestId(button).click();
  await page.getByTestId(inside).first().waitFor();
};

/** Takes what is called `text` in the combo box at `at`. */
async function choose(page: Page, at: number, text: string): Promise<void> {
  const box = page.locator('input[role=combobox]').nth(at);
  await box.fill(text);
  await page.getByRole('option', { name: text }).first().click();
}

const submit = (page: Page): Promise<void> => page.getByTestId('form-submit').click();
const fieldError = (page: Page): Promise<void> => page.locator('dialog[open] .error:not(:empty)').first().waitFor();

/** Six people as a clerk has them in a table; those who are `faulty` cannot be taken. */
async function sendRoster(page: Page, faulty: boolean): Promise<void> {
  await section('import')(page);
  const row = (at: number): string[] => [
    `81${String(at).padStart(2, '0')}`, `学员${'午未申酉戌亥'[at]}`,
    faulty && at < 2 ? '139000' : `1390000${String(1000 + at)}`,
    faulty && at === 2 ? roster.nowhere : branchNames.village,
    faulty && at === 3 ? '2020-13-45' : '2020-07-01',
  ];
  await page.getByTestId('import-file').setInputFiles({
    name: `${roster.title}.xlsx`,
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    buffer: workbook({
      title: roster.title,
      rows: [['编号', '姓名', '手机号码', '流出地支部', '入支部日期', roster.column], ...[0, 1, 2, 3, 4, 5].map(row)],
    }),
  });
  await page.getByTestId('import-send').click();
  await page.getByTestId('import-sums').waitFor();
  await page.waitForLoadState('networkidle');
}
const roster = { title: '流动党员名册', nowhere: '没有的支部', column: '鞋码' };

/** The dialog of a lesson. */
const lesson = (title: string) => opened('timetable', title);

export const states = pageStates<AtWork>({
  role: 'administrator',
  desk: true,
  written: [
    ...Object.values(branchNames), siteName, ...masked, ...others, ...Object.values(written), ...Object.values(devices),
    ...writtenAtWork, ...Object.values(roster), ...[...'午未申酉戌亥'].map((last) => `学员${last}`),
    // Kinds of files and addresses, a day as it may be written, ways of media, and the number of the rules that come with the server.
    'xlsx', 'csv', 'https', '2026年1月5日', 'HLS', 'DASH', 'WHEP', 'standard-1',
  ],
  prepare: ({ server, county }) => putToWork(server, county),
  states: {
    // What players tell of the minute that runs is not complete: this clock is one ahead.
    today: async (page) => {
      await page.clock.setFixedTime(Date.now() + MINUTE_MS);
      await section('', '[data-test=chart] canvas')(page);
    },
    menu: async (page) => {
      const button = page.getByTestId('console-menu');
      if (await button.isVisible()) await button.click();
      await page.getByTestId('to-system').waitFor();
    },
    'no-line': async (page) => {
      await section('members', '[data-test=total]')(page);
      await page.context().setOffline(true);
      await page.getByTestId('find').click();
      await page.getByTestId('retry').waitFor();
    },
    members: async (page) => {
      await page.context().setOffline(false);
      await section('members', '[data-test=total]')(page);
    },
    member: async (page) => {
      await open(page);
      await page.getByTestId('task-unmask').waitFor();
    },
    move: press('task-move'),
    standing: async (page) => {
      await opened('members', '1005')(page);
      await press('task-standing')(page);
      await page.locator('[data-test=duty] option:checked').waitFor({ state: 'attached' });
    },
    password: async (page) => {
      await opened('members', '1005')(page);
      await press('task-password')(page);
    },
    unmasked: async (page) => {
      await opened('members', '1005')(page);
      await press('task-unmask')(page);
      await page.getByTestId('reason').fill(written.waived);
      await submit(page);
      await page.getByTestId('told').first().waitFor();
    },
    'no-members': async (page) => {
      await section('members', '[data-test=total]')(page);
      await page.getByTestId('search').fill('9999');
      await page.getByTestId('find').click();
      await page.getByTestId('empty').waitFor();
    },
    'member-refused': async (page) => {
      await press('add-member')(page);
      await page.getByTestId('new-number').fill('1001');
      await page.getByTestId('new-name').fill(people.member.name);
      await choose(page, 1, branchNames.village); // the first narrows the list
      await submit(page);
      await fieldError(page);
    },
    import: section('import'),
    'import-faults': (page) => sendRoster(page, true),
    'import-sure': async (page) => {
      await page.getByTestId('import-again').click();
      await page.getByTestId('import-file').waitFor();
      await sendRoster(page, false);
      await page.getByTestId('import-apply').click();
      await page.getByTestId('import-sure').waitFor();
    },
    branches: async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.getByTestId('import-again').click();
      await section('branches')(page);
      await page.getByText(branchNames.town).waitFor();
    },
    branch: async (page) => {
      await page.getByRole('button', { name: branchNames.town }).last().click();
      await page.getByTestId('branch-rename').waitFor();
    },
    'branch-closing': press('close-branch'),
    'branch-in-use': async (page) => {
      await submit(page);
      await page.getByTestId('form-failure').waitFor();
    },
    'branch-link': async (page) => {
      await page.getByTestId('close-dialog').last().click();
      await press('link', 'link-code')(page);
    },
    'branch-calendar': async (page) => {
      await page.getByTestId('close-dialog').last().click();
      await press('calendar', 'make-calendar')(page);
      await press('make-calendar', 'calendar-code')(page);
    },
    rooms: section('rooms'),
    room: async (page) => {
      await open(page);
      await page.getByTestId('close-room').waitFor();
    },
    'screen-sure': press('revoke'),
    cards: async (page) => {
      await section('rooms')(page);
      await press('print-cards')(page);
      await page.getByTestId('cards-again').check();
    },
    timetable: section('timetable'),
    lesson: async (page) => {
      await lesson(atWork.series)(page);
      await page.getByTestId('change-lesson').waitFor();
    },
    cancelling: async (page) => {
      await press('cancel-lesson')(page);
    },
    expected: async (page) => {
      await lesson(written.planned)(page);
      await press('expected-list', 'expected')(page);
    },
    excuse: async (page) => {
      await page.getByTestId('expected').first().click();
      await page.getByTestId('excuse-state').waitFor();
    },
    plan: async (page) => {
      await section('timetable')(page);
      await press('plan', 'lesson-title')(page);
    },
    courses: section('courses'),
    course: async (page) => {
      await open(page);
      await page.getByTestId('course-title').waitFor();
    },
    toast: async (page) => {
      await submit(page);
      await page.getByTestId('toast').waitFor();
    },
    recordings: section('recordings'),
    // A report has as many columns as on paper: its table is scrolled sideways.
    reports: section('reports'),
    report: async (page) => {
      await page.getByTestId('preview').click();
      await page.getByTestId('report-shown').waitFor();
      await page.getByTestId('report-shown').evaluate((element) => element.scrollIntoView());
    },
    progress: section('progress', '[data-test=chart] canvas'),
    leaves: section('leaves'),
    leave: async (page) => {
      await open(page);
      await page.getByTestId('refuse').check();
      await page.getByTestId('refusal').waitFor();
    },
    'logs-waiting': section('logs', '[data-test=logs-of-room]'),
    logs: async (page) => {
      await page.getByTestId('logs-of-room').click();
      await page.getByTestId('log').first().waitFor();
      await page.waitForLoadState('networkidle');
    },
    'reject-logs': async (page) => {
      await page.getByTestId('logs-reject').first().click();
      await page.getByTestId('form-submit').waitFor();
    },
    corrections: section('corrections'),
    correction: async (page) => {
      await open(page);
      await page.getByTestId('approve').waitFor();
    },
    'reject-correction': async (page) => {
      await page.getByTestId('reject').click();
      await page.getByTestId('rejection').waitFor();
    },
    'own-correction': async (page) => {
      await opened('corrections', '1006')(page);
      await page.getByTestId('own-correction').waitFor();
    },
    'ask-correction': async (page) => {
      await section('corrections')(page);
      await press('ask-correction')(page);
    },
    appeals: section('appeals'),
    appeal: async (page) => {
      await open(page);
      await page.getByTestId('appeal-answer').waitFor();
      await page.waitForLoadState('networkidle');
    },
    'appeal-correction': press('correct', 'correction-kind'),
    'quality-unchosen': section('quality'),
    quality: async (page) => {
      await section('quality')(page);
      await choose(page, 0, written.held);
      await page.getByTestId('chart').locator('canvas').first().waitFor();
    },
    ledger: section('ledger'),
    entry: async (page) => {
      await open(page, '1003');
      await page.getByRole('dialog').getByText(written.waived).waitFor();
    },
    'void-entry': press('void-entry'),
    verified: async (page) => {
      await section('ledger')(page);
      await press('verify', 'verified')(page);
    },
    'close-year': async (page) => {
      await press('close-year')(page);
      await page.getByTestId('still-open').waitFor();
    },
    policies: section('policies', 'article'),
    'policy-refused': async (page) => {
      await press('add-policy')(page);
      await page.getByTestId('policy-version').fill('county-2033');
      await page.getByTestId('policy-from').fill('2033-01-01');
      await page.getByTestId('policy-until').fill('2032-12-31');
      await page.getByTestId('reason').fill(atWork.decided);
      await submit(page);
      await fieldError(page);
    },
    grants: section('grants'),
    'give-role': press('give-role'),
    'take-role': opened('grants'),
    audit: section('audit'),
    act: opened('audit'),
    'no-audit': async (page) => {
      await section('audit')(page);
      await page.getByTestId('act').selectOption('erase');
      await page.getByTestId('find').click();
      await page.getByTestId('empty').waitFor();
    },
    webhooks: section('webhooks', '[data-test=webhook]'),
    'add-webhook': press('add-webhook'),
    'remove-webhook': async (page) => {
      await section('webhooks', '[data-test=webhook]')(page);
      await press('remove-webhook')(page);
    },
    system: section('system', '#disk-heading'),
  },
});
