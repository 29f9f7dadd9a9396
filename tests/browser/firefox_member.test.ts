// The member's pages in Firefox: sign in, enter a live lesson, hear it, take part, leave.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasFirefox, launchFirefox, playing, watchErrors } from '../support/browser.ts';
import { makeCounty, people } from '../support/county.ts';
import { fillSignIn, playsOn } from '../support/pages.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server } from '../support/server.ts';
import { Teacher } from '../support/teacher.ts';

describe.skipIf(!hasFirefox)('in Firefox', () => {
  let server: Server;
  let lesson: number;
  let publisher: Process;
  let browser: Browser;
  let teacher: Teacher;

  beforeAll(async () => {
    server = await Server.start();
    await makeCounty(server);
    const added = await server.addLesson('第一课');
    lesson = added.lesson;
    const file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
    publisher = publish(file, added.rtmp_url, { loop: true });
    await until('a live lesson', async () => (await server.lessons()).some(({ length_ms }) => length_ms > 4_000));
    teacher = await Teacher.enter(server, lesson);
    browser = await launchFirefox();
  });

  afterAll(async () => {
    teacher?.leave();
    await browser?.close();
    await publisher?.end();
    await server?.dispose();
  });

  async function signIn(locale: string, width: number): Promise<Page> {
    const context = await browser.newContext({ baseURL: server.addresses.http, locale, viewport: { width, height: 740 } });
    const page = await context.newPage();
    await page.goto('/');
    await fillSignIn(page, people.member.number);
    await page.getByTestId('enter').waitFor();
    return page;
  }

  it.each([['zh-CN', 360, '直播中'], ['en-GB', 1366, 'Live']] as const)(
    'a lesson in %s plays and is taken part in', async (locale, width, live) => {
      const page = await signIn(locale, width);
      const errors = watchErrors(page);
      await page.getByTestId('enter').click();
      await playing(page);
      await playsOn(page, 5);
      await page.getByTestId('badge').filter({ hasText: live }).waitFor();
      await page.getByTestId('tab-chat').click();
      await page.getByTestId('chat-text').fill(`hello ${locale}`);
      await page.getByTestId('chat-send').click();
      await page.getByTestId('chat-lines').getByText(`hello ${locale}`).waitFor();
      await teacher.prompt();
      await page.getByTestId('here').click();
      await page.getByTestId('here').waitFor({ state: 'detached' });
      await page.getByTestId('listen').click();
      await playsOn(page, 2);
      await page.getByTestId('tab-credit').click();
      await page.getByTestId('credit').filter({ hasNotText: '00:00' }).waitFor({ timeout: 25_000 });
      await page.goto('/credit');
      await page.getByTestId('year-progress').waitFor();
      expect(errors).toEqual([]);
      await page.context().close();
    });
});
