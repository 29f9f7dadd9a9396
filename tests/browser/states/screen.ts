import type { Page } from 'playwright-core';
import { people, siteName } from '../../support/county.ts';
import { clip, publish } from '../../support/publisher.ts';
import { pageStates } from '../../support/states.ts';
import type { Process } from '../../support/process.ts';
import { password, type Server } from '../../support/server.ts';

const next = '第六讲　创业政策';
const title = '第五讲　防骗';

interface Prepared {
  server: Server;
  site: number;
  publisher: Process;
  /** The cookie of a screen that was let in. */
  screen: string;
}

/** A code is given once a minute to an address: what a page would be answered. */
async function pairing(page: Page): Promise<void> {
  await page.route('**/api/v1/screens/pairing', (route) =>
    route.fulfill({ json: { code: 'K7MP24XW', secret: 'x'.repeat(43), expires_in_s: 600 } }));
  await page.route('**/api/v1/screens/pairing/claim', (route) => route.fulfill({ json: { state: 'waiting' } }));
  await page.goto('/screen');
  await page.getByTestId('pairing-code').waitFor();
  await page.unrouteAll();
}

async function letIn(server: Server, site: number): Promise<string> {
  const post = (path: string, body: object) =>
    fetch(`${server.addresses.http}/api/v1/screens/pairing${path}`, {
      method: 'POST',
      headers: { 'x-requested-with': 'airclass', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const { code, secret } = (await (await post('', {})).json()) as { code: string; secret: string };
  await server.tool('screen', 'pair', code, '--site', String(site), '--name', '大屏');
  const claimed = await post('/claim', { secret });
  return claimed.headers.get('set-cookie')!.split(';')[0]!.split('=')[1]!;
}

export const states = pageStates<Prepared>({
  role: null,
  written: [title, next, siteName, 'K7MP24XW', 'K7MP', '24XW', '127.0.0.1'],
  prepare: async ({ server, county }) => {
    const tomorrow = new Date(Date.now() + 26 * 3_600_000).toISOString();
    await server.addLesson(next, '--at', tomorrow);
    const lesson = await server.addLesson(title);
    const publisher = publish(
      await clip({ width: 640, height: 360, fps: 25, seconds: 20 }), lesson.rtmp_url, { loop: true });
    return { server, site: county.site, publisher, screen: await letIn(server, county.site) };
  },
  end: async ({ publisher }) => void (await publisher.end()),
  states: {
    pairing,
    occupied: async (page) => {
      const context = page.context();
      const data = { number: people.member.number, password };
      await context.request.post('/api/v1/session', { data, headers: { 'x-requested-with': 'airclass' } });
      await page.goto('/screen');
      await page.getByTestId('leave-account').waitFor();
      await context.clearCookies({ name: 'airclass_session' });
    },
    waiting: async (page, { screen }) => {
      await page.context().addCookies([
        { name: 'airclass_screen', value: screen, url: new URL(page.url()).origin, httpOnly: true, sameSite: 'Strict' },
      ]);
      // As it was before the lesson that is on air.
      await page.route('**/api/v1/screens/self', async (route) => {
        const response = await route.fetch();
        const self = (await response.json()) as { lessons: { state: string }[] };
        await route.fulfill({ json: { ...self, lessons: self.lessons.filter(({ state }) => state === 'planned') } });
      });
      await page.goto('/screen');
      await page.getByTestId('countdown').waitFor();
      await page.unrouteAll();
    },
    live: async (page) => {
      await page.goto('/screen');
      await page.getByTestId('digits').waitFor({ timeout: 20_000 });
      await page.getByTestId('message').waitFor({ state: 'detached', timeout: 30_000 });
      // No flag of a kiosk here: a key lets the sound through, as a person would.
      await page.keyboard.press('Enter');
      const sound = page.getByTestId('sound');
      if (await sound.isVisible()) await page.keyboard.press('Enter');
      await sound.waitFor({ state: 'detached' });
    },
    'no-line': async (page) => {
      await page.context().setOffline(true);
      await page.getByTestId('message').waitFor({ timeout: 45_000 });
      await page.getByTestId('message').locator('.since').waitFor({ timeout: 45_000 });
    },
  },
});
