import { fillSignIn } from '../../support/pages.ts';
import { pageStates } from '../../support/states.ts';

export const states = pageStates({
  role: null,
  prepare: () => Promise.resolve(),
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
  },
});
