import type { Page } from 'playwright-core';
import { people, siteName } from '../../support/county.ts';
import { insistOnTaps } from '../../support/pages.ts';
import { asking } from '../../support/records.ts';
import { clip, publish } from '../../support/publisher.ts';
import { letScreenIn } from '../../support/room.ts';
import { pageStates } from '../../support/states.ts';
import type { Process } from '../../support/process.ts';
import { password, type Server } from '../../support/server.ts';
import { Teacher } from '../../support/teacher.ts';

const next = '第六讲　创业政策';
const title = '第五讲　防骗';
const opened = '第七讲　合作社怎么办';
const short = '第八讲　电商怎么起步';
const words = {
  poll: '接到陌生电话说您中奖了，先做什么？ What first?',
  announcement: '下周三停课一次，请大家相互转告。 No lesson on Wednesday.',
  long: '县里定于本月二十日在县委党校办电商培训班，三天，管吃住，每个支部可以报两个人；想去的同志请在下周一以前到会场组织员那里登记，带上身份证。 Enrol with your steward by Monday.',
  options: ['挂断 Hang up', '问清楚 Ask', '转账 Pay'],
};

interface Prepared {
  server: Server;
  site: number;
  lesson: number;
  publisher: Process;
  /** The cookie of a screen that was let in. */
  screen: string;
  teacher: Teacher;
  raiseHand(raised: boolean): Promise<void>;
}

/** A code is given once a minute to an address: what a page would be answered. */
async function pairing(page: Page): Promise<void> {
  await page.route('**/api/v1/screens/pairing', (route) =>
    route.fulfill({ json: { code: 'K7MP24XW', secret: 'x'.repeat(43), expires_in_s: 600 } }));
  await page.route('**/api/v1/screens/pairing/claim', (route) => route.fulfill({ json: { state: 'waiting' } }));
  await page.goto('/screen');
  await page.getByTestId('pairing-code').waitFor();
  await page.unrouteAll();
}

/** As it is while of all lessons there are only these. */
async function onlyLessons(page: Page, titles: readonly string[]): Promise<void> {
  await page.unrouteAll();
  await page.route('**/api/v1/screens/self', async (route) => {
    const response = await route.fetch();
    const self = (await response.json()) as { lessons: { title: string }[] };
    await route.fulfill({ json: { ...self, lessons: self.lessons.filter((one) => titles.includes(one.title)) } });
  });
  await page.goto('/screen');
}

/** The lesson that begins and ends in this walk, and the poll that is put in it. */
let begun = 0;
let poll = 0;
let announced: number[] = [];

