import type { Page } from 'playwright-core';
import { fillSignIn } from '../../support/pages.ts';
import { refusal } from '../../support/problem.ts';
import { pageStates } from '../../support/states.ts';

/** Both ways to sign in are there once the server has told that it sends codes. */
async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByTestId('by-code').waitFor();
}

export const states = pageStates<string>({
  role: null,
  options: ['--code-gateway', 'http://127.0.0.1:9/sms'],
  prepare: async ({ server }) =>
    (await server.json<{ password: string }>('member', 'password', '1006')).password,
  states: {
    empty: async (page) => {
      await open(page, '/sign-in');
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
      await page.getByTestId('failure').filter({ hasText: /2\s(分|min)/ }).waitFor();
      await page.unrouteAll();
    },
    'signed-out': async (page) => {
      await open(page, '/sign-in?reason=signed-out');
      await page.getByRole('status').filter({ hasText: /\S/ }).first().waitFor();
    },
    'password-changed': async (page) => {
      await open(page, '/sign-in?reason=password-changed');
      await page.getByRole('status').filter({ hasText: /\S/ }).first().waitFor();
    },
    'for-room': async (page) => {
      await open(page, '/sign-in?to=/room/1/1');
      await page.getByRole('status').filter({ hasText: /\S/ }).first().waitFor();
    },
    'code-sent': async (page) => {
      // So many are sent an hour, and every view asks: what a page is answered.
      await page.route('**/api/v1/session/code', (route) =>
        route.request().method() === 'POST' ? route.fulfill({ status: 204 }) : route.fallback());
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
    /** Of a server without a gateway. */
    'no-codes': async (page) => {
      await page.route('**/api/v1/session/code', (route) => route.fulfill({ json: { sent: false } }));
      const told = page.waitForResponse('**/api/v1/session/code');
      await page.goto('/sign-in');
      await (await told).finished();
      await page.getByTestId('number').waitFor();
      await page.unrouteAll();
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
