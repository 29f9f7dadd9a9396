import { pageStates } from '../../support/states.ts';

export const states = pageStates({
  role: 'member',
  prepare: () => Promise.resolve(),
  states: {
    devices: async (page) => {
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
    calendar: async (page) => {
      await page.getByTestId('make-calendar').click();
      await page.getByTestId('address').waitFor();
    },
  },
});
