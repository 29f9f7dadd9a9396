// From the sign-in into the lesson and through its controls without a pointer; and the pages that
// stand beside it.
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, playing } from '../support/browser.ts';
import { as, makeCounty, people, type Role } from '../support/county.ts';
import { contextFor, playsAt, playsOn, shown, tabTo, watch } from '../support/pages.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { password, Server } from '../support/server.ts';

let server: Server;
let publisher: Process;
let browser: Browser;
let page: Page;
let problems: string[];

beforeAll(async () => {
  server = await Server.start();
  await server.addMember('1001', '学员甲');
  const lesson = await server.addLesson('第一课');
  publisher = publish(
    await clip({ width: 640, height: 360, fps: 25, seconds: 20 }), lesson.rtmp_url, { loop: true });
  await until('20 s of lesson', async () => (await server.lessons())[0]!.length_ms > 20_000, 60_000);
  browser = await launch();
  const context = await browser.newContext({
    ...contextFor('desktop', 'zh-CN'), baseURL: server.addresses.http,
  });
  problems = await watch(context, server.addresses.http);
  page = await context.newPage();
});

afterAll(async () => {
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

describe('with the keyboard alone', () => {
  it('a member signs in and enters the class, which plays at once', async () => {
    await page.goto('/');
    await page.waitForURL('/sign-in');
    await tabTo(page, page.getByTestId('number'));
    await page.keyboard.type('1001');
    await tabTo(page, page.getByTestId('password'));
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.waitForURL('/');
    await tabTo(page, page.getByTestId('enter'));
    await page.keyboard.press('Enter');
    await playing(page);
  });

  it('reaches every control of the player', async () => {
    for (const control of ['seek', 'play', 'back15', 'fullscreen'])
      await tabTo(page, page.getByTestId(control));
    await tabTo(page, page.getByTestId('quality').getByRole('button'));
  });

  it('chooses a quality and stays where it was', async () => {
    await page.keyboard.press('Enter');
    await page.getByRole('menuitemradio').first().waitFor();
    for (let i = 0; i < 4; i++) {
      if ((await page.evaluate(() => document.activeElement?.textContent))?.trim() === '省流量（240p）') break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('video')!.videoHeight === 240);
    expect(await page.getByTestId('quality').getByRole('button')
      .evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('menuitemradio').count()).toBe(0);
  });

  it('plays, pauses, goes back, returns to live, mutes', async () => {
    await page.keyboard.press('k');
    await until('the pause', async () => (await shown(page)).paused);
    await page.keyboard.press('k');
    await playsOn(page);
    const { at } = await shown(page);
    await page.keyboard.press('ArrowLeft');
    await playsAt(page, at - 16, at - 10);
    await page.keyboard.press('l');
    await playsAt(page, at, at + 30);
    await page.keyboard.press('m');
    expect(await page.evaluate(() => document.querySelector('video')!.muted)).toBe(true);
    await page.keyboard.press('m');
    expect(await page.evaluate(() => document.querySelector('video')!.muted)).toBe(false);
  });

  it('turns to listening and back with the arrows', async () => {
    await tabTo(page, page.getByTestId('watch').locator('input'));
    await page.keyboard.press('ArrowRight');
    await page.getByTestId('listening').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByTestId('listening').waitFor({ state: 'detached' });
    await playsOn(page);
  });

  it('fills the screen and leaves it', async () => {
    await tabTo(page, page.getByTestId('fullscreen'));
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.fullscreenElement !== null);
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.fullscreenElement === null);
  });

  it('has gone through all this without an error', () => {
    expect(problems.filter((problem) => !/status of 401 /.test(problem))).toEqual([]);
  });
});