export const states = pageStates<Prepared>({
  role: null,
  desk: true,
  still: true,
  written: [title, next, opened, short, ...Object.values(words).flat(), siteName, 'K7MP24XW', 'K7MP', '24XW', '127.0.0.1'],
  prepare: async ({ server, county }) => {
    const tomorrow = new Date(Date.now() + 26 * 3_600_000).toISOString();
    await server.addLesson(next, '--at', tomorrow);
    await server.addLesson(opened, '--at', new Date(Date.now() + 25 * 60_000).toISOString());
    const { lesson, rtmp_url } = await server.addLesson(title);
    const publisher = publish(await clip({ width: 640, height: 360, fps: 25, seconds: 20 }), rtmp_url, { loop: true });
    const steward = await asking(server, people.steward.number);
    const raiseHand = (raised: boolean) => steward<void>('POST', `/lessons/${lesson}/rooms/${county.site}/hand`, { raised });
    const teacher = await Teacher.enter(server, lesson);
    return { server, site: county.site, lesson, publisher, screen: await letScreenIn(server, county.site), teacher, raiseHand };
  },
  end: async ({ publisher, teacher }) => {
    teacher.leave();
    await publisher.end();
  },
  states: {
    pairing,
    occupied: async (page) => {
      const context = page.context();
      const data = { number: people.member.number, password };
      await context.request.post('/api/v1/session', { data, headers: { 'x-requested-with': 'airclass' } });
      await page.goto('/screen');
      await page.getByTestId('leave-account').waitFor();
      await context.clearCookies({ name: 'airclass_session' });
    },
    nothing: async (page, { screen }) => {
      await page.context().addCookies([
        { name: 'airclass_screen', value: screen, url: new URL(page.url()).origin, httpOnly: true, sameSite: 'Strict' },
      ]);
      await onlyLessons(page, []);
      await page.getByTestId('waiting').waitFor();
    },
    waiting: async (page) => {
      await onlyLessons(page, [next]);
      await page.getByTestId('countdown').waitFor();
    },
    open: async (page) => {
      await onlyLessons(page, [opened, next]);
      await page.getByTestId('digits').waitFor({ timeout: 20_000 });
      await page.getByTestId('message').getByTestId('countdown').waitFor();
    },
    arriving: async (page, { server }) => {
      begun = (await server.addLesson(short)).lesson;
      await server.tool('lesson', 'start', String(begun));
      await onlyLessons(page, [short, next]);
      await page.getByTestId('digits').waitFor({ timeout: 20_000 });
      await page.getByTestId('message').waitFor();
    },
    ended: async (page, { server }) => {
      await server.tool('lesson', 'end', String(begun));
      await page.getByTestId('message').filter({ hasText: /本课已结束|is over|has ended/ }).waitFor();
    },
    /** No flag of a kiosk here: a key lets the sound through, as a person would. */
    sound: async (page) => {
      await insistOnTaps(page.context());
      await onlyLessons(page, [title]);
      await page.getByTestId('sound').waitFor({ timeout: 30_000 });
      await page.getByTestId('message').waitFor({ state: 'detached', timeout: 30_000 });
    },
    live: async (page) => {
      await page.keyboard.press('Enter');
      await page.getByTestId('sound').waitFor({ state: 'detached' });
      await page.getByTestId('message').waitFor({ state: 'detached', timeout: 30_000 });
      await page.getByTestId('digits').waitFor({ timeout: 20_000 });
    },
    'hand-raised': async (page, { raiseHand }) => {
      await raiseHand(true);
      await page.getByTestId('hand').waitFor();
    },
    'hand-called': async (page, { teacher }) => {
      const { seq } = await teacher.told('hand', poll);
      await teacher.do({ type: 'hand-state', hand: seq, state: 'called' });
      await page.getByTestId('hand').filter({ hasText: /发言|speak/ }).waitFor();
    },
    poll: async (page, { teacher, raiseHand }) => {
      await raiseHand(false);
      poll = await teacher.do({
        type: 'poll', text: words.poll, options: words.options, multiple: false, quiz: true, shown: true, correct: [0],
      });
      await page.getByTestId('poll').waitFor();
    },
    'poll-result': async (page, { teacher }) => {
      await teacher.do({ type: 'poll-close', poll });
      await page.getByTestId('poll').getByText(/正确答案|right/i).first().waitFor();
    },
    /** A short one, and then as long a one as people write. */
    announcement: async (page, { teacher }) => {
      announced = [await teacher.do({ type: 'announcement', text: words.announcement })];
      await page.getByTestId('announcement').getByText(words.announcement).waitFor();
    },
    'announcement-long': async (page, { teacher }) => {
      announced.push(await teacher.do({ type: 'announcement', text: words.long }));
      await page.getByTestId('announcement').getByText(words.long).waitFor();
    },
    break: async (page, { teacher }) => {
      for (const announcement of announced) await teacher.do({ type: 'announcement-withdraw', announcement });
      teacher.setBreak(true);
      await page.getByTestId('break').waitFor();
    },
    'no-line': async (page, { teacher }) => {
      teacher.setBreak(false);
      await page.getByTestId('break').waitFor({ state: 'detached' });
      await page.context().setOffline(true);
      await page.getByTestId('message').waitFor({ timeout: 45_000 });
      await page.getByTestId('message').locator('.since').waitFor({ timeout: 45_000 });
      await page.getByText(/断线重连中|Offline/).first().waitFor();
    },
    'too-old': async (page) => {
      await page.context().setOffline(false);
      await page.addInitScript(() => {
        if (location.search !== '?old') return;
        for (const name of ['MediaSource', 'ManagedMediaSource']) Reflect.deleteProperty(window, name);
        HTMLMediaElement.prototype.canPlayType = () => '';
      });
      await page.goto('/screen?old');
      await page.getByTestId('message').filter({ hasText: /太旧|too old/ }).waitFor({ timeout: 30_000 });
      await page.getByTestId('sound').waitFor({ state: 'detached' });
    },
  },
});
