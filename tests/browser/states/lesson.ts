import type { Page } from 'playwright-core';
import { playing } from '../../support/browser.ts';
import { insistOnTaps, wake } from '../../support/pages.ts';
import { until, type Process } from '../../support/process.ts';
import { clip, publish } from '../../support/publisher.ts';
import { pageStates } from '../../support/states.ts';
import { Teacher } from '../../support/teacher.ts';

const titles = {
  live: '第二讲　选好项目，算清成本',
  planned: 'Lesson three: keeping the books',
  open: '第四讲　怎样贷款',
  cancelled: '第五讲　农村电商',
  arriving: '第六讲　防骗',
  lost: '第七讲　合作社怎么办',
  bare: '第八讲　返乡创业的政策',
  ended: '第一讲　乡村振兴',
};
const words = {
  announcement: '下周三停课一次。No lesson on Wednesday.',
  said: '听得到 I hear you',
  line: '老师讲得很清楚 Very clear, thank you',
  question: '在县里办小加工厂，第一年的成本怎么估算？How much is it?',
  own: '贷款要带哪些材料？ Which papers?',
  answer: '身份证和营业执照。 Your card and the licence.',
  poll: '您打算做哪一行？What next?',
  options: ['种植 Farming', '养殖 Animals', '加工 Making things'],
  quiz: '成本包括自己的工钱吗？Is pay a cost?',
  answers: ['包括 Yes', '不包括 No'],
  handout: '成本表 Cost sheet',
  cancelled: '讲师生病，改期再讲。 The lecturer is ill.',
};

const fragments = /\.(m4s|mp4)(\?|$)/;
const media = /\.(m3u8|m4s|mp4)(\?|$)/;

interface Prepared {
  lessons: Record<keyof typeof titles, number>;
  publisher: Process;
  teacher: Teacher;
}

/** A quiz of this walk: one that was answered stays answered. */
let quiz = 0;
/** So far came the walks before this one. */
let before = 0;
/** Who looks, as the classroom numbers them. */
let member: number | undefined;

const open = async (page: Page, id: number): Promise<void> => {
  await page.goto(`/lesson/${id}`);
  await page.getByTestId('badge').waitFor();
};

const online = (page: Page) => page.getByTestId('line').filter({ hasText: /已连接|Connected/ }).waitFor();

/** Those of the walks before are closed. */
const openQuiz = (page: Page) =>
  page.getByTestId('poll').filter({ hasText: words.quiz }).filter({ has: page.getByTestId('option') });

