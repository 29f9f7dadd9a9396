import type { Page } from 'playwright-core';
import { pageStates } from '../../support/states.ts';

/** The server lets an address check a few a minute, and every view asks from the same one:
 *  as a person does, waits until the button can be pressed again. */
async function checked(page: Page): Promise<void> {
  for (;;) {
    await page.locator('[data-test=result], [data-test=failure]:not(:empty)').first().waitFor();
    if (await page.getByTestId('result').isVisible()) return;
    await page.getByTestId('submit').click({ timeout: 70_000 });
  }
}

export const states = pageStates<string>({
  role: null,
  written: ['学*甲'],
  // A code as it is printed, of a transcript that a member took.
  async prepare({ server }) {
    const cookie = await server.signIn('1001');
    const answer = await fetch(`${server.addresses.http}/api/v1/reports/transcript`, { headers: { cookie } });
    return ((await answer.json()) as { code: string }).code;
  },
  states: {
    empty: async (page) => {
      await page.goto('/verify');
      await page.getByTestId('code').waitFor();
    },
    incomplete: async (page) => {
      await page.getByTestId('submit').click();
      await page.locator('[aria-invalid=true]').waitFor();
    },
    genuine: async (page, code) => {
      await page.goto(`/verify/${code}`);
      await checked(page);
    },
  },
});
