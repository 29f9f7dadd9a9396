// A lecturer under stress: live in three clicks from a browser's camera, and a lecture with a
// poll, a prompt and a break before a member's phone and the screen of a room at once, which
// are credited by the rules; then other devices, other lines, and the keyboard alone.
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Locator, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { enter, launch, playing } from '../support/browser.ts';
import { as, makeCounty, people, siteName, type County } from '../support/county.ts';
import { contextFor, fillSignIn, shown, tabTo, watch } from '../support/pages.ts';
import { until } from '../support/process.ts';
import { password, Server, type Lesson } from '../support/server.ts';
import { Socket } from '../support/socket.ts';
import { clipped, coveredWithout, type Span } from '../support/spans.ts';
import { WeakLine } from '../support/weak_line.ts';
import { noisyCamera } from '../support/whip.ts';

const title = '第三讲　返乡创业';
/** Sits in the room, without a device. */
const sitting = '1002';
let server: Server;
let county: County;
let browser: Browser;
let lesson: Lesson;
let other: Lesson;
let context: BrowserContext;
let studio: Page;
let phone: Page;
let hall: Page;
let phoneBeats: Beats;
let hallBeats: Beats;
let stay: { in_ms: number; out_ms: number };
let path: string; // of the lesson, in the API
let steward: string; // cookie
let problems: string[];

const listed = async (one = lesson) => (await server.lessons()).find((row) => row.lesson === one.lesson)!;
const tab = (name: string) => studio.getByTestId(`tab-${name}`).click();

async function ask<T>(cookie: string, method: 'GET' | 'POST', what: string, body?: object): Promise<T> {
  const answer = await fetch(`${path}/${what}`, {
    method,
    headers: { cookie, 'x-requested-with': 'airclass', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(answer.ok, `${method} ${what}: ${await answer.clone().text()}`).toBe(true);
  return (await answer.json()) as T;
}

/** What a page has told of playing, and what it was told of breaks. */
interface Beats {
  spans: Span[];
  breaks: Span[];
  unacknowledged: Set<number>;
}

function hear(page: Page): Beats {
  const heard: Beats = { spans: [], breaks: [], unacknowledged: new Set() };
  interface Beat { seq: number; from_ms: number; to_ms: number; playing: boolean; visible: boolean }
  interface Event { kind: string; body?: { on?: boolean; start_ms: number; end_ms: number } }
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const { beats = [] } = JSON.parse(String(payload)) as { beats?: Beat[] };
      for (const { seq, from_ms, to_ms, playing, visible } of beats) {
        heard.unacknowledged.add(seq);
        if (playing && visible) heard.spans.push([from_ms, to_ms]);
      }
    });
    socket.on('framereceived', ({ payload }) => {
      const { seqs = [], events = [] } = JSON.parse(String(payload)) as { seqs?: number[]; events?: Event[] };
      for (const seq of seqs) heard.unacknowledged.delete(seq);
      for (const { kind, body } of events)
        if (kind === 'break' && body?.on === false) heard.breaks.push([body.start_ms, body.end_ms]);
    });
  });
  return heard;
}

