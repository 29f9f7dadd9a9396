import { until, type Process } from '../../support/process.ts';
import { clip, publish } from '../../support/publisher.ts';
import { pageStates } from '../../support/states.ts';
import { Teacher } from '../../support/teacher.ts';

const title = '第二讲　选好项目，算清成本';
const later = 'Lesson three: keeping the books';
const words = {
  announcement: '下周三停课一次。No lesson on Wednesday.',
  line: '老师讲得很清楚 Very clear, thank you',
  question: '在县里办小加工厂，第一年的成本怎么估算？How much is it?',
  poll: '您打算做哪一行？What next?',
  options: ['种植 Farming', '养殖 Animals', '加工 Making things'],
  quiz: '成本包括自己的工钱吗？Is pay a cost?',
  answers: ['包括 Yes', '不包括 No'],
  handout: '成本表 Cost sheet',
};

interface Prepared {
  live: number;
  planned: number;
  publisher: Process;
  teacher: Teacher;
}

export const states = pageStates<Prepared>({
  role: 'member',
  written: [title, later, ...Object.values(words).flat(), '管*己', '管理员己'],
  async prepare({ server }) {
    const added = await server.addLesson(title);
    const at = `${new Date().getFullYear() + 1}-03-08 19:30`;
    const { lesson: planned } = await server.json<{ lesson: number }>('lesson', 'add', '--title', later, '--at', at);
    const file = await clip({ width: 320, height: 180, fps: 25, seconds: 20 });
    const publisher = publish(file, added.rtmp_url, { loop: true });
    await until('a live lesson', async () => (await server.lessons()).some(({ state }) => state === 'live'));
    const teacher = await Teacher.enter(server, added.lesson);
    await teacher.do({ type: 'announcement', text: words.announcement });
    await teacher.do({ type: 'chat', text: words.line });
    await teacher.do({ type: 'question', text: words.question });
    await teacher.do({ type: 'handout', title: words.handout, url: 'https://example.org/costs' });
    const quiz = await teacher.do({
      type: 'poll', text: words.quiz, options: words.answers, multiple: false, quiz: true, shown: true, correct: [0],
    });
    await teacher.do({ type: 'poll-close', poll: quiz });
    await teacher.do({
      type: 'poll', text: words.poll, options: words.options, multiple: true, quiz: false, shown: true,
    });
    return { live: added.lesson, planned, publisher, teacher };
  },
  async end({ publisher, teacher }) {
    teacher.leave();
    await publisher.end();
  },
  states: {
    planned: async (page, { planned }) => {
      await page.goto(`/lesson/${planned}`);
      await page.getByTestId('countdown').waitFor();
      await page.getByTestId('line').filter({ has: page.locator('svg') }).waitFor();
    },
    live: async (page, { live }) => {
      await page.goto(`/lesson/${live}`);
      await page.getByTestId('tab-polls').getByText('1').first().waitFor();
      await page.getByTestId('why').click();
      await page.getByTestId('not-counted').waitFor();
    },
    chat: async (page) => {
      await page.getByTestId('tab-chat').click();
      await page.getByTestId('chat-lines').waitFor();
    },
    questions: async (page) => {
      await page.getByTestId('tab-questions').click();
      await page.getByTestId('questions').waitFor();
    },
    polls: async (page) => {
      await page.getByTestId('tab-polls').click();
      await page.getByTestId('polls').waitFor();
    },
    handouts: async (page) => {
      await page.getByTestId('tab-handouts').click();
      await page.getByTestId('handouts').waitFor();
    },
    prompt: async (page, { teacher }) => {
      await teacher.prompt();
      await page.getByTestId('here').waitFor();
    },
    missing: async (page) => {
      await page.getByTestId('here').click();
      await page.getByTestId('here').waitFor({ state: 'detached' });
      await page.goto('/lesson/999');
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  },
});
