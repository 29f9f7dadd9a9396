// The steward's phone: the sign-in of a room, with a line and without.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { launch } from '../support/browser.ts';
import { as, branchNames, makeCounty, people, siteName, type County } from '../support/county.ts';
import { fillSignIn, foreignWords, tabTo } from '../support/pages.ts';
import { filmPrintedCard } from '../support/printed_card.ts';
import { refusal } from '../support/problem.ts';
import { until } from '../support/process.ts';
import { Server, type Lesson } from '../support/server.ts';
import { writtenInCounty } from '../support/states.ts';
import { fakeCamera } from '../support/whip.ts';

const title = '第四讲　会场';
const numbers = Array.from({ length: 30 }, (_, i) => String(8001 + i));

interface Sheet {
  signed_in: number;
  stays: { number: string; way: string; out_ms: number | null; late: boolean }[];
  guests: { name: string }[];
  heads: { moment: string; heads: number; mismatch: boolean }[];
}

let server: Server;
let county: County;
let lesson: Lesson;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let shown: string; // whose card is before the camera

const room = () => `/api/v1/lessons/${lesson.lesson}/rooms/${county.site}`;
const sheet = async (): Promise<Sheet> => (await context.request.get(room())).json() as Promise<Sheet>;
const stays = async (number: string) => (await sheet()).stays.filter((stay) => stay.number === number);
const person = (number: string) => page.locator(`[data-member="${number}"]`);
const line = () => page.getByTestId('line');
const unsent = async (n: number) =>
  until(`${n} unsent`, async () => (await line().getAttribute('data-unsent')) === String(n), 20_000);