beforeAll(async () => {
  server = await Server.start('--settle-after', '0', '--settle-idle', '3600', '--max-whep', '1');
  county = await makeCounty(server);
  const lecturer = ['--lecturer', people.lecturer.number];
  lesson = await server.addLesson(title, ...lecturer);
  other = await server.addLesson('第四讲', ...lecturer);
  path = `${server.addresses.http}/api/v1/lessons/${lesson.lesson}`;
  steward = await server.signIn(people.steward.number);
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
  it('is open to whoever is named as a lecturer, without the role', async () => {
    const theirs = await as('member', browser, server);
    const page = await theirs.newPage();
    await page.goto('/studio');
    await page.getByRole('heading', { name: '没有权限打开此页' }).waitFor();
    await server.addLesson('我来讲一课', '--lecturer', people.member.number);
    await page.goto('/');
    await page.getByTestId('account').click();
    await page.getByRole('dialog').getByRole('link', { name: '讲课' }).click();
    const mine = page.getByTestId('studio-lesson');
    expect(await mine.filter({ hasText: title }).count()).toBe(0);
    await mine.filter({ hasText: '我来讲一课' }).getByTestId('open-studio').click();
    await page.getByTestId('start-end').waitFor();
    await theirs.close();
  });

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

  it('shows what members see when there is no place for less delay', async () => {
    const second = await context.newPage();
    await second.goto(`/studio/${lesson.lesson}`);
    await second.getByText('约晚半秒').waitFor({ timeout: 20_000 });
    await studio.getByTestId('as-others').click();
    await studio.getByText('晚两三秒').waitFor({ timeout: 25_000 });
    await second.close();
    await studio.getByTestId('as-others').click();
    await studio.getByTestId('own-picture').waitFor();
  });

  it('is seen by a phone and by the screen of a room at once', async () => {
    phone = await (await as('member', browser, server, 'phone')).newPage();
    phoneBeats = hear(phone);
    hall = await (await browser.newContext({ ...contextFor('desktop', 'zh-CN'), baseURL: server.addresses.http })).newPage();
    hallBeats = hear(hall);
    await enter(phone, lesson.lesson);
    await hall.goto('/screen');
    const code = (await hall.getByTestId('pairing-code').getAttribute('data-code'))!;
    await server.tool('screen', 'pair', code, '--site', String(county.site), '--name', '大屏');
    await hall.getByTestId('digits').waitFor();
    // No flag of a kiosk here: a key lets the sound through, as a person would.
    await hall.keyboard.press('Enter');
    await playing(hall);
    await hall.keyboard.press('Enter');
    await hall.getByTestId('message').waitFor({ state: 'detached' });
    // Somebody sits in the room, signed in by its steward.
    const room = `rooms/${county.site}`;
    const { members } = await ask<{ members: { id: number; number: string }[] }>(steward, 'GET', `${room}/roster`);
    await ask(steward, 'POST', `${room}/stays`, { member: members.find(({ number }) => number === sitting)!.id, key: 'in' });
    await tab('presence');
    await studio.getByTestId('room').filter({ hasText: siteName }).filter({ hasText: '签到 1 人' }).waitFor();
    await studio.getByTestId('members').filter({ hasText: /^1\s人$/ }).waitFor();
    expect(await studio.getByTestId('heads').textContent()).toMatch(/^2\s人$/);
  });

  it('puts a poll, which the phone answers and the hall sees', async () => {
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
    await hall.getByTestId('poll').filter({ hasText: '要不要办合作社？' }).filter({ hasText: '进入课堂答题' }).waitFor();
    await phone.getByTestId('poll-waits').getByRole('button').tap();
    await phone.getByTestId('option').first().tap();
    await phone.getByTestId('poll-send').tap();
    await phone.getByTestId('poll-state').filter({ hasText: '已收到' }).waitFor();
    await studio.getByTestId('answers').filter({ hasText: '1 人已答' }).waitFor();
    await hall.getByTestId('poll').getByText('1 人，100%').waitFor();
    await expectAccessible(hall);
    await studio.getByTestId('close-poll').click();
    await hall.getByTestId('poll').filter({ hasText: '投票结果' }).waitFor();
    await phone.getByText('1 人，100%').waitFor();
    await studio.getByTestId('show-poll').click();
    await hall.getByTestId('poll').waitFor({ state: 'detached' });
  });

  it('asks everybody, and the phone answers', async () => {
    await studio.getByTestId('ask-all').click();
    await studio.getByTestId('confirm').click();
    await studio.getByText('已向 1 位学员发出在线确认。').waitFor();
    await phone.getByTestId('here').tap();
    await phone.getByTestId('here').waitFor({ state: 'detached' });
  });

  it('takes a break, which both are told of', async () => {
    await studio.getByTestId('break').click();
    await phone.getByTestId('break').waitFor();
    await hall.getByTestId('break').filter({ hasText: '课间休息' }).waitFor();
    const { creditable_ms } = await listed();
    await until('the break to last', async () => (await listed()).length_ms > creditable_ms + 6000, 60_000);
    await studio.getByTestId('break').click();
    await phone.getByTestId('break').waitFor({ state: 'detached' });
    await hall.getByTestId('break').waitFor({ state: 'detached' });
  });

  it('answers a question, and calls hands of the room and of the phone', async () => {
    await phone.getByTestId('tab-questions').tap();
    await phone.getByTestId('question-text').fill('贷款怎么办？');
    await phone.getByTestId('question-send').tap();
    await phone.getByTestId('hand').tap();
    await ask(steward, 'POST', `rooms/${county.site}/hand`, { raised: true });
    await tab('questions');
    await studio.getByTestId('take-question').click();
    await studio.getByTestId('answer-question').click();
    await studio.getByTestId('answer-text').fill('到镇里问。');
    await studio.getByTestId('answer-send').click();
    await studio.getByText('回答：到镇里问。').waitFor();
    await phone.getByTestId('questions').getByText('答：到镇里问。').waitFor();
    await tab('hands');
    const handOf = (name: string) => studio.getByTestId('hand').filter({ hasText: name });
    const [ofRoom, ofPhone] = [handOf(siteName), handOf(people.member.name)];
    await ofRoom.waitFor();
    await ofPhone.waitFor();
    // The room is thirty people: it stands above.
    expect(await studio.getByTestId('hand').first().textContent()).toContain(siteName);
    await ofRoom.getByTestId('call-hand').click();
    await hall.getByTestId('hand').filter({ hasText: '讲师请本会场发言' }).waitFor();
    await ofPhone.getByTestId('call-hand').click();
    await phone.getByTestId('hand-state').filter({ hasText: '讲师请您发言' }).waitFor();
    await ofRoom.getByTestId('lower-hand').click();
    await hall.getByTestId('hand').waitFor({ state: 'detached' });
    await ofPhone.getByTestId('lower-hand').click();
    await studio.getByText('没有人举手').waitFor();
  });

  it('hides a line, announces, and hands out an address and a file, which it takes back', async () => {
    await phone.getByTestId('tab-chat').tap();
    await phone.getByTestId('chat-text').fill('听得到');
    await phone.getByTestId('chat-send').tap();
    await tab('chat');
    await studio.getByTestId('line').filter({ hasText: '听得到' }).getByTestId('hide-line').click();
    await phone.getByTestId('chat-lines').getByText('听得到').waitFor({ state: 'detached' });
    await tab('notices');
    await studio.getByTestId('notice-text').fill('下周三交表。');
    await studio.getByTestId('notice-send').click();
    await phone.getByTestId('announcement').filter({ hasText: '下周三交表。' }).waitFor();
    await tab('handouts');
    await studio.getByTestId('handout-url').fill('https://www.example.org/form');
    await studio.getByTestId('handout-title').fill('报名表');
    await studio.getByTestId('handout-send').click();
    await studio.getByTestId('handout').filter({ hasText: '报名表' }).waitFor();
    const pdf = Buffer.from('%PDF-1.4\n%%EOF\n');
    await studio.getByTestId('handout-file').setInputFiles({ name: '成本表.pdf', mimeType: 'application/pdf', buffer: pdf });
    expect(await studio.getByTestId('handout-title').inputValue()).toBe('成本表');
    await studio.getByTestId('handout-send').click();
    const handout = studio.getByTestId('handout').filter({ hasText: '成本表' });
    await handout.getByRole('button', { name: '置顶' }).click();
    await phone.getByTestId('tab-handouts').tap();
    const given = phone.getByTestId('handouts').getByRole('listitem');
    await given.first().filter({ hasText: '成本表' }).filter({ hasText: '重要' }).waitFor();
    const download = phone.waitForEvent('download');
    await given.first().getByRole('link').tap();
    expect(await readFile(await (await download).path())).toEqual(pdf);
    await handout.getByRole('button', { name: '收回' }).click();
    await given.filter({ hasText: '成本表' }).waitFor({ state: 'detached' });
    expect(await given.count()).toBe(1);
  });

  it('is over for the room and the phone, which have told what they showed', async () => {
    const room = `rooms/${county.site}`;
    await ask(steward, 'POST', `${room}/stays/end`, { all: true });
    stay = (await ask<{ stays: (typeof stay)[] }>(steward, 'GET', room)).stays[0]!;
    const told = ({ spans }: Beats): number => Math.max(...spans.map(([, to]) => to));
    await until('the screen to have shown all that was seen there', () =>
      told(hallBeats) >= stay.out_ms && hallBeats.unacknowledged.size === 0, 60_000);
    await phone.evaluate(() => document.querySelector('video')!.pause());
    const { at } = await shown(phone);
    await until('the last beat of the phone', () =>
      told(phoneBeats) > at * 1000 - 300 && phoneBeats.unacknowledged.size === 0);
    await hall.context().close();
    await phone.context().close();
  });

  it('changes picture and microphone while it is live, over the same line', async () => {
    const offers: string[] = [];
    const offered = (request: Request): void => {
      if (request.method() === 'POST' && request.url().includes('/whip/')) offers.push(request.url());
    };
    studio.on('request', offered);
    const figures = studio.getByTestId('figures');
    const loudness = async (): Promise<number> => {
      const { last } = await ask<{ last: { audio_rms_dbfs: number } }>(
        (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; '), 'GET', 'health');
      return last.audio_rms_dbfs;
    };
    await figures.filter({ hasText: '1280 × 720' }).waitFor();
    await studio.getByTestId('take-screen').click();
    await figures.filter({ hasText: '1920 × 1080' }).waitFor({ timeout: 20_000 });
    expect(await studio.getByTestId('camera').count()).toBe(0);
    await studio.getByTestId('take-camera').click();
    await figures.filter({ hasText: '1280 × 720' }).waitFor({ timeout: 20_000 });

    // Muted it stays, whichever microphone is taken.
    await until('sound', async () => (await loudness()) > -60);
    await studio.getByTestId('mute').click();
    await studio.getByText('已静音').waitFor();
    await until('silence', async () => (await loudness()) < -80);
    const microphone = studio.getByTestId('microphone');
    const before = await microphone.inputValue();
    await microphone.selectOption({ index: 2 });
    await until('the other microphone', async () => (await microphone.inputValue()) !== before);
    expect(await loudness()).toBeLessThan(-80);
    await studio.getByTestId('mute').click();
    await until('the sound of the other one', async () => (await loudness()) > -60);
    expect(await studio.getByTestId('own-link').textContent()).toContain('正在送出');
    expect(offers).toEqual([]);
    studio.off('request', offered);
  });

  it('comes back by itself when the server or the line was lost', async () => {
    const link = studio.getByTestId('own-link');
    const line = new WeakLine();
    const asked: string[] = [];
    // The next session goes over a line that can be cut; the server knows no other way to it.
    await studio.route('**/whip/**', async (route) => {
      const request = route.request();
      asked.push(request.method());
      if (request.method() !== 'POST') return route.continue();
      const postData = request.postData()!.replace(/a=candidate:.*\r\n/g, '');
      const response = await route.fetch({ postData });
      if (!response.ok()) return route.fulfill({ response });
      await route.fulfill({ response, body: await line.reroute(await response.text()) });
    });
    const goesOn = async (): Promise<void> => {
      const { creditable_ms } = await listed();
      await until('the lesson to go on', async () => (await listed()).creditable_ms > creditable_ms + 1500, 60_000);
    };
    const [worker] = await server.workers();
    process.kill(worker!, 'SIGKILL');
    await link.filter({ hasText: '正在自动重连' }).waitFor({ timeout: 15_000 });
    await link.filter({ hasText: '正在送出' }).waitFor({ timeout: 20_000 });
    await goesOn();
    asked.length = 0;
    line.close();
    await until('a restart', () => asked.length > 0);
    await link.filter({ hasText: '正在送出' }).waitFor();
    await goesOn();
    // The same session, over another path.
    expect(asked).toEqual(['PATCH']);
    await studio.unrouteAll();
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

  it('has credited the phone and the room by the rules: what they showed, without the break', async () => {
    const [pause] = hallBeats.breaks;
    expect(pause![1] - pause![0]).toBeGreaterThan(5000);
    expect(phoneBeats.breaks).toEqual([pause]);
    interface Record { covered_ms: number; self_ms: number; group_ms: number }
    const record = async (number: string): Promise<Record> => {
      const cookie = await server.signIn(number);
      return until(`the record of ${number}`, async () => {
        const found = await ask<Record & { unsettled_ms: number }>(cookie, 'GET', 'record');
        return found.covered_ms > 0 && found.unsettled_ms === 0 && found;
      });
    };
    const alone = await record(people.member.number);
    const inRoom = await record(sitting);
    const phoneShowed = coveredWithout(phoneBeats.spans, [pause!]);
    const roomShowed = coveredWithout(clipped(hallBeats.spans, [stay.in_ms, stay.out_ms]), [pause!]);
    console.log('shown and credited, ms', JSON.stringify({ phoneShowed, alone, roomShowed, inRoom }));
    // A beat may be worth a little less than it tells (2 s at its beginning), never more.
    for (const [{ covered_ms, self_ms, group_ms }, showed] of [[alone, phoneShowed], [inRoom, roomShowed]] as const) {
      expect(covered_ms).toBeLessThanOrEqual(showed + 50);
      expect(covered_ms).toBeGreaterThan(showed - 2000);
      // It was live, and took its time.
      expect(self_ms).toBe(0);
      expect(group_ms).toBeGreaterThan(covered_ms - 2000);
      expect(group_ms).toBeLessThanOrEqual(covered_ms);
    }
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
    // Who is not sure keeps the key that an encoder may have: that has the focus.
    const makes = async (): Promise<void> => {
      await tabTo(studio, studio.getByTestId('make-key'));
      await studio.keyboard.press('Enter');
      await studio.getByTestId('keep-key').and(studio.locator(':focus')).waitFor();
    };
    const isSure = async (): Promise<void> => {
      await tabTo(studio, studio.getByTestId('make-sure'));
      await studio.keyboard.press('Enter');
    };
    await makes();
    await isSure();
    await studio.getByRole('img', { name: '二维码' }).waitFor();
    const [address, key] = await studio.locator('code').allTextContents();
    expect(address).toMatch(/^rtmp:\/\/.*\/live$/);
    expect(key).toMatch(/^[a-z2-7]{32}$/);
    await expectAccessible(studio);
    await makes();
    await studio.keyboard.press('Enter');
    // Nor is it renewed by the second click of a double one, where the sure button lies then.
    const renew = studio.getByTestId('make-key');
    const { width, height } = (await renew.boundingBox())!;
    await renew.dblclick({ position: { x: width - 20, y: height / 2 } });
    await studio.getByTestId('make-sure').waitFor();
    expect(await studio.locator('code').nth(1).textContent()).toBe(key);
    await isSure();
    await until('another key', async () => (await studio.locator('code').nth(1).textContent()) !== key);
    await studio.keyboard.press('Escape');
  });

  it('is walked with the keyboard alone, from the sign-in to the end of the lesson', async () => {
    const alone = await browser.newContext({ ...contextFor('desktop', 'en-GB'), baseURL: server.addresses.http });
    await alone.grantPermissions(['camera', 'microphone']);
    const page = await alone.newPage();
    const pressAt = async (target: string, key = 'Enter'): Promise<void> => {
      await tabTo(page, page.getByTestId(target).first());
      await page.keyboard.press(key);
    };
    const typeInto = async (target: Locator, words: string): Promise<void> => {
      await tabTo(page, target);
      await page.keyboard.type(words);
      expect(await target.inputValue()).toBe(words);
    };
    await page.goto('/studio');
    await typeInto(page.getByTestId('number'), people.lecturer.number);
    await typeInto(page.getByTestId('password'), password);
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByTestId('studio-lesson').filter({ hasText: '第四讲' }).getByTestId('open-studio'));
    await page.keyboard.press('Enter');

    // Live from the camera.
    await pressAt('take-camera');
    await page.getByTestId('level').waitFor();
    await pressAt('start-end');
    await pressAt('confirm');
    await page.getByTestId('state').filter({ hasText: 'Live' }).waitFor({ timeout: 60_000 });
    await page.getByTestId('own-link').filter({ hasText: 'On air' }).waitFor();
    await pressAt('mute', 'Space');
    await pressAt('mute', 'Space');

    const address = `${server.addresses.http}/classroom?lesson=${other.lesson}&client=00000000000000bb&since=0`;
    const member = await Socket.open(address, await server.signIn(people.member.number));
    await member.expect('welcome');
    const told = async (kind: string): Promise<unknown> => until(`an event ${kind}`, () => member.messages
      .flatMap(({ events = [] }) => events as { kind: string; body?: unknown }[])
      .find((event) => event.kind === kind)?.body);

    // The tabs by arrows, and what is in them.
    await tabTo(page, page.getByTestId('tab-questions'));
    for (const name of ['hands', 'chat']) {
      await page.keyboard.press('ArrowRight');
      expect(await page.getByTestId(`tab-${name}`).evaluate((one) => one === document.activeElement)).toBe(true);
    }
    await typeInto(page.getByTestId('chat-text'), 'Good evening');
    await page.keyboard.press('Enter');
    await page.getByTestId('line').filter({ hasText: 'Good evening' }).waitFor();
    await tabTo(page, page.getByTestId('tab-chat'));
    await page.keyboard.press('ArrowRight');
    await pressAt('new-poll');
    await typeInto(page.getByTestId('poll-text'), 'Is it loud enough?');
    await typeInto(page.getByTestId('poll-option').nth(0), 'Yes');
    await typeInto(page.getByTestId('poll-option').nth(1), 'No');
    await pressAt('poll-put');
    await page.getByTestId('poll').waitFor();
    expect(await told('poll')).toMatchObject({ options: ['Yes', 'No'] });
    await pressAt('close-poll');
    await page.getByTestId('close-poll').waitFor({ state: 'detached' });
    expect(await told('poll-closed')).toMatchObject({ counts: [0, 0] });

    await pressAt('ask-all');
    await pressAt('confirm');
    await page.getByTestId('toast').first().waitFor();
    await pressAt('break');
    await page.getByTestId('state').filter({ hasText: 'Break' }).waitFor();
    expect(await told('break')).toMatchObject({ on: true });
    await page.getByTestId('break').and(page.locator(':enabled')).waitFor(); // it is not while it works
    await pressAt('break');
    await page.getByTestId('state').filter({ hasText: 'Live' }).waitFor();
    await expectAccessible(page);

    await pressAt('start-end');
    await pressAt('confirm');
    await page.getByTestId('state').filter({ hasText: 'Over' }).waitFor();
    member.cut();
    await alone.close();
  });

  it('is not for others', async () => {
    const member = await as('member', browser, server);
    const page = await member.newPage();
    await page.goto(`/studio/${other.lesson}`);
    await page.getByTestId('trouble').filter({ hasText: '没有权限' }).waitFor();
    await member.close();
  });

  it('has gone through all this without an error', () => {
    expect(problems.filter((problem) => !/status of (401|404|409|503) /.test(problem))).toEqual([]);
  });
});
