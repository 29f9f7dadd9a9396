// A lecturer under stress: live in three clicks from a browser's camera, and a lecture with a
// poll, a prompt and a break before a phone and a room at once.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { enter, launch, playing } from '../support/browser.ts';
import { as, makeCounty, people, type County } from '../support/county.ts';
import { contextFor, fillSignIn, tabTo, watch } from '../support/pages.ts';
import { until } from '../support/process.ts';
import { RoomScreen } from '../support/room_screen.ts';
import { password, Server, type Lesson } from '../support/server.ts';
import { Socket } from '../support/socket.ts';
import { noisyCamera } from '../support/whip.ts';

const title = '第三讲　返乡创业';
let server: Server;
let county: County;
let browser: Browser;
let lesson: Lesson;
let other: Lesson;
let context: BrowserContext;
let studio: Page;
let problems: string[];

const listed = async (one = lesson) => (await server.lessons()).find((row) => row.lesson === one.lesson)!;
const tab = (name: string) => studio.getByTestId(`tab-${name}`).click();

beforeAll(async () => {
  server = await Server.start();
  county = await makeCounty(server);
  const lecturer = ['--lecturer', people.lecturer.number];
  lesson = await server.addLesson(title, ...lecturer);
  other = await server.addLesson('第四讲', ...lecturer);
  browser = await launch(await noisyCamera());
  context = await browser.newContext({ ...contextFor('desktop', 'zh-CN'), baseURL: server.addresses.http });
  await context.grantPermissions(['camera', 'microphone']);
  problems = await watch(context, server.addresses.http);
  studio = await context.newPage();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

describe('the studio', () => {
  it('is live from the camera three clicks after the sign-in', async () => {
    await studio.goto('/studio');
    await fillSignIn(studio, people.lecturer.number);
    await studio.getByTestId('studio-lesson').filter({ hasText: title }).getByTestId('with-camera').click();
    // Before it goes live there is a picture and a level to look at, and nothing is sent.
    await studio.getByTestId('level').waitFor();
    await studio.waitForFunction(() => (document.querySelector<HTMLVideoElement>('[data-test=own-picture]')?.videoWidth ?? 0) > 0);
    expect((await listed()).state).toBe('planned');
    await studio.getByTestId('start-end').click();
    await studio.getByTestId('confirm').click();
    await until('the lesson to be live', async () => (await listed()).creditable_ms > 1000, 20_000);
    await studio.getByTestId('own-link').filter({ hasText: '正在送出' }).waitFor();
    await studio.getByTestId('figures').waitFor();
    expect(await studio.getByTestId('state').textContent()).toContain('直播中');
    expect(await studio.getByTestId('figures').textContent()).toContain('浏览器');
    await expectAccessible(studio);
  });

  it('shows what members see, and goes back to its own picture', async () => {
    await studio.getByTestId('as-others').click();
    await studio.waitForFunction(() => {
      const video = document.querySelector<HTMLVideoElement>('[data-test=preview]');
      return video !== null && video.videoWidth > 0 && !video.paused;
    }, undefined, { timeout: 20_000 });
    await studio.getByTestId('preview-sound').waitFor();
    await studio.getByTestId('as-others').click();
    await studio.getByTestId('own-picture').waitFor();
  });

  it('leads a lecture with a poll, a prompt and a break before a phone and a room', async () => {
    const phone = await as('member', browser, server, 'phone');
    const page = await phone.newPage();
    await enter(page, lesson.lesson);
    const cookie = (await phone.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const hand = await Socket.open(
      `${server.addresses.http}/classroom?lesson=${lesson.lesson}&client=00000000000000bb&since=0`, cookie);
    await hand.expect('welcome');
    const screen = await RoomScreen.enter(server, county.site, lesson.lesson);
    await screen.show();

    await tab('presence');
    await studio.getByTestId('room').filter({ hasText: '杨庄村活动室' }).waitFor();
    await until('the member to be counted', async () => (await studio.getByTestId('members').textContent()) === '1');

    // A poll: made, answered, closed, its result shown.
    await tab('polls');
    await studio.getByTestId('new-poll').click();
    await studio.getByTestId('poll-put').click();
    await studio.getByText('请写问题。').waitFor();
    await studio.getByTestId('poll-text').fill('要不要办合作社？');
    await studio.getByTestId('poll-option').nth(0).fill('要');
    await studio.getByTestId('poll-option').nth(1).fill('不要');
    await expectAccessible(studio);
    await studio.getByTestId('poll-put').click();
    await studio.getByTestId('poll').waitFor();
    const told = async (socket: Socket, kind: string) =>
      until(`an event "${kind}"`, () => socket.messages
        .flatMap((message) => (message.events as { kind: string; seq: number; body?: Record<string, unknown> }[] | undefined) ?? [])
        .find((event) => event.kind === kind));
    const poll = await told(hand, 'poll');
    expect((await told(screen.socket, 'poll')).seq).toBe(poll.seq);
    hand.send({ type: 'poll-answer', id: 'answer', poll: poll.seq, choices: [0] });
    await studio.getByTestId('answers').filter({ hasText: '1 人已答' }).waitFor();
    await studio.getByTestId('close-poll').click();
    expect((await told(hand, 'poll-closed')).body).toMatchObject({ counts: [1, 0] });

    // A question and a hand.
    hand.send({ type: 'question', id: 'question', text: '贷款怎么办？' });
    hand.send({ type: 'hand', id: 'hand', raised: true });
    await tab('questions');
    await studio.getByTestId('take-question').click();
    await studio.getByTestId('answer-question').click();
    await studio.getByTestId('answer-text').fill('到镇里问。');
    await studio.getByTestId('answer-send').click();
    await studio.getByText('回答：到镇里问。').waitFor();
    await tab('hands');
    await studio.getByTestId('call-hand').click();
    await studio.getByTestId('lower-hand').click();
    await studio.getByText('没有人举手').waitFor();

    // Chat, an announcement and a hand-out reach them too.
    hand.send({ type: 'chat', id: 'chat', text: '听得到' });
    await tab('chat');
    await studio.getByTestId('line').filter({ hasText: '听得到' }).getByTestId('hide-line').click();
    await told(hand, 'chat-hidden');
    await tab('notices');
    await studio.getByTestId('notice-text').fill('下周三交表。');
    await studio.getByTestId('notice-send').click();
    await told(screen.socket, 'announcement');
    await tab('handouts');
    await studio.getByTestId('handout-url').fill('https://www.example.org/form');
    await studio.getByTestId('handout-title').fill('报名表');
    await studio.getByTestId('handout-send').click();
    await told(screen.socket, 'handout');

    // Everybody is asked, and the member answers.
    await studio.getByTestId('ask-all').click();
    await studio.getByText('已向 1 位学员发出在线确认。').waitFor();
    const prompt = await hand.expect('prompt');
    hand.send({ type: 'prompt-shown', id: prompt.id });
    hand.send({ type: 'prompt-answer', id: prompt.id, after_ms: 400 });
    await hand.expect('prompt-closed');

    // In a break nothing is credited.
    await screen.show();
    await studio.getByTestId('break').click();
    expect((await told(hand, 'break')).body).toMatchObject({ on: true });
    const { creditable_ms } = await listed();
    await until('the break to last', async () => (await listed()).length_ms > creditable_ms + 4000);
    await studio.getByTestId('break').click();
    await until('the end of the break', () => hand.messages
      .flatMap((message) => (message.events as { kind: string; body?: { on?: boolean } }[] | undefined) ?? [])
      .some((event) => event.kind === 'break' && event.body?.on === false));
    await playing(page);

    await until('credit of the member', async () =>
      ((await server.attendance(lesson.lesson)).find(({ member }) => member === people.member.number)?.accepted_ms ?? 0) > 3000, 25_000);
    const shown = await until('what the room has shown', async () => (await screen.show()) ?? undefined, 15_000);
    const { length_ms } = await listed();
    const [row] = (await server.attendance(lesson.lesson)).filter(({ member }) => member === people.member.number);
    // The break lies in both, and counts in neither.
    expect(shown).toBeGreaterThan(3000);
    expect(shown).toBeLessThan(length_ms - 3000);
    expect(row!.accepted_ms).toBeLessThan(length_ms - 3000);
    screen.close();
    hand.cut();
    await phone.close();
  }, 90_000);

  it('mutes, and comes back by itself when the line was lost', async () => {
    await studio.getByTestId('mute').click();
    await studio.getByText('已静音').waitFor();
    await studio.getByTestId('mute').click();
    const [worker] = await server.workers();
    const { creditable_ms } = await listed();
    process.kill(worker!, 'SIGKILL');
    await studio.getByTestId('own-link').filter({ hasText: '正在自动重连' }).waitFor({ timeout: 15_000 });
    await studio.getByTestId('own-link').filter({ hasText: '正在送出' }).waitFor({ timeout: 20_000 });
    await until('the lesson to go on', async () => (await listed()).creditable_ms > creditable_ms + 1500, 20_000);
  });

  it('ends once it has asked, and nothing is sent any more', async () => {
    await studio.getByTestId('start-end').click();
    await studio.getByTestId('not-yet').click();
    expect((await listed()).state).toBe('live');
    await studio.getByTestId('start-end').click();
    await studio.getByTestId('confirm').click();
    await studio.getByTestId('state').filter({ hasText: '已结束' }).waitFor();
    await studio.getByTestId('own-picture').waitFor({ state: 'detached' });
    expect((await listed()).state).toBe('ended');
  });

  it('says what is wrong with a camera or a microphone, in English', async () => {
    const refused = await as('lecturer', browser, server, 'desktop', 'en-GB');
    const page = await refused.newPage();
    await page.addInitScript(() => {
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wanted) =>
        wanted?.video ? ask(wanted) : Promise.reject(new DOMException('none', 'NotFoundError'));
    });
    await refused.grantPermissions(['camera', 'microphone']);
    await page.goto(`/studio/${other.lesson}?camera`);
    await page.getByTestId('sound-trouble').filter({ hasText: 'No microphone was found' }).waitFor();
    await page.getByTestId('own-off').click();
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await page.getByTestId('take-camera').click();
    await page.getByTestId('device-trouble').filter({ hasText: 'did not allow the camera' }).waitFor();
    await expectAccessible(page);
    await refused.close();
  });

  it('gives an encoder its address and key, with the keyboard alone, and renews them', async () => {
    await studio.goto(`/studio/${other.lesson}`);
    await tabTo(studio, studio.getByTestId('encoder'));
    await studio.keyboard.press('Enter');
    await tabTo(studio, studio.getByTestId('make-key'));
    await studio.keyboard.press('Enter');
    await studio.getByRole('img', { name: '二维码' }).waitFor();
    const [address, key] = await studio.locator('code').allTextContents();
    expect(address).toMatch(/^rtmp:\/\/.*\/live$/);
    expect(key).toMatch(/^[a-z2-7]{32}$/);
    await expectAccessible(studio);
    await tabTo(studio, studio.getByTestId('renew-key'));
    await studio.keyboard.press('Enter');
    await tabTo(studio, studio.getByTestId('make-key'));
    await studio.keyboard.press('Enter');
    await until('another key', async () => (await studio.locator('code').nth(1).textContent()) !== key);
    await studio.keyboard.press('Escape');
  });

  it('is walked with the keyboard alone, from the sign-in to a lesson that is live', async () => {
    const alone = await browser.newContext({ ...contextFor('desktop', 'en-GB'), baseURL: server.addresses.http });
    await alone.grantPermissions(['camera', 'microphone']);
    const page = await alone.newPage();
    await page.goto('/studio');
    await tabTo(page, page.getByTestId('number'));
    await page.keyboard.type(people.lecturer.number);
    await tabTo(page, page.getByTestId('password'));
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByTestId('open-studio').first());
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByTestId('tab-questions'));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.getByTestId('chat-text').waitFor();
    await tabTo(page, page.getByTestId('chat-text'));
    await page.keyboard.type('Good evening');
    await page.keyboard.press('Enter');
    await page.getByTestId('line').filter({ hasText: 'Good evening' }).waitFor();
    await page.keyboard.press('Home');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await tabTo(page, page.getByTestId('start-end'));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByTestId('confirm'));
    await page.keyboard.press('Enter');
    await page.getByTestId('state').filter({ hasText: 'Live' }).waitFor();
    await expectAccessible(page);
    await alone.close();
  });

  it('is not for others', async () => {
    const member = await as('member', browser, server);
    const page = await member.newPage();
    await page.goto(`/studio/${other.lesson}`);
    await page.getByTestId('trouble').filter({ hasText: '您没有权限' }).waitFor();
    await member.close();
  });

  it('has gone through all this without an error', () => {
    expect(problems.filter((problem) => !/status of (401|404|409|503) /.test(problem))).toEqual([]);
  });
});