describe('with the keyboard alone, beside the lesson,', () => {
  let countyServer: Server;
  let code: string;
  let other: BrowserContext | undefined;

  beforeAll(async () => {
    countyServer = await Server.start('--code-gateway', 'http://127.0.0.1:9/sms');
    await makeCounty(countyServer);
    const { lesson } = await countyServer.addLesson('会场的课');
    await countyServer.tool('lesson', 'start', String(lesson));
    const cookie = await countyServer.signIn(people.member.number);
    const answer = await fetch(`${countyServer.addresses.http}/api/v1/reports/transcript`, { headers: { cookie } });
    ({ code } = (await answer.json()) as { code: string });
  });
  afterEach(() => other?.close());
  afterAll(() => countyServer?.dispose());

  /** A page of whoever has `role`; null: of nobody. */
  async function opened(role: Role | null, path: string): Promise<Page> {
    other = role === null
      ? await browser.newContext({ ...contextFor('desktop', 'zh-CN'), baseURL: countyServer.addresses.http })
      : await as(role, browser, countyServer);
    const one = await other.newPage();
    await one.goto(path);
    return one;
  }
  const isFocused = (target: Locator) =>
    until('the focus', () => target.evaluate((element) => element === document.activeElement || element.contains(document.activeElement)));
  const press = async (one: Page, target: Locator, key = 'Enter') => {
    await tabTo(one, target);
    await one.keyboard.press(key);
  };

  it('somebody looks at both ways to sign in, and makes a password of their own', async () => {
    const { password: made } = await countyServer.json<{ password: string }>('member', 'password', '1006');
    const one = await opened(null, '/sign-in');
    await tabTo(one, one.locator('input[name=way]:checked'));
    await one.keyboard.press('ArrowRight');
    await tabTo(one, one.getByTestId('send-code'));
    await tabTo(one, one.locator('input[name=way]:checked'));
    await one.keyboard.press('ArrowLeft');
    await tabTo(one, one.getByTestId('number'));
    await one.keyboard.type('1006');
    await press(one, one.getByTestId('submit')); // what is missing has the focus
    await isFocused(one.getByTestId('password'));
    await one.keyboard.type(made);
    await one.keyboard.press('Enter');
    await isFocused(one.getByTestId('new-password'));
    await one.keyboard.type('another battery staple');
    await one.keyboard.press('Enter');
    await one.waitForURL('/');
  });

  it('anybody checks a transcript and opens its evidence', async () => {
    const one = await opened(null, '/verify');
    await tabTo(one, one.getByTestId('code'));
    await one.keyboard.type('?');
    await one.keyboard.press('Enter');
    await one.locator('[aria-invalid=true]').waitFor();
    await isFocused(one.getByTestId('code'));
    await one.keyboard.press('Backspace');
    await one.keyboard.type(code.toLowerCase());
    await press(one, one.getByTestId('submit'));
    await one.getByTestId('result').waitFor();
    await press(one, one.locator('summary'));
    expect(await one.locator('details').evaluate((details: HTMLDetailsElement) => details.open)).toBe(true);
  });

  it('a member signs a device out, and is led to what is wrong with a password', async () => {
    await countyServer.signIn(people.member.number);
    const one = await opened('member', '/account');
    await one.getByTestId('here').waitFor();
    const devices = await one.getByTestId('device').count();
    const end = one.getByTestId('end').first();
    await press(one, end);
    await one.getByTestId('sure').waitFor();
    await one.keyboard.press('Escape');
    await isFocused(end);
    await one.keyboard.press('Enter');
    await press(one, one.getByTestId('sure'));
    await until('one device less', async () => (await one.getByTestId('device').count()) === devices - 1);
    await press(one, one.getByTestId('toast').getByRole('button'));
    await one.getByTestId('toast').waitFor({ state: 'detached' });

    await tabTo(one, one.getByTestId('now'));
    await one.keyboard.type('not this one');
    await tabTo(one, one.getByTestId('wanted'));
    await one.keyboard.type('quite another one');
    await press(one, one.getByTestId('change'));
    await one.getByTestId('now').and(one.locator('[aria-invalid=true]')).waitFor();
    await isFocused(one.getByTestId('now'));
    await press(one, one.getByTestId('make-calendar'));
    await one.getByTestId('address').waitFor();
    await tabTo(one, one.getByTestId('copy-address'));
    await press(one, one.getByTestId('end-calendar'));
    await press(one, one.getByTestId('calendar-sure'));
    await one.getByTestId('address').waitFor({ state: 'detached' });
    await tabTo(one, one.getByTestId('export'));
  });

  it('a steward signs in and out, adds a guest, counts heads and types a card', async () => {
    const { card } = await countyServer.json<{ card: string }>('member', 'card', '1003');
    const one = await opened('steward', '/steward');
    const person = (number: string) => one.locator(`[data-member="${number}"]`);
    const inside = (number: string, is: boolean) => person(number).and(one.locator(`[data-in=${is}]`)).waitFor();
    await press(one, person('1002'));
    await inside('1002', true);
    await press(one, person('1002'));
    await press(one, one.getByTestId('confirm-out'));
    await inside('1002', false);
    await isFocused(person('1002'));

    await press(one, one.getByTestId('add-guest'));
    await isFocused(one.locator('dialog[open]'));
    await tabTo(one, one.getByTestId('guest-name'));
    await one.keyboard.type('张大伯');
    await one.keyboard.press('Enter');
    await one.getByTestId('guests').getByText('张大伯').waitFor();
    await isFocused(one.getByTestId('add-guest'));

    await press(one, one.getByTestId('scan'));
    await tabTo(one, one.getByTestId('card-code'));
    await one.keyboard.type(card);
    await one.keyboard.press('Enter');
    await inside('1003', true);
    await one.keyboard.press('Escape');
    await isFocused(one.getByTestId('scan'));

    await press(one, one.getByTestId('missing-only'), 'Space');
    await person('1003').waitFor({ state: 'detached' });
    await tabTo(one, one.getByTestId('heads-start').getByRole('textbox'));
    await one.keyboard.type('2');
    await one.keyboard.press('Enter');
    await one.getByTestId('heads-start').locator('.told').waitFor();
    await press(one, one.getByTestId('hand'));
    await one.getByTestId('hand-state').filter({ hasText: '会场已举手' }).waitFor();
    await press(one, one.getByTestId('all-out'));
    await press(one, one.getByTestId('confirm-all-out'));
    await until('nobody inside', async () => (await one.getByTestId('signed-in').textContent()) === '0');
  });
});
