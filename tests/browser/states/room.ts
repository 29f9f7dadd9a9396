import { siteName } from '../../support/county.ts';
import { pageStates } from '../../support/states.ts';

const title = '第三讲　返乡创业的政策';

interface Prepared {
  /** The page of the room, and what its screen shows now, as its steward sees it. */
  path: string;
  digits(): Promise<string>;
}

export const states = pageStates<Prepared>({
  role: 'member',
  written: [title, siteName],
  async prepare({ server, county }) {
    const { lesson } = await server.addLesson(title);
    await server.tool('lesson', 'start', String(lesson));
    const cookie = await server.signIn('2001');
    const code = `${server.addresses.http}/api/v1/lessons/${lesson}/rooms/${county.site}/code`;
    return {
      path: `/room/${lesson}/${county.site}`,
      digits: async () =>
        ((await (await fetch(code, { headers: { cookie } })).json()) as { digits: string }).digits,
    };
  },
  states: {
    digits: async (page, { path }) => {
      await page.goto(path);
      await page.getByTestId('digits').waitFor();
    },
    incomplete: async (page) => {
      await page.getByTestId('submit').click();
      await page.locator('[aria-invalid=true]').waitFor();
    },
    inside: async (page, { path, digits }) => {
      await page.goto(`${path}?digits=${await digits()}`);
      await page.getByTestId('inside').waitFor();
    },
    leaving: async (page) => {
      await page.getByTestId('leave').click();
      await page.getByTestId('leave-sure').waitFor();
    },
    left: async (page) => {
      await page.getByTestId('leave-sure').click();
      await page.getByTestId('left').waitFor();
    },
  },
});
