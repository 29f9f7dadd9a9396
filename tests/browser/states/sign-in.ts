import { fillSignIn } from '../../support/pages.ts';
import { refusal } from '../../support/problem.ts';
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
    'too-many': async (page) => {
      await page.route('**/api/v1/session', (route) => route.fulfill(refusal('too-many-attempts', 90)));
      await fillSignIn(page, '1001', 'wrong');
      await page.getByTestId('failure').filter({ hasText: /2 ?(分|min)/ }).waitFor();
      await page.unrouteAll();
    },
    'signed-out': async (page) => {
      await page.goto('/sign-in?reason=signed-out');
      await page.getByRole('status').filter({ hasText: /\S/ }).first().waitFor();
    },
    'password-changed': async (page) => {
      await page.goto('/sign-in?reason=password-changed');
      await page.getByRole('status').filter({ hasText: /\S/ }).first().waitFor();
    },
    'for-room': async (page) => {
      await page.goto('/sign-in?to=/room/1/1');
      await page.getByRole('status').filter({ hasText: /\S/ }).first().waitFor();
    },
    'code-sent': async (page) => {
      // The daemon of the tests sends none: what a page is answered by one that does.
      await page.route('**/api/v1/session/code', (route) => route.fulfill({ status: 204 }));
      await page.getByTestId('by-code').click();
      await page.getByTestId('number').fill('1001');
      await page.getByTestId('send-code').click();
      await page.getByTestId('code').waitFor();
    },
    'code-refused': async (page) => {
      await page.route('**/api/v1/session', (route) => route.fulfill(refusal('sign-in-refused')));
      await page.getByTestId('code').fill('123456');
      await page.getByTestId('submit').click();
      await page.getByTestId('failure').filter({ hasText: /\S/ }).waitFor();
      await page.unrouteAll();
    },
    code: async (page) => {
      await page.goto('/sign-in');
      await page.getByTestId('by-code').click();
      await page.getByTestId('number').fill('1001');
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
