import { refusal } from '../../support/problem.ts';
import { siteName } from '../../support/county.ts';
import { pageStates } from '../../support/states.ts';

const title = '第三讲　返乡创业的政策';
const early = '第四讲　怎样贷款';
const over = '第二讲　防骗';
const elsewhere = '第五讲　农村电商';

interface Prepared {
  /** Begins a lesson, which nobody has left yet. */
  begin(): Promise<void>;
  /** The page of the room in it, and what its screen shows now, as its steward sees it. */
  path(): string;
  digits(): Promise<string>;
  /** Of lessons that nobody can be signed in to now. */
  early: string;
  over: string;
  elsewhere: string;
}

export const states = pageStates<Prepared>({
  role: 'member',
  written: [title, early, over, elsewhere, siteName],
  async prepare({ server, county }) {
    let lesson = 0;
    const at = `${new Date().getFullYear() + 1}-03-08 19:30`;
    const planned = await server.addLesson(early, '--at', at);
    const ended = await server.addLesson(over);
    await server.tool('lesson', 'start', String(ended.lesson));
    await server.tool('lesson', 'end', String(ended.lesson));
    const { branch } = await server.json<{ branch: number }>('branch', 'add', '--name', '松林镇党委');
    const other = await server.addLesson(elsewhere, '--target', String(branch));
    const cookie = await server.signIn('2001');
    return {
      begin: async () => {
        ({ lesson } = await server.addLesson(title));
        await server.tool('lesson', 'start', String(lesson));
      },
      path: () => `/room/${lesson}/${county.site}`,
      early: `/room/${planned.lesson}/${county.site}`,
      over: `/room/${ended.lesson}/${county.site}`,
      elsewhere: `/room/${other.lesson}/${county.site}`,
      digits: async () => {
        const code = `${server.addresses.http}/api/v1/lessons/${lesson}/rooms/${county.site}/code`;
        return ((await (await fetch(code, { headers: { cookie } })).json()) as { digits: string }).digits;
      },
    };
  },
  states: {
    digits: async (page, { begin, path }) => {
      await begin();
      await page.goto(path());
      await page.getByTestId('digits').waitFor();
    },
    incomplete: async (page) => {
      await page.getByTestId('submit').click();
      await page.locator('[aria-invalid=true]').waitFor();
    },
    /** The digits of a code that was photographed are others by now. The server would take
     *  so many walks for guesses. */
    'old-code': async (page, { path }) => {
      await page.route('**/enter', (route) => route.fulfill(refusal('invalid-field')));
      await page.goto(`${path()}?digits=000000`);
      await page.getByTestId('failure').filter({ hasText: /\S/ }).waitFor();
      await page.unrouteAll();
    },
    inside: async (page, { path, digits }) => {
      await page.goto(`${path()}?digits=${await digits()}`);
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
    early: async (page, { early: path }) => {
      await page.goto(path);
      await page.getByTestId('early').waitFor();
    },
    over: async (page, { over: path }) => {
      await page.goto(path);
      await page.getByTestId('failure').filter({ hasText: /\S/ }).waitFor();
    },
    elsewhere: async (page, { elsewhere: path }) => {
      await page.goto(path);
      await page.getByTestId('trouble').waitFor();
    },
    'no-such-room': async (page) => {
      await page.goto('/room/999/999');
      await page.getByTestId('trouble').waitFor();
    },
  },
});
