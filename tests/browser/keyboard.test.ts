// From the sign-in into the lesson and through its controls without a pointer.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, playing } from '../support/browser.ts';
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
      if ((await page.evaluate(() => document.activeElement?.textContent)) === '240p') break;
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
    await page.getByText('听课模式').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('听课模式').waitFor({ state: 'detached' });
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
