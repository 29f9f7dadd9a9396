// A member takes part in a live lesson: what the teacher does is seen, and what the member
// does arrives. In Chinese on a phone, then in English on a desktop.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { enter, launch } from '../support/browser.ts';
import { as, makeCounty } from '../support/county.ts';
import { tabTo, watch } from '../support/pages.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server } from '../support/server.ts';
import { Teacher } from '../support/teacher.ts';

let server: Server;
let lesson: number;
let publisher: Process;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let teacher: Teacher;
let problems: string[];

beforeAll(async () => {
  server = await Server.start();
  await makeCounty(server);
  const added = await server.addLesson('返乡创业第一课');
  lesson = added.lesson;
  const file = await clip({ width: 320, height: 180, fps: 25, seconds: 20 });
  publisher = publish(file, added.rtmp_url, { loop: true });
  await until('a live lesson', async () => (await server.lessons()).some(({ state }) => state === 'live'));
  teacher = await Teacher.enter(server, lesson);
  browser = await launch();
  context = await as('member', browser, server, 'phone');
  problems = await watch(context, server.addresses.http);
  page = await context.newPage();
  await enter(page, lesson);
});

afterAll(async () => {
  teacher?.leave();
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

const open = (part: string) => page.getByTestId(`tab-${part}`).click();

describe('on a phone', () => {
  it('the picture stays in sight above what is read and written', async () => {
    await open('questions');
    await page.getByTestId('question-send').scrollIntoViewIfNeeded();
    const picture = (await page.getByTestId('player').boundingBox())!;
    expect(picture.y).toBeGreaterThanOrEqual(-1);
    for (const target of ['question-send', 'hand', 'tab-chat']) {
      await page.getByTestId(target).scrollIntoViewIfNeeded();
      const box = (await page.getByTestId(target).boundingBox())!;
      expect(box.y, target).toBeGreaterThanOrEqual(picture.y + picture.height - 1);
    }
  });

  it('chats, and sees what the teacher says', async () => {
    await open('chat');
    await page.getByTestId('chat-text').fill('老师好');
    await page.getByTestId('chat-send').click();
    expect((await teacher.told('chat')).text).toBe('老师好');
    await teacher.do({ type: 'chat', text: '大家好，马上开始' });
    const lines = page.getByTestId('chat-lines').getByRole('listitem');
    await lines.filter({ hasText: '大家好' }).waitFor();
    expect(await lines.first().textContent()).toContain('工作人员');
    await teacher.do({ type: 'chat-mode', open: false, slow_s: 0 });
    await page.getByText('讲师关闭了聊天').waitFor();
  });

  it('asks, votes, and reads the answer', async () => {
    await open('questions');
    await page.getByTestId('question-text').fill('成本怎么算？');
    await page.getByTestId('question-send').click();
    const { seq } = await teacher.told('question');
    const own = page.getByTestId('questions').getByRole('listitem').filter({ hasText: '成本怎么算' });
    await own.getByText('我的提问').waitFor();
    expect(await own.getByTestId('vote').count()).toBe(0);
    await teacher.do({ type: 'question', text: '贷款怎么办？' });
    const other = page.getByTestId('questions').getByRole('listitem').filter({ hasText: '贷款' });
    await other.getByTestId('vote').click();
    await other.getByText('1 人').waitFor();
    await teacher.do({ type: 'question-state', question: seq, state: 'answered', text: '先记账。' });
    await own.getByText('答：先记账。').waitFor();
  });

  it('raises a hand and is called', async () => {
    await page.getByTestId('hand').click();
    const { seq } = await teacher.told('hand');
    await page.getByTestId('hand-state').filter({ hasText: '您已举手' }).waitFor();
    await teacher.do({ type: 'hand-state', hand: seq, state: 'called' });
    await page.getByTestId('hand-state').filter({ hasText: '讲师请您发言' }).waitFor();
    await page.getByTestId('hand').click();
    await page.getByTestId('hand').filter({ hasText: '举手' }).waitFor();
  });

  it('is led to a quiz, answers it, and is told what was right', async () => {
    const poll = await teacher.do({
      type: 'poll', text: '工钱算不算成本？', options: ['算', '不算'], multiple: false, quiz: true, shown: false, correct: [0],
    });
    await page.getByTestId('poll-waits').getByRole('button').click();
    await page.getByTestId('option').nth(1).check();
    await page.getByTestId('poll-send').click();
    await page.getByTestId('poll-state').filter({ hasText: '已收到' }).waitFor();
    await page.locator('[data-test=poll] fieldset:focus').waitFor(); // the button is disabled
    await page.getByTestId('option').first().check();
    await page.getByTestId('poll-send').click();
    await teacher.do({ type: 'poll-show', poll, shown: true });
    await teacher.do({ type: 'poll-close', poll });
    await page.getByText('您答对了').waitFor();
    await page.getByText('1 人，100%').waitFor();
    expect(await page.getByTestId('poll-waits').count()).toBe(0);
  });

  it('reads what was announced and takes what was handed out', async () => {
    await teacher.do({ type: 'announcement', text: '课后请填表。' });
    await page.getByTestId('announcement').getByRole('button').click();
    expect(await page.getByTestId('announcement').count()).toBe(0);
    await teacher.handOut('成本表', new Blob([Buffer.from('%PDF-1.4\n%%EOF\n')]));
    await open('handouts');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: '成本表' }).click();
    expect((await download).suggestedFilename()).toContain('.pdf');
  });

  it('is told of a break, and asked whether somebody is there', async () => {
    teacher.setBreak(true);
    await page.getByTestId('break').waitFor();
    teacher.setBreak(false);
    await page.getByTestId('break').waitFor({ state: 'detached' });
    await teacher.prompt();
    const here = page.getByTestId('here');
    await here.waitFor();
    const picture = (await page.getByTestId('player').boundingBox())!;
    expect((await page.getByTestId('prompt').boundingBox())!.y).toBeGreaterThanOrEqual(picture.y + picture.height);
    expect((await here.boundingBox())!.height).toBeGreaterThanOrEqual(60);
    await expectAccessible(page);
    await here.click();
    await here.waitFor({ state: 'detached' });
  });

  it('is told of the minutes, and why some were not counted', async () => {
    await open('credit');
    await page.getByTestId('why').click();
    await page.getByTestId('not-counted').waitFor();
  });

  it('keeps what was written through a lost line', async () => {
    await open('questions');
    await context.setOffline(true);
    await server.down();
    await page.getByTestId('question-text').fill('断线时的问题');
    await page.getByTestId('question-send').click();
    await page.getByText('正在发送').waitFor();
    await server.up();
    await context.setOffline(false);
    await page.getByTestId('questions').getByText('断线时的问题').waitFor({ timeout: 40_000 });
  });
});

describe('on a desktop, in English, with the keyboard alone', () => {
  it('reaches each part and asks a question', async () => {
    teacher.leave();
    teacher = await Teacher.enter(server, lesson);
    const other = await as('secretary', browser, server, 'desktop', 'en-GB');
    const desk = await other.newPage();
    await desk.goto(`/lesson/${lesson}`);
    await tabTo(desk, desk.getByTestId('tab-credit'));
    await desk.keyboard.press('ArrowRight');
    await desk.keyboard.press('ArrowRight');
    await tabTo(desk, desk.getByTestId('question-text'));
    await desk.keyboard.type('How much is it?');
    await tabTo(desk, desk.getByTestId('question-send'));
    await desk.keyboard.press('Enter');
    await desk.getByTestId('questions').getByText('How much is it?').waitFor();
    expect(await desk.getByTestId('question-text').inputValue()).toBe('');
    await other.close();
  });

  it('has gone through all this without an error', () => {
    expect(problems.filter((text) => !/ERR_(CONNECTION_REFUSED|INTERNET_DISCONNECTED)|WebSocket|status of 50\d/.test(text))).toEqual([]);
  });
});
