import type { Page } from 'playwright-core';
import { people } from '../../support/county.ts';
import { until, type Process } from '../../support/process.ts';
import { clip, publish } from '../../support/publisher.ts';
import { asking } from '../../support/records.ts';
import { password, type Server } from '../../support/server.ts';
import { pageStates } from '../../support/states.ts';

const titles = {
  live: '第一讲　乡村振兴与返乡创业', planned: '第二讲　选好项目，算清成本', undated: 'Lesson three: keeping the books',
  ended: '第四讲　怎样贷款', leave: '第五讲　农村电商', refused: '第六讲　防骗', series: '周五夜校　Friday evening',
};
const course = '记账基础 Bookkeeping';
const written = {
  appeal: '我在杨庄村活动室听了全部。 I was there.',
  answer: '查了签到表，已补记。 Made good.',
  leave: '上夜班，来不了。 Night shift.',
  no: '这一课是必修课，请看回放补学。 Please make it up.',
  reason: '活动室停电，按签到表补记。 A power cut.',
};
/** Of another branch, for which no lesson is. */
const stranger = { number: '7001', name: '学员丑', branch: '松林镇党委' };
const otherAdministrator = { number: '7002', name: '管理员寅' };
const lastYear = new Date().getFullYear() - 1;

interface Prepared {
  branch: number;
  lessons: Record<keyof typeof titles, number>;
  publisher: Process;
  /** Ends all sessions of the member, as on another device. */
  signOutElsewhere(): Promise<void>;
}

/** Two lessons on the air, one after the other; the first is a recording then. */
async function broadcast(server: Server, ended: { lesson: number; rtmp_url: string }, live: { rtmp_url: string }): Promise<Process> {
  const file = await clip({ width: 320, height: 180, fps: 25, seconds: 20 });
  const first = publish(file, ended.rtmp_url, { loop: true });
  await until('something to correct', async () => (await server.lessons()).some(({ creditable_ms }) => creditable_ms > 1000));
  await server.tool('lesson', 'end', String(ended.lesson));
  await first.end();
  const second = publish(file, live.rtmp_url, { loop: true });
  await until('a live lesson', async () => (await server.lessons()).some(({ state }) => state === 'live'));
  return second;
}

/** An appeal and leave that were answered, and two entries in the ledger. */
async function answerAll(server: Server, { ended, leave, refused }: Prepared['lessons']): Promise<void> {
  const [member, chief, other] = await Promise.all(
    [people.member.number, people.administrator.number, otherAdministrator.number].map((number) => asking(server, number)));
  const correction = { member: people.member.number, lesson: ended, reason: written.reason };
  for (const study of ['group', 'self'] as const) {
    const { id } = await chief!<{ id: number }>('POST', '/corrections', {
      ...correction, kind: 'ADJUST', study, earned_ms: 500,
    });
    await other!('POST', `/corrections/${id}/approve`);
  }
  const appeal = await member!<{ id: number }>('POST', `/lessons/${ended}/appeals`, { text: written.appeal });
  await chief!('POST', `/appeals/${appeal.id}/answer`, { answer: written.answer });
  for (const lesson of [leave, refused]) {
    const { id } = await member!<{ id: number }>('POST', `/lessons/${lesson}/leave`, { reason: written.leave });
    if (lesson === leave) await chief!('POST', `/leaves/${id}/approve`);
    else await chief!('POST', `/leaves/${id}/refuse`, { answer: written.no });
  }
}

async function signIn(page: Page, number: string): Promise<void> {
  const headers = { 'x-requested-with': 'airclass' };
  await page.context().request.post('/api/v1/session', { data: { number, password }, headers });
}

/** Whether large type was chosen before. */
let large = false;

