// Firefox. The member's pages: sign in, enter a live lesson, hear it, take part, leave. The
// screen of a room: let in, play by itself, sign people in, go on when it is opened anew.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasFirefox, launchFirefox, playing, watchErrors } from '../support/browser.ts';
import { makeCounty, people, siteName, type County } from '../support/county.ts';
import { fillSignIn, foreignWords, playsOn } from '../support/pages.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server } from '../support/server.ts';
import { Teacher } from '../support/teacher.ts';

describe.skipIf(!hasFirefox)('in Firefox', () => {
  let server: Server;
  let county: County;
  let lesson: number;
  let publisher: Process;
  let browser: Browser;
  let teacher: Teacher;

  beforeAll(async () => {
    server = await Server.start();
    county = await makeCounty(server);
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
      await page.getByTestId('credit').filter({ hasNotText: /^0\D+00\D+$/ }).waitFor({ timeout: 25_000 });
      await page.goto('/credit');
      await page.getByTestId('year-progress').waitFor();
      expect(errors).toEqual([]);
      await page.context().close();
    });

  it('the screen of a room goes on by itself', async () => {
    const context = await browser.newContext({ baseURL: server.addresses.http, locale: 'zh-CN', viewport: { width: 1366, height: 768 } });
    const page = await context.newPage();
    const errors = watchErrors(page);
    await page.goto('/screen');
    const code = await page.getByTestId('pairing-code').getAttribute('data-code');
    await server.tool('screen', 'pair', code!, '--site', String(county.site), '--name', '大屏');
    await page.getByTestId('site').filter({ hasText: siteName }).waitFor();
    await playing(page);
    await page.getByTestId('message').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.querySelector('video')!.muted)).toBe(false);

    const path = `/api/v1/lessons/${lesson}/rooms/${county.site}/enter`;
    const entered = await fetch(server.addresses.http + path, {
      method: 'POST',
      headers: {
        cookie: await server.signIn(people.member.number),
        'x-requested-with': 'airclass',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ digits: await page.getByTestId('digits').getAttribute('data-digits') }),
    });
    expect(entered.status).toBe(200);
    await page.getByTestId('signed-in').filter({ hasText: /^1$/ }).waitFor();
    await page.getByTestId('kept').filter({ hasNotText: '0 分钟' }).waitFor();
    expect(await foreignWords(page, 'zh', [])).toEqual([]);

    // Opened anew it asks for no code.
    await page.close();
    const again = await context.newPage();
    await again.goto('/screen');
    await playing(again);
    await playsOn(again, 2);
    await again.getByTestId('kept').filter({ hasNotText: '0 分钟' }).waitFor();
    expect(errors.filter((error) => !/401|pairing/.test(error))).toEqual([]);
    await context.close();
  });
});
