// What stands around every page: that it starts on the oldest browsers it is meant for, says so
// where it cannot, tells of the line, and gives the ways into a lesson on.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../support/browser.ts';
import { as, branchNames, makeCounty, people, type County, type Role } from '../support/county.ts';
import { contextFor, fillSignIn } from '../support/pages.ts';
import { refusal } from '../support/problem.ts';
import { Server } from '../support/server.ts';

let server: Server;
let county: County;
let browser: Browser;

beforeAll(async () => {
  server = await Server.start();
  county = await makeCounty(server);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

/** Takes away what Chrome 80, Firefox 78 or Safari 14 do not have. */
async function makeOld(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const lists = [Array.prototype, Object.getPrototypeOf(Uint8Array.prototype) as object];
    const gone: [object, string[]][] = [
      ...lists.map((list): [object, string[]] => [list, [
        'at', 'findLast', 'findLastIndex', 'toReversed', 'toSorted', 'toSpliced', 'with',
      ]]),
      [Array, ['fromAsync']],
      [String.prototype, ['at', 'replaceAll', 'isWellFormed', 'toWellFormed']],
      [Object, ['hasOwn', 'groupBy']],
      [Map, ['groupBy']],
      [Promise, ['any', 'withResolvers', 'try']],
      [Set.prototype, ['union', 'intersection', 'difference', 'isSubsetOf']],
      [AbortSignal, ['timeout', 'any', 'abort']],
      [AbortSignal.prototype, ['throwIfAborted', 'reason']],
      [Element.prototype, ['replaceChildren', 'checkVisibility']],
      [HTMLElement.prototype, ['inert', 'showPopover']],
      [Crypto.prototype, ['randomUUID']],
      [URL, ['canParse', 'parse']],
      [Navigator.prototype, ['locks', 'userAgentData']],
      [window, ['structuredClone', 'WeakRef', 'FinalizationRegistry', 'AggregateError', 'BroadcastChannel',
        'reportError', 'scheduler', 'CompressionStream']],
    ];
    for (const [from, names] of gone) for (const name of names) Reflect.deleteProperty(from, name);
  });
}

describe('an old browser that the pages are meant for', () => {
  it.each<[Role, string[]]>([
    ['member', ['/', '/library', '/credit', '/account', '/lesson/LESSON', '/screen', '/verify']],
    ['administrator', ['/studio', '/studio/LESSON', '/steward', '/console', '/console/timetable', '/console/members']],
  ])('shows the pages of a %s', async (role, paths) => {
    const { lesson } = await server.addLesson('成本怎么算');
    const context = await as(role, browser, server);
    await makeOld(context);
    const errors: string[] = [];
    context.on('weberror', (error) => errors.push(error.error().message));
    const page = await context.newPage();
    for (const path of paths) {
      await page.goto(path.replace('LESSON', String(lesson)));
      await page.locator('main :is(h1, h2, [data-test=waiting])').first().waitFor();
      expect(await page.locator('#too-old').count(), path).toBe(0);
    }
    expect(await page.evaluate(() => 'at' in Array.prototype)).toBe(false);
    expect(errors).toEqual([]);
    await context.close();
  });
});

describe('a browser that is older still', () => {
  it.each([
    ['stops at the first line', () => void Reflect.deleteProperty(window, 'Promise')],
    ['stops when the page is put together', () => void Reflect.deleteProperty(window, 'Proxy')],
  ])('%s, and is told what to do', async (_, breakStart) => {
    const context = await browser.newContext({ baseURL: server.addresses.http });
    await context.addInitScript(breakStart);
    const page = await context.newPage();
    await page.goto('/sign-in');
    await page.locator('#too-old').waitFor();
    expect(await page.locator('#too-old').textContent()).toMatch(/请升级微信.*谷歌浏览器 80/);
    await context.close();
  });

  it('is told too when a script does not come', async () => {
    const context = await browser.newContext({ baseURL: server.addresses.http });
    await context.route('**/assets/index-*.js', (route) => route.fulfill({ status: 404, body: '' }));
    const page = await context.newPage();
    await page.goto('/sign-in');
    await page.locator('#too-old').waitFor();
    await context.close();
  });
});

describe('the line', () => {
  let context: BrowserContext;
  let page: Page;
  const banner = () => page.getByTestId('line-banner');

  beforeAll(async () => {
    context = await as('member', browser, server, 'phone');
    page = await context.newPage();
  });
  afterAll(() => context.close());

  it.each(['/', '/account'])('is told to be cut, and to be back, on %s', async (path) => {
    await page.goto(path);
    await page.locator('main h2').first().waitFor();
    expect(await banner().textContent()).toBe('');
    await context.setOffline(true);
    await banner().getByText('网络断了').waitFor();
    await context.setOffline(false);
    await banner().getByText('网络已恢复').waitFor();
  });

  it('is told when the server is away though the cable is in, until it answers', async () => {
    await page.goto('/library');
    await page.getByTestId('search').waitFor();
    await server.down();
    await page.getByTestId('search').fill('成本');
    await page.getByTestId('do-search').click();
    await banner().getByText('服务器暂时没有回应').waitFor();
    await server.up();
    await banner().getByText('网络已恢复').waitFor();
  });
});

