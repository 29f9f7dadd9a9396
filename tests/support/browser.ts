// Debian's Chromium and Firefox, driven by playwright-core.
import { existsSync } from 'node:fs';
import { chromium, firefox, selectors, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { watchContext } from './contract.ts';
import { password, type Server } from './server.ts';

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--autoplay-policy=document-user-activation-required',
  // Fields for days are written as the page's language has it: this browser is an English one.
  '--enable-blink-features=LangAttributeAwareFormControlUI',
];

export async function launch(more: string[] = []): Promise<Browser> {
  selectors.setTestIdAttribute('data-test');
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', headless: true, args: [...flags, ...more],
    // Files that are downloaded have Chinese names, for which a bare system has no letters.
    env: { ...process.env as Record<string, string>, LANG: 'C.UTF-8' },
  });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(60_000); // a busy machine: against what hangs
    watchContext(context);
    return context;
  };
  return browser;
}

const FIREFOX = '/usr/bin/firefox-esr';

/** Debian's Firefox is tested where it is installed: apt-get install firefox-esr. */
export const hasFirefox = existsSync(FIREFOX);

/** Plays without a tap, as after one. */
export function launchFirefox(): Promise<Browser> {
  selectors.setTestIdAttribute('data-test');
  return firefox.launch({
    channel: 'moz-firefox', executablePath: FIREFOX, headless: true,
    firefoxUserPrefs: { 'media.autoplay.default': 0, 'media.cubeb.backend': 'null' },
  });
}

export type Language = 'zh-CN' | 'en-GB';

/** A browser of someone who has signed in as member `number`. */
export async function signedIn(
  browser: Browser, server: Server, number: string, language: Language = 'zh-CN',
  more: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: server.addresses.http, locale: language, viewport: { width: 1280, height: 800 }, ...more,
  });
  const response = await context.request.post('/api/v1/session', {
    data: { number, password },
    headers: { 'X-Requested-With': 'airclass' },
  });
  if (!response.ok()) throw new Error(`sign-in: ${response.status()} ${await response.text()}`);
  return context;
}

/** Opens the lesson's page and taps its start button, unless the browser lets it play. */
export async function enter(page: Page, lesson: number): Promise<void> {
  await page.goto(`/lesson/${lesson}`);
  const tapped = page.getByTestId('start').click({ timeout: 25_000 }).then(() => playing(page));
  await Promise.any([tapped, playing(page)]);
}

/** Clicks one of the player's controls, which show while the pointer moves. */
export async function press(page: Page, control: string): Promise<void> {
  const box = (await page.getByTestId('player').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
  await page.getByTestId(control).click();
}

/** Resolves once the video really moves. */
export async function playing(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const video = document.querySelector('video');
    return video !== null && video.readyState >= 3 && !video.paused && video.currentTime > 0;
  }, undefined, { timeout: 25_000 });
}

/** What goes wrong in a page, for tests that expect nothing to. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}
