import type { Page } from 'playwright-core';
import { people } from '../../support/county.ts';
import { refusal } from '../../support/problem.ts';
import { asking } from '../../support/records.ts';
import type { Server } from '../../support/server.ts';
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

const second = { number: '7002', name: '管理员寅' };

/** A lesson that was held without a picture, and what the member is given of it by hand: two
 *  hours in the room and one alone. */
async function giveCredit(server: Server, county: number): Promise<void> {
  await server.addMember(second.number, second.name, 'member', county);
  await server.tool('role', 'grant', second.number, '--role', 'administrator');
  const { lesson } = await server.addLesson('第一讲　乡村振兴与返乡创业');
  await server.tool('lesson', 'start', String(lesson));
  await server.tool('lesson', 'end', String(lesson));
  const [first, other] = await Promise.all(
    [people.administrator.number, second.number].map((number) => asking(server, number)));
  for (const [study, minutes] of [['group', 90], ['self', 45]] as const) {
    const { id } = await first!<{ id: number }>('POST', '/corrections', {
      kind: 'ADJUST', study, member: people.member.number, lesson, earned_ms: minutes * 60_000, reason: '按签到表补记',
    });
    await other!('POST', `/corrections/${id}/approve`);
  }
}

const check = '**/api/v1/verify/*';
/** What the server said of the genuine one. */
let facts = {};

export const states = pageStates<string>({
  role: null,
  written: ['学*甲'],
  // A code as it is printed, of a transcript that a member took.
  async prepare({ server, county }) {
    await giveCredit(server, county.branches.county);
    const cookie = await server.signIn(people.member.number);
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
    /** The server lets an address check a few a minute: what a page is answered. */
    'too-many': async (page) => {
      await page.route(check, (route) => route.fulfill(refusal('too-many-attempts', 40)));
      await page.goto('/verify/ABCD-EFGH');
      await page.getByTestId('failure').filter({ hasText: /40|39/ }).waitFor();
      await page.unrouteAll();
    },
    unknown: async (page) => {
      await page.route(check, (route) => route.fulfill(refusal('not-found')));
      await page.goto('/verify/ABCD-EFGH');
      await page.getByTestId('failure').filter({ hasText: /\S/ }).waitFor();
      await page.unrouteAll();
    },
    genuine: async (page, code) => {
      const answer = page.waitForResponse((one) => one.ok() && one.url().includes('/api/v1/verify/'), { timeout: 140_000 });
      await page.goto(`/verify/${code}`);
      await checked(page);
      facts = (await (await answer).json()) as object;
    },
    evidence: async (page) => {
      await page.getByTestId('result').locator('summary').click();
      await page.getByTestId('hash').scrollIntoViewIfNeeded();
    },
    /** The ledger had a correction since it was made. */
    changed: async (page, code) => {
      await page.route(check, (route) => route.fulfill({ json: { ...facts, holds: false } }));
      await page.goto(`/verify/${code}`);
      await checked(page);
      await page.unrouteAll();
    },
  },
});
