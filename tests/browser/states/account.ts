import { people } from '../../support/county.ts';
import { refusal } from '../../support/problem.ts';
import { pageStates } from '../../support/states.ts';

export const states = pageStates({
  role: 'member',
  prepare: ({ server }) => Promise.resolve(server),
  states: {
    devices: async (page, server) => {
      await server.signIn(people.member.number); // another device
      await page.goto('/account');
      await page.getByTestId('here').waitFor();
    },
    everywhere: async (page) => {
      await page.getByTestId('end-all').click();
      await page.getByTestId('sure').waitFor();
    },
    password: async (page) => {
      await page.keyboard.press('Escape');
      await page.getByTestId('change').click();
      await page.locator('[aria-invalid=true]').first().waitFor();
    },
    'password-wrong': async (page) => {
      await page.getByTestId('now').fill('not this one');
      await page.getByTestId('wanted').fill('quite another one');
      await page.getByTestId('change').click();
      await page.getByTestId('now').and(page.locator('[aria-invalid=true]')).waitFor();
    },
    device: async (page) => {
      await page.getByTestId('end').first().click();
      await page.getByTestId('sure').waitFor();
    },
    'device-ended': async (page) => {
      await page.getByTestId('sure').click();
      await page.getByTestId('toast').waitFor();
    },
    calendar: async (page) => {
      await page.getByTestId('toast').getByRole('button').click();
      await page.getByTestId('make-calendar').click();
      await page.getByTestId('address').waitFor();
    },
    'calendar-sure': async (page) => {
      await page.getByTestId('end-calendar').click();
      await page.getByTestId('calendar-sure').waitFor();
    },
    'calendar-ended': async (page) => {
      await page.getByTestId('calendar-sure').click();
      await page.getByTestId('toast').waitFor();
    },
    /** The server lets them be taken a few times an hour: what a page is answered then. */
    'data-later': async (page) => {
      await page.getByTestId('toast').getByRole('button').click();
      await page.route('**/api/v1/members/me/export', (route) =>
        route.fulfill(refusal('too-many-attempts', 1200)));
      await page.getByTestId('export').click();
      await page.getByTestId('export-told').filter({ hasText: /\S/ }).waitFor();
      await page.unrouteAll();
    },
  },
});
