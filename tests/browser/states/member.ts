import { until, type Process } from '../../support/process.ts';
import { clip, publish } from '../../support/publisher.ts';
import { pageStates } from '../../support/states.ts';

const titles = ['第一讲　乡村振兴与返乡创业', '第二讲　选好项目，算清成本', 'Lesson three: keeping the books', '第四讲　怎样贷款'];
const reason = '上夜班，来不了。 Night shift.';
const appeal = '我在杨庄村活动室听了全部。 I was there.';

interface Prepared {
  ended: number;
  planned: number;
  publisher: Process;
}

export const states = pageStates<Prepared>({
  role: 'member',
  written: [...titles, reason, appeal],
  async prepare({ server }) {
    const file = await clip({ width: 320, height: 180, fps: 25, seconds: 20 });
    const past = await server.addLesson(titles[3]!);
    const first = publish(file, past.rtmp_url, { loop: true });
    const states = async () => (await server.lessons()).map(({ state }) => state);
    await until('a lesson to end', async () => (await states()).includes('live'));
    await server.tool('lesson', 'end', String(past.lesson));
    await first.end();
    const live = await server.addLesson(titles[0]!);
    await server.addLesson(titles[2]!);
    const at = `${new Date().getFullYear() + 1}-03-08 19:30`;
    const { lesson: planned } = await server.json<{ lesson: number }>('lesson', 'add', '--title', titles[1]!, '--at', at);
    const publisher = publish(file, live.rtmp_url, { loop: true });
    await until('a live lesson', async () => (await states()).includes('live'));
    return { ended: past.lesson, planned, publisher };
  },
  end: async ({ publisher }) => void (await publisher.end()),
  states: {
    list: async (page) => {
      await page.goto('/');
      await page.getByTestId('enter').waitFor();
      await page.getByTestId('year-progress').waitFor();
    },
    library: async (page) => {
      await page.getByTestId('nav-library').click();
      await page.getByTestId('ended-lesson').waitFor();
    },
    nothing: async (page) => {
      await page.getByTestId('search').fill('321');
      await page.getByTestId('do-search').click();
      await page.getByTestId('empty').waitFor();
    },
    record: async (page, { ended }) => {
      await page.goto(`/credit/${ended}`);
      await page.getByTestId('record-state').waitFor();
      if ((await page.getByTestId('appeal').count()) > 0) return;
      await page.getByTestId('appeal-text').fill(appeal);
      await page.getByTestId('appeal-send').click();
      await page.getByTestId('appeal').waitFor();
      await page.getByTestId('toast').getByRole('button').click();
    },
    empty: async (page, { planned }) => {
      await page.goto(`/credit/${planned}`);
      await page.getByTestId('leave-send').click();
      await page.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
    },
    credit: async (page) => {
      await page.getByTestId('nav-credit').click();
      await page.getByTestId('appeals').waitFor();
      await page.getByTestId('year-progress').waitFor();
    },
    account: async (page) => {
      await page.getByTestId('account').click();
      await page.getByTestId('sign-out').waitFor();
    },
    missing: async (page) => {
      await page.goto('/no/such/page');
      await page.getByTestId('trouble').waitFor();
    },
    unreachable: async (page) => {
      await page.goto('/unreachable');
      await page.getByTestId('retry').waitFor();
    },
  },
});