describe('the way into a lesson', () => {
  let lesson: number;
  const year = new Date().getFullYear() + 1;

  beforeAll(async () => {
    await server.addLesson('大家的课', '--at', `${year}-06-01 19:30`);
    ({ lesson } = await server.addLesson(
      '杨庄的课', '--at', `${year}-03-08 19:30`, '--target', String(county.branches.village)));
  });

  const address = (page: Page) => page.getByTestId('address').textContent();

  it('is one of a branch too, which leads those who sign in to its next lesson', async () => {
    const context = await as('administrator', browser, server);
    const page = await context.newPage();
    await page.goto('/console/branches');
    await page.getByTestId('branch-search').fill(branchNames.village);
    await page.keyboard.press('Enter');
    await page.getByTestId(`branch-${county.branches.village}`).click();
    await page.getByTestId('link').click();
    await page.getByTestId('link-code').waitFor();
    const link = (await address(page))!;
    expect(link).toBe(`${server.addresses.http}/branch/${county.branches.village}`);
    await context.close();

    const stranger = await browser.newContext(contextFor('phone', 'zh-CN'));
    const phone = await stranger.newPage();
    await phone.goto(link);
    await fillSignIn(phone, people.member.number);
    await phone.waitForURL(link);
    const row = phone.locator('.wanted');
    expect(await row.locator('h3').textContent()).toBe('杨庄的课');
    await phone.waitForFunction(() => document.activeElement?.closest('.wanted') != null);
    await stranger.close();
  });

  it('is marked among other lessons that are live, too', async () => {
    const target = (branch: number) => ['--target', String(branch)];
    const own = await server.addLesson('杨庄直播的课', ...target(county.branches.village));
    const all = await server.addLesson('全县直播的课', ...target(county.branches.county));
    for (const { lesson: id } of [own, all]) await server.tool('lesson', 'start', String(id));
    const context = await as('member', browser, server, 'phone');
    const page = await context.newPage();
    await page.goto(`/branch/${county.branches.village}`);
    await page.waitForFunction(() => document.activeElement?.closest('.wanted') != null);
    const looks = (title: string) =>
      page.getByTestId('live-lesson').filter({ hasText: title }).evaluate((card) => getComputedStyle(card).boxShadow);
    expect(await looks('杨庄直播的课')).not.toBe('none');
    expect(await looks('全县直播的课')).toBe('none');
    await context.close();
    for (const { lesson: id } of [own, all]) await server.tool('lesson', 'end', String(id));
  });

  it('stands in the calendar of a member, until they end its address', async () => {
    const context = await as('member', browser, server, 'phone');
    const page = await context.newPage();
    await page.goto('/account');
    await page.getByTestId('make-calendar').click();
    await page.getByTestId('address').waitFor();
    const calendar = (await address(page))!;
    const text = await (await fetch(calendar)).text();
    expect(text).toMatch(/^BEGIN:VCALENDAR/);
    expect(text).toContain(`/lesson/${lesson}`);
    await page.getByTestId('end-calendar').click();
    await page.getByTestId('calendar-sure').click();
    await page.getByTestId('address').waitFor({ state: 'detached' });
    expect((await fetch(calendar)).status).toBe(404);
    await context.close();
  });

  it('is given on as a link and a code where a lesson is directed', async () => {
    const { lesson: anytime } = await server.addLesson('随时的课');
    const context = await as('administrator', browser, server);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    await page.goto('/studio');
    await page.getByTestId('studio-lesson').filter({ hasText: '随时的课' }).getByTestId('link').click();
    await page.getByTestId('link-code').waitFor();
    const link = `${server.addresses.http}/lesson/${anytime}`;
    expect(await address(page)).toBe(link);
    await page.getByTestId('copy-address').click();
    await page.getByText('已复制。').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await context.close();
  });
});

describe('a dialog that may not be closed yet', () => {
  it('stays however often Escape is pressed, with the focus in it, until it may', async () => {
    const context = await as('administrator', browser, server);
    const page = await context.newPage();
    await page.goto('/console/timetable');
    await page.getByTestId('plan').click();
    await page.getByTestId('lesson-title').fill('成本怎么算');
    let answer = (): void => undefined;
    await page.route('**/api/v1/lessons', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await new Promise<void>((resolve) => (answer = resolve));
      await route.fulfill(refusal('invalid-field'));
    });
    const asked = page.waitForRequest((request) => request.method() === 'POST');
    await page.getByTestId('form-submit').click();
    await asked;
    // No look at the page in between: the browser would take it for a tap.
    for (let i = 0; i < 4; i++) await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('dialog:modal :focus') !== null);
    expect(await page.getByTestId('form-submit').isVisible()).toBe(true);
    answer();
    await page.getByTestId('form-submit').and(page.locator(':not([aria-busy=true])')).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-test'))).toBe('plan');
    await context.close();
  });
});