beforeAll(async () => {
  server = await Server.start();
  county = await makeCounty(server);
  const roster = join(server.data, 'roster.csv');
  await writeFile(roster, `编号,姓名,流出地支部\n${numbers.map((n) => `${n},王${n},${branchNames.village}`).join('\n')}\n`);
  const { digest } = await server.json<{ digest: string }>('import', 'members', roster);
  await server.tool('import', 'members', roster, '--apply', digest);
  lesson = await server.addLesson(title);
  const { film, number } = await filmPrintedCard(server, county.branches.village);
  shown = number;
  browser = await launch([...fakeCamera, `--use-file-for-fake-video-capture=${film}`]);
  context = await as('steward', browser, server, 'phone');
  page = await context.newPage();
  await page.goto('/steward');
  await person('8001').waitFor({ timeout: 15_000 });
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

describe('with a line', () => {
  it('signs in by a tap and out by another that is confirmed', async () => {
    await person('1001').click();
    await until('a stay', async () => (await stays('1001')).length === 1);
    await page.locator('[data-member="1001"][data-in=true]').waitFor();
    await person('1001').click();
    await page.getByTestId('confirm-out').click();
    await until('its end', async () => (await stays('1001'))[0]?.out_ms !== null);
    expect(await foreignWords(page, 'zh', [title])).toEqual([]);
    await expectAccessible(page);
  });

  it('says so when a lesson is not for the room that is chosen', async () => {
    const elsewhere = await server.json<{ branch: number }>(
      'branch', 'add', '--name', '外村', '--parent', String(county.branches.town), '--kind', 'village');
    const other = await server.addLesson('外村的课', '--target', String(elsewhere.branch));
    const staff = await as('staff', browser, server, 'phone');
    const phone = await staff.newPage();
    await phone.goto('/steward');
    await phone.getByTestId('lesson').selectOption(String(other.lesson));
    await phone.getByTestId('not-here').waitFor();
    expect(await phone.getByTestId('trouble').count()).toBe(0);
    await phone.getByTestId('lesson').selectOption(String(lesson.lesson));
    await phone.locator('[data-member="8001"]').waitFor();
    await staff.close();
  });

  it('finds people by name, by their initials and by number', async () => {
    for (const words of ['8003', '王8003', 'w8003']) {
      await page.getByTestId('search').fill(words);
      await person('8003').waitFor();
      expect(await page.getByTestId('roster').locator('li').count()).toBe(1);
    }
    await page.getByTestId('search').fill('');
  });

  it('signs in whose printed card is held before the camera', async () => {
    await page.getByTestId('scan').click();
    await page.getByTestId('scan-told').filter({ hasText: '已记下' }).waitFor({ timeout: 15_000 });
    expect((await stays(shown)).filter(({ way }) => way === 'card')).toMatchObject([{ out_ms: null }]);
    await page.locator(`[data-member="${shown}"][data-in=true]`).waitFor();
    const told = page.getByTestId('toast').last();
    await told.waitFor();
    // Over the dialog and its veil: who it was is read at once, and put away.
    expect(await told.evaluate((note) => {
      const { x, y, width, height } = note.getBoundingClientRect();
      return note.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    })).toBe(true);
    await expectAccessible(page);
    await told.getByRole('button').click();
    await page.getByTestId('close-dialog').click();
  });

  it('takes cards that are typed, guests, and heads that do not match', async () => {
    const { card } = await server.json<{ card: string }>('member', 'card', '8001');
    await page.getByTestId('scan').click();
    await page.getByTestId('card-code').fill(card.toLowerCase());
    await page.getByTestId('card-save').click();
    await until('a stay by card', async () => (await stays('8001'))[0]?.way === 'card');
    await page.getByTestId('close-dialog').click();

    await page.getByTestId('add-guest').click();
    await page.getByTestId('guest-name').fill('张大伯');
    await page.getByTestId('guest-save').click();
    await page.getByTestId('guests').getByText('张大伯').waitFor();

    const start = page.getByTestId('heads-start');
    await start.getByRole('textbox').fill('５');
    await start.getByRole('button').click();
    await start.getByText('不一致').waitFor();
    expect((await sheet()).heads).toMatchObject([{ moment: 'start', heads: 5, mismatch: true }]);
  });

  it('is walked by keyboard alone', async () => {
    await tabTo(page, page.getByTestId('search'));
    await page.keyboard.type('8002');
    await tabTo(page, person('8002'));
    await page.keyboard.press('Enter');
    await until('a stay', async () => (await stays('8002')).length === 1);
    await page.getByTestId('search').fill('');
  });
});

describe('in airplane mode', () => {
  it('opens, signs thirty people in, and sends each once when the line is back', async () => {
    await until('the page to be kept', () =>
      page.evaluate(async () => (await (await caches.open('airclass')).match('/kept-pages')) !== undefined), 20_000);
    const before = await sheet();
    await context.setOffline(true);
    await page.reload();
    await person('8001').waitFor({ timeout: 15_000 });
    await page.getByText('没有网络').first().waitFor();
    await expectAccessible(page);

    const others = numbers.slice(2);
    for (const number of [...others, '1002', '1003']) {
      await person(number).click();
      await page.locator(`[data-member="${number}"][data-in=true]`).waitFor();
    }
    await unsent(30);
    await page.getByTestId('add-guest').click();
    await page.getByTestId('guest-name').fill('李大妈');
    await page.getByTestId('guest-save').click();
    await unsent(31);
    // The phone is put away, and its browser forgets the page.
    await page.reload();
    await unsent(31);
    expect(await page.getByTestId('signed-in').textContent()).toBe('33');
    expect((await sheetOfServer()).stays).toHaveLength(before.stays.length);

    await context.setOffline(false);
    await unsent(0);
    await page.getByText('已补传 31 条').waitFor();
    const { entries } = (await (await context.request.get(`${room()}/logs?limit=500`)).json()) as {
      entries: { seq: number; state: string }[];
    };
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
    expect(new Set(entries.map(({ state }) => state))).toEqual(new Set(['waiting']));
  });

  it('is approved by the secretary, and then stands in the sheet once, marked late', async () => {
    const secretary = await as('secretary', browser, server, 'phone', 'en-GB');
    const desk = await secretary.newPage();
    await desk.goto('/steward');
    await desk.getByTestId('late-logs').waitFor({ timeout: 15_000 });
    expect(await foreignWords(desk, 'en', [title, siteName, '张大伯', '李大妈', '王', ...writtenInCounty, ...['庚', '辛', '壬', '癸', '子'].flatMap((last) => [`学员${last}`, `学*${last}`])])).toEqual([]);
    await expectAccessible(desk);
    await desk.getByTestId('approve').click();
    await until('the stays', async () => (await sheet()).stays.filter(({ late }) => late).length === 30);
    await secretary.close();
    const { stays: all, guests } = await sheet();
    expect(new Set(all.filter(({ late }) => late).map(({ number }) => number)).size).toBe(30);
    expect(guests.map(({ name }) => name).sort()).toEqual(['张大伯', '李大妈'].sort());
    await until('nothing to wait for', async () => (await line().getAttribute('data-undecided')) === '0', 20_000);
    expect(await page.getByTestId('signed-in').textContent()).toBe('33');
  });
});

it('keeps what one steward did not send from the next one on the same phone', async () => {
  const signIn = async (who: { number: string }) => {
    await fillSignIn(page, who.number);
    await page.waitForURL((url) => url.pathname !== '/sign-in');
    await page.goto('/steward');
    await person('1002').waitFor({ timeout: 15_000 });
  };
  const away = /\/rooms\/\d+\/(stays|logs)/;
  await page.goto('/steward');
  await person('1004').waitFor({ timeout: 15_000 });
  await page.route(away, (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await person('1004').click();
  await unsent(1);
  await page.getByTestId('account').click();
  await page.getByTestId('sign-out').click();
  await page.getByText('这部手机上有 1 条签到还没有补传').waitFor();
  await expectAccessible(page);
  await page.getByTestId('sign-out-sure').click();
  await page.waitForURL('**/sign-in');
  await page.unroute(away);

  await signIn(people.secretary);
  await unsent(0);
  await person('1004').and(page.locator('[data-in=false]')).waitFor();
  expect(await stays('1004')).toEqual([]);
  await page.getByTestId('account').click();
  await page.getByTestId('sign-out').click();
  await page.waitForURL('**/sign-in');
  await context.setOffline(true);
  await page.goto('/steward');
  await page.getByTestId('trouble').waitFor();
  expect(await person('1002').count()).toBe(0);
  await context.setOffline(false);

  await page.goto('/sign-in');
  await signIn(people.steward);
  await unsent(0);
  // Whose numbers are in a log is told to those who decide on it.
  const secretary = await as('secretary', browser, server);
  await until('the log', async () => {
    const { entries } = (await (await secretary.request.get(`${room()}/logs?limit=500`)).json()) as {
      entries: { number: string; state: string; sender: string }[];
    };
    return entries.some((one) => one.number === '1004' && one.state === 'waiting' && one.sender === people.steward.number);
  });
  await secretary.close();
});

it('keeps a guest whom the server refuses until the steward decides', async () => {
  const guests = '**/rooms/*/guests';
  const add = async (name: string) => {
    await page.getByTestId('add-guest').click();
    await page.getByTestId('guest-name').fill(name);
    await page.getByTestId('guest-save').click();
    await unsent(1);
  };
  const refused = page.getByTestId('refused-guests');
  await page.goto('/steward');
  await person('1004').waitFor({ timeout: 15_000 });
  await page.route(guests, (route) => route.abort()); // no answer comes
  for (const name of ['周大爷', '吴大爷']) {
    await add(name);
    await page.unroute(guests);
    await page.route(guests, (route) => route.fulfill(refusal('wrong-state')));
    await page.reload(); // which sends
    await refused.getByText(name).waitFor({ timeout: 15_000 });
    await unsent(0);
    await page.unroute(guests);
    if (name === '周大爷') await page.route(guests, (route) => route.abort());
  }
  await expectAccessible(page);
  expect((await sheet()).guests.map(({ name }) => name)).not.toContain('周大爷');

  await refused.getByRole('listitem').filter({ hasText: '周大爷' }).getByTestId('retry-guest').click();
  await page.getByTestId('guests').getByText('周大爷').waitFor();
  await refused.getByTestId('drop-guest').click();
  await page.getByTestId('confirm-drop').click();
  await refused.waitFor({ state: 'detached' });
  const names = (await sheet()).guests.map(({ name }) => name);
  expect(names).toContain('周大爷');
  expect(names).not.toContain('吴大爷');
});

it('tells whoever runs no room whom to ask', async () => {
  const member = await as('member', browser, server, 'phone');
  const other = await member.newPage();
  await other.goto('/steward');
  await other.getByText('您还不是站点管理员').waitFor();
  await member.close();
});

/** The context has no line: asked beside it. */
async function sheetOfServer(): Promise<Sheet> {
  const cookie = await server.signIn(people.steward.number);
  return (await fetch(`${server.addresses.http}${room()}`, { headers: { cookie } })).json() as Promise<Sheet>;
}
