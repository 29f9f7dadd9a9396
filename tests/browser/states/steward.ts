import type { Page } from 'playwright-core';
import { siteName } from '../../support/county.ts';
import { pageStates } from '../../support/states.ts';

const title = '第四讲　会场签到';
const guest = '张大伯';

/** What has been said lies over the page until it is closed, or gone by itself. */
async function closeToasts(page: Page): Promise<void> {
  const toasts = page.getByTestId('toast');
  while (await toasts.count() > 0) await toasts.first().getByRole('button').click({ timeout: 1000 }).catch(() => undefined);
}

export const states = pageStates<number>({
  role: 'steward',
  written: [title, siteName, guest, '学员庚', '学员辛', '学员壬', '学员癸', '学员子'],
  prepare: async ({ server }) => (await server.addLesson(title)).lesson,
  states: {
    roster: async (page) => {
      await page.goto('/steward');
      await page.locator('[data-member="1001"]').waitFor();
      await page.locator('[data-member="1001"][data-in=false]').click({ timeout: 1000 }).catch(() => undefined);
      await page.locator('[data-member="1001"][data-in=true]').waitFor();
      await page.getByTestId('heads-start').getByRole('textbox').fill('7');
      await page.getByTestId('heads-start').getByRole('button').click();
      // It may have been told of a count before this one.
      await page.getByTestId('toast').filter({ hasText: /人数已保存|The count is saved/ }).waitFor();
      await page.getByTestId('heads-start').locator('.told').waitFor();
      await closeToasts(page);
    },
    guest: async (page) => {
      await page.getByTestId('add-guest').click();
      await page.getByTestId('guest-save').click();
      await page.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor();
    },
    scan: async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.getByTestId('scan').click();
      await page.getByTestId('card-save').click();
      await page.getByTestId('card-code').waitFor();
      // Without a camera the page says what to do instead.
      await page.locator('dialog[open]').getByText(/摄像头。|打不开|was not allowed|cannot be opened/).waitFor();
    },
    'no-line': async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.context().setOffline(true);
      await page.locator('[data-member="1002"]').waitFor();
      await page.locator('[data-member="1002"][data-in=false]').click();
      await page.locator('[data-member="1002"][data-in=true]').waitFor();
      await closeToasts(page);
      await page.getByTestId('line').evaluate((line) => line.scrollIntoView({ block: 'center' }));
    },
  },
});
