import { pageStates } from '../../support/states.ts';

const title = '第二讲　选好项目，算清成本';

export const states = pageStates<number>({
  role: 'member',
  written: [title],
  prepare: async ({ server }) => (await server.addLesson(title)).lesson,
  states: {
    planned: async (page, lesson) => {
      await page.goto(`/lesson/${lesson}`);
      await page.getByTestId('waiting').waitFor();
      await page.getByTestId('line').filter({ has: page.locator('svg') }).waitFor();
    },
    missing: async (page) => {
      await page.goto('/lesson/999');
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  },
});
