import { fillSignIn } from '../../support/pages.ts';
import { pageStates } from '../../support/states.ts';

export const states = pageStates<string>({
  role: null,
  prepare: async ({ server }) =>
    (await server.json<{ password: string }>('member', 'password', '1006')).password,
  states: {
    empty: async (page) => {
      await page.goto('/sign-in');
      await page.getByTestId('number').waitFor();
    },
    incomplete: async (page) => {
      await page.getByTestId('submit').click();
      await page.locator('[aria-invalid=true]').waitFor();
    },
    refused: async (page) => {
      await fillSignIn(page, '1001', 'wrong');
      await page.getByTestId('failure').filter({ hasText: /./ }).waitFor();
    },
    code: async (page) => {
      await page.getByTestId('by-code').click();
      await page.getByTestId('send-code').waitFor();
    },
    'no-codes': async (page) => {
      await page.getByTestId('send-code').click();
      await page.getByTestId('no-codes').waitFor();
    },
    settings: async (page) => {
      await page.getByTestId('account').click();
      await page.getByTestId('large-type').waitFor();
    },
    'made-password': async (page, made) => {
      await page.goto('/sign-in');
      await fillSignIn(page, '1006', made);
      await page.getByTestId('new-password').waitFor();
    },
    'made-password-again': async (page, made) => {
      await page.getByTestId('new-password').fill(made);
      await page.getByTestId('save-password').click();
      await page.locator('[aria-invalid=true]').waitFor();
    },
  },
});