export const states = pageStates<Prepared>({
  role: 'member',
  written: [...Object.values(titles), ...Object.values(written), course, stranger.name, otherAdministrator.name],
  async prepare({ server, county }) {
    const { village, county: top } = county.branches;
    const { branch } = await server.json<{ branch: number }>(
      'branch', 'add', '--name', stranger.branch, '--parent', String(top), '--kind', 'town');
    await server.addMember(stranger.number, stranger.name, 'member', branch);
    await server.addMember(otherAdministrator.number, otherAdministrator.name, 'member', top);
    await server.tool('role', 'grant', otherAdministrator.number, '--role', 'administrator');
    await server.tool('standing', 'set', people.member.number, '--year', String(lastYear), '--exempt', '--reason', '外出务工');
    await server.tool('ledger', 'close', String(lastYear));

    const { id: about } = await server.json<{ id: number }>('course', 'add', '--title', course, '--kind', 'skills');
    const year = new Date().getFullYear() + 1;
    const add = (title: string, ...options: string[]) => server.addLesson(title, '--target', String(village), ...options);
    const ended = await add(titles.ended, '--course', String(about), '--lecturer', people.lecturer.number);
    const live = await add(titles.live);
    const undated = await add(titles.undated);
    const planned = await add(titles.planned, '--at', `${year}-03-08 19:30`, '--lecturer', people.lecturer.number);
    const leave = await add(titles.leave, '--at', `${year}-03-15 19:30`);
    const refused = await add(titles.refused, '--at', `${year}-03-22 19:30`);
    const { lessons: series } = await server.json<{ lessons: { lesson: number }[] }>(
      'lesson', 'add', '--title', titles.series, '--target', String(village), '--at', `${year}-04-02 19:30`,
      '--repeat', 'week', '--times', '30');
    const publisher = await broadcast(server, ended, live);
    const made = { ended, live, undated, planned, leave, refused, series: series[0]! };
    const lessons = Object.fromEntries(Object.entries(made).map(([name, one]) => [name, one.lesson])) as Prepared['lessons'];
    await answerAll(server, lessons);
    const signOutElsewhere = async () => {
      await (await asking(server, people.member.number))('DELETE', '/sessions');
    };
    return { branch: village, lessons, publisher, signOutElsewhere };
  },
  end: async ({ publisher }) => void (await publisher.end()),
  states: {
    list: async (page) => {
      await page.goto('/');
      await page.getByTestId('enter').waitFor();
      await page.getByTestId('year-progress').waitFor();
    },
    /** The list, come to by the link of a branch. */
    branch: async (page, { branch }) => {
      await page.goto(`/branch/${branch}`);
      await page.locator('.wanted a:focus').waitFor();
      await page.getByTestId('nav-home').and(page.locator('[aria-current]')).waitFor();
    },
    'no-line': async (page) => {
      await page.context().setOffline(true);
      await page.getByTestId('line-banner').getByText(/\S/).waitFor();
      await page.evaluate(() => scrollTo(0, 0));
    },
    'line-back': async (page) => {
      await page.context().setOffline(false);
      await page.getByTestId('line-banner').locator('.good').waitFor();
    },
    library: async (page) => {
      await page.getByTestId('line-banner').locator('.good').waitFor({ state: 'detached' });
      await page.getByTestId('nav-library').click();
      await page.getByTestId('do-search').waitFor();
      await page.getByTestId('ended-lesson').waitFor();
    },
    /** More recordings than a page of the list holds; a server makes them only in their own time. */
    'library-more': async (page) => {
      await page.route('**/api/v1/library?*', async (route) => {
        const response = await route.fetch();
        const { lessons } = (await response.json()) as { lessons: object[] };
        await route.fulfill({ json: { lessons: Array.from({ length: 20 }, (_, id) => ({ ...lessons[0], id: id + 1 })), next: 1 } });
      });
      await page.getByTestId('do-search').click();
      await page.getByTestId('more').scrollIntoViewIfNeeded();
      await page.unrouteAll();
    },
    filtered: async (page) => {
      await page.getByTestId('search').fill('记账');
      if (await page.getByTestId('narrow').isVisible()) await page.getByTestId('narrow').click();
      await page.getByTestId('from').fill(`${lastYear + 1}-01-01`);
      await page.getByTestId('to').fill(`${lastYear + 1}-12-31`);
      await page.getByTestId('kind').selectOption('skills');
      await page.getByTestId('ended-lesson').and(page.locator(':only-child')).waitFor();
    },
    nothing: async (page) => {
      await page.getByTestId('search').fill('321');
      await page.getByTestId('do-search').click();
      await page.getByTestId('empty').waitFor();
    },
    /** The appeal was answered; there are entries in the ledger. */
    record: async (page, { lessons }) => {
      await page.goto(`/credit/${lessons.ended}`);
      await page.getByTestId('entries').waitFor();
      await page.getByTestId('appeal').first().waitFor();
      await page.getByTestId('nav-credit').and(page.locator('[aria-current]')).waitFor();
    },
    appealed: async (page, { lessons }) => {
      await page.goto(`/credit/${lessons.live}`);
      await page.getByTestId('record-state').waitFor();
      if ((await page.getByTestId('appeal').count()) === 0) {
        await page.getByTestId('appeal-text').fill(written.appeal);
        await page.getByTestId('appeal-send').click();
      }
      await page.getByTestId('appeal').waitFor();
    },
    empty: async (page, { lessons }) => {
      await page.goto(`/credit/${lessons.planned}`);
      await page.getByTestId('leave-send').click();
      await page.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
    },
    'leave-asked': async (page) => {
      await page.getByTestId('leave-text').fill(written.leave);
      await page.getByTestId('leave-send').click();
      await page.getByTestId('withdraw').waitFor();
    },
    'leave-withdrawn': async (page) => {
      await page.getByTestId('withdraw').click();
      await page.getByTestId('leave-text').waitFor();
    },
    'leave-granted': async (page, { lessons }) => {
      await page.goto(`/credit/${lessons.leave}`);
      await page.getByTestId('leave').waitFor();
    },
    'leave-refused': async (page, { lessons }) => {
      await page.goto(`/credit/${lessons.refused}`);
      await page.getByText(written.no).waitFor();
    },
    credit: async (page) => {
      await page.getByTestId('nav-credit').click();
      await page.getByTestId('appeals').waitFor();
      await page.getByTestId('by-lesson').waitFor();
    },
    'transcript-and-leaves': async (page) => {
      await page.getByTestId('transcript').scrollIntoViewIfNeeded();
      await page.getByTestId('leaves').waitFor();
    },
    'last-year': async (page) => {
      await page.getByTestId('year').selectOption(String(lastYear));
      await page.getByTestId('empty').waitFor();
    },
    account: async (page) => {
      await page.getByTestId('account').click();
      await page.getByTestId('sign-out').waitFor();
    },
    'data-saver': async (page) => {
      await page.getByTestId('data-saver').check();
    },
    'large-type': async (page) => {
      await page.getByTestId('data-saver').uncheck();
      large = await page.getByTestId('large-type').isChecked();
      await page.getByTestId('large-type').check();
      await page.getByTestId('type-size').waitFor();
    },
    forbidden: async (page) => {
      await page.getByTestId('large-type').setChecked(large);
      await page.goto('/console');
      await page.getByTestId('trouble').waitFor();
    },
    missing: async (page) => {
      await page.goto('/no/such/page');
      await page.getByTestId('trouble').waitFor();
    },
    unreachable: async (page) => {
      await page.goto('/unreachable');
      await page.getByTestId('retry').waitFor();
    },
    /** Nothing is on, nothing was. */
    'empty-list': async (page) => {
      await signIn(page, stranger.number);
      await page.goto('/');
      await page.getByTestId('year-progress').waitFor();
    },
    'empty-library': async (page) => {
      await page.getByTestId('nav-library').click();
      await page.getByTestId('empty').waitFor();
    },
    'empty-credit': async (page) => {
      await page.getByTestId('nav-credit').click();
      await page.getByTestId('empty').waitFor();
    },
    'signed-out': async (page, { signOutElsewhere }) => {
      await signIn(page, people.member.number);
      await page.goto('/');
      await page.getByTestId('year-progress').waitFor();
      await signOutElsewhere();
      await page.getByTestId('nav-library').click();
      await page.getByTestId('number').waitFor();
    },
  },
});