export const states = pageStates<Prepared>({
  role: 'member',
  options: ['--interrupted-after', '5'],
  written: [...Object.values(titles), ...Object.values(words).flat(), '管*己', '管理员己', '学*甲'],
  async prepare({ server }) {
    const at = `${new Date().getFullYear() + 1}-03-08 19:30`;
    const soon = new Date(Date.now() + 25 * 60_000).toISOString();
    const small = await clip({ width: 320, height: 180, fps: 25, seconds: 20 });
    const choice = await clip({ width: 640, height: 360, fps: 25, seconds: 20 }); // in more than one quality
    const [live, ended, lost] = [
      await server.addLesson(titles.live), await server.addLesson(titles.ended), await server.addLesson(titles.lost),
    ];
    const [planned, room, cancelled, arriving, bare] = [
      await server.addLesson(titles.planned, '--at', at), await server.addLesson(titles.open, '--at', soon),
      await server.addLesson(titles.cancelled, '--at', at), await server.addLesson(titles.arriving),
      await server.addLesson(titles.bare),
    ];
    await server.tool('lesson', 'cancel', String(cancelled.lesson), '--reason', words.cancelled);
    for (const { lesson } of [arriving, bare]) await server.tool('lesson', 'start', String(lesson));
    await server.tool('lesson', 'end', String(bare.lesson));
    const publishers = [live, ended, lost].map((one) => publish(one === live ? choice : small, one.rtmp_url, { loop: true }));
    const long = async () => (await server.lessons()).filter(({ length_ms }) => length_ms > 6_000).length === 3;
    await until('three lessons on the air', long, 60_000);
    await publishers[2]!.end();
    await server.tool('lesson', 'end', String(ended.lesson));
    await publishers[1]!.end();
    const teacher = await Teacher.enter(server, live.lesson);
    await teacher.do({ type: 'announcement', text: words.announcement });
    await teacher.do({ type: 'chat', text: words.line });
    await teacher.do({ type: 'question', text: words.question });
    await teacher.do({ type: 'handout', title: words.handout, url: 'https://example.org/costs' });
    await teacher.do({
      type: 'poll', text: words.poll, options: words.options, multiple: true, quiz: false, shown: true,
    });
    await until('an interruption', async () => (await server.lessons()).some(({ interrupted }) => interrupted));
    const made = { live, ended, lost, planned, open: room, cancelled, arriving, bare };
    const lessons = Object.fromEntries(Object.entries(made).map(([name, { lesson }]) => [name, lesson]));
    return { lessons: lessons as Prepared['lessons'], publisher: publishers[0]!, teacher };
  },
  async end({ publisher, teacher }) {
    teacher.leave();
    await publisher.end();
  },
  states: {
    planned: async (page, { lessons }) => {
      await insistOnTaps(page.context());
      await open(page, lessons.planned);
      await page.getByTestId('countdown').waitFor();
      await page.getByTestId('record').waitFor();
    },
    open: async (page, { lessons }) => {
      await open(page, lessons.open);
      await page.getByTestId('countdown').waitFor();
    },
    cancelled: async (page, { lessons }) => {
      await open(page, lessons.cancelled);
      await page.getByText(words.cancelled).waitFor();
    },
    arriving: async (page, { lessons }) => {
      await open(page, lessons.arriving);
      await page.getByTestId('waiting').waitFor();
      await online(page);
    },
    'nothing-recorded': async (page, { lessons }) => {
      await open(page, lessons.bare);
      await page.getByTestId('waiting').waitFor();
    },
    interrupted: async (page, { lessons }) => {
      await open(page, lessons.lost);
      await page.getByTestId('interrupted').waitFor();
      await page.getByTestId('start').filter({ hasText: /恢复后|when it is back/ }).waitFor();
    },
    /** The sound waits for a tap. */
    live: async (page, { lessons, teacher }) => {
      await teacher.do({ type: 'chat-mode', open: true, slow_s: 0 }); // whatever a walk before left
      before = teacher.seq;
      await open(page, lessons.live);
      await page.getByTestId('start').waitFor();
      await page.getByTestId('tab-polls').getByText(/^\d+$/).first().waitFor();
      await page.getByTestId('why').click();
      await page.getByTestId('not-counted').waitFor();
    },
    chat: async (page) => {
      await page.getByTestId('tab-chat').click();
      await page.getByTestId('chat-text').fill(words.said);
      await page.getByTestId('chat-send').click();
      await page.getByTestId('chat-lines').getByText(words.said).first().waitFor();
    },
    'chat-closed': async (page, { teacher }) => {
      await teacher.do({ type: 'chat-mode', open: false, slow_s: 0 });
      await page.getByTestId('chat-text').waitFor({ state: 'detached' });
    },
    'chat-muted': async (page, { teacher }) => {
      ({ member } = await teacher.told('chat', before));
      await teacher.do({ type: 'chat-mute', member, muted: true });
      await page.getByText(/讲师暂时不让您发言|paused what you write/).waitFor();
    },
    'chat-slow': async (page, { teacher }) => {
      await teacher.do({ type: 'chat-mute', member, muted: false });
      await teacher.do({ type: 'chat-mode', open: true, slow_s: 30 });
      await page.getByText(/30\s(秒|seconds)/).waitFor();
    },
    questions: async (page) => {
      await page.getByTestId('tab-questions').click();
      await page.getByTestId('questions').waitFor();
    },
    answered: async (page, { teacher }) => {
      await page.getByTestId('question-text').fill(words.own);
      await page.getByTestId('question-send').click();
      const { seq } = await teacher.told('question', before);
      await teacher.do({ type: 'question-state', question: seq, state: 'answered', text: words.answer });
      await page.getByText(words.answer).last().scrollIntoViewIfNeeded();
    },
    'hand-raised': async (page) => {
      await page.getByTestId('hand').click();
      await page.getByTestId('hand-state').filter({ hasText: /\S/ }).waitFor();
      await page.getByTestId('hand').scrollIntoViewIfNeeded();
    },
    'hand-called': async (page, { teacher }) => {
      const { seq } = await teacher.told('hand', before);
      await teacher.do({ type: 'hand-state', hand: seq, state: 'called' });
      await page.getByTestId('hand-state').filter({ hasText: /请您发言|called you/ }).waitFor();
      await page.getByTestId('hand-state').scrollIntoViewIfNeeded();
    },
    polls: async (page, { teacher }) => {
      await page.getByTestId('hand').click();
      await page.getByTestId('tab-polls').click();
      quiz = await teacher.do({
        type: 'poll', text: words.quiz, options: words.answers, multiple: false, quiz: true, shown: true, correct: [0],
      });
      await openQuiz(page).waitFor();
    },
    voted: async (page) => {
      const newest = openQuiz(page);
      await newest.getByTestId('option').nth(1).check();
      await newest.getByTestId('poll-send').click();
      await newest.getByTestId('poll-state').filter({ hasText: /\S/ }).waitFor();
    },
    result: async (page, { teacher }) => {
      await teacher.do({ type: 'poll-close', poll: quiz });
      await page.getByText(/您没有答对|was not right/).first().scrollIntoViewIfNeeded();
    },
    handouts: async (page) => {
      await page.getByTestId('tab-handouts').click();
      await page.getByTestId('handouts').waitFor();
    },
    playing: async (page) => {
      await page.getByTestId('start').click();
      await playing(page);
      await wake(page);
    },
    qualities: async (page) => {
      await wake(page); // the picture of what was before may have taken its time
      await page.getByTestId('quality').getByRole('button').click();
      await page.getByRole('menuitemradio').first().waitFor();
    },
    break: async (page, { teacher }) => {
      await page.keyboard.press('Escape');
      teacher.setBreak(true);
      await page.getByTestId('break').waitFor();
      await page.evaluate(() => scrollTo(0, 0));
    },
    listening: async (page, { teacher }) => {
      teacher.setBreak(false);
      await page.getByTestId('listen').click();
      await page.waitForFunction(() => {
        const video = document.querySelector('video')!;
        return video.videoHeight === 0 && video.readyState >= 3;
      });
      await wake(page);
    },
    prompt: async (page, { teacher }) => {
      await teacher.prompt();
      await page.getByTestId('here').waitFor();
    },
    'no-line': async (page) => {
      await page.getByTestId('here').click();
      await page.getByTestId('here').waitFor({ state: 'detached' });
      await page.getByTestId('tab-credit').click();
      await page.context().setOffline(true);
      await page.getByTestId('line-lost').waitFor({ timeout: 45_000 });
      await wake(page); // and not while the controls fade
    },
    replay: async (page, { lessons }) => {
      await page.context().setOffline(false);
      await open(page, lessons.ended);
      await page.getByTestId('start').click();
      await playing(page);
      await wake(page);
      await page.getByTestId('speed').getByRole('button').click();
      await page.getByRole('menuitemradio').first().waitFor();
    },
    'replay-over': async (page) => {
      await page.keyboard.press('Escape');
      await page.getByTestId('seek').focus();
      await page.keyboard.press('End');
      await page.getByTestId('again').waitFor();
      await page.getByTestId('tab-chat').click();
    },
    reconnecting: async (page, { lessons }) => {
      await open(page, lessons.live);
      await page.getByTestId('start').click();
      await playing(page);
      await page.route(media, (route) => route.abort('internetdisconnected'));
      await page.getByTestId('player').getByText(/正在自动恢复|coming back by itself/).waitFor({ timeout: 45_000 });
      await wake(page);
    },
    /** What comes is nothing that can be played. */
    'media-failed': async (page, { lessons }) => {
      await page.unrouteAll();
      await page.route(fragments, (route) => route.fulfill({ contentType: 'video/mp4', body: '?' }));
      await open(page, lessons.ended);
      await page.getByTestId('player').getByRole('alert').waitFor({ timeout: 45_000 });
      await page.unrouteAll();
    },
    /** A browser that plays nothing. */
    'too-old': async (page, { lessons }) => {
      await page.addInitScript(() => {
        if (location.search !== '?old') return;
        for (const name of ['MediaSource', 'ManagedMediaSource']) Reflect.deleteProperty(window, name);
        HTMLMediaElement.prototype.canPlayType = () => '';
      });
      await page.goto(`/lesson/${lessons.live}?old`);
      await page.getByTestId('player').getByRole('alert').waitFor();
      await online(page);
    },
    missing: async (page) => {
      await page.goto('/lesson/999');
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  },
});
