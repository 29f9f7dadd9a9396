import { until, type Process } from '../../support/process.ts';
import { clip, publish } from '../../support/publisher.ts';
import { pageStates } from '../../support/states.ts';

const titles = ['第一讲　乡村振兴与返乡创业', '第二讲　选好项目，算清成本', 'Lesson three: keeping the books'];

export const states = pageStates<Process>({
  role: 'member',
  written: titles,
  async prepare({ server }) {
    const live = await server.addLesson(titles[0]!);
    for (const title of titles.slice(1)) await server.addLesson(title);
    const file = await clip({ width: 320, height: 180, fps: 25, seconds: 20 });
    const publisher = publish(file, live.rtmp_url, { loop: true });
    await until('a live lesson', async () => (await server.lessons()).some(({ state }) => state === 'live'));
    return publisher;
  },
  end: async (publisher) => void (await publisher.end()),
  states: {
    list: async (page) => {
      await page.goto('/');
      await page.getByTestId('enter').waitFor();
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
