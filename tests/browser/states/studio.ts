import type { Page } from 'playwright-core';
import { people, siteName } from '../../support/county.ts';
import { until, type Process } from '../../support/process.ts';
import { clip, publish } from '../../support/publisher.ts';
import { asking } from '../../support/records.ts';
import { letScreenIn } from '../../support/room.ts';
import { pageStates } from '../../support/states.ts';
import { Socket } from '../../support/socket.ts';

const title = '第二讲　选好项目，算清成本';
const planned = '第三讲　返乡创业';
const over = '第一讲　土地流转的账怎么算';
const missed = '第零讲　开班动员';
/** Chromium's fake ones. */
const microphones = ['Fake Default Audio Input', 'Fake Audio Input 1', 'Fake Audio Input 2'];
const MINUTE_MS = 60_000;
const PING_MS = 20_000;
const DAY_MS = 86_400_000;
const words = {
  question: '贷款怎么办？', other: '种植补贴今年还有吗，到哪里申请，要带哪些材料？', chat: '听得到，很清楚。',
  poll: '要不要办合作社？', yes: '要', no: '再等等', notice: '下周三以前交表。', handout: '报名表',
};

interface Prepared {
  lesson: number;
  planned: number;
  over: number;
  publisher: Process;
  sockets: Socket[];
  pings: NodeJS.Timeout;
}

/** A note that would lie over the buttons. */
async function putAway(page: Page): Promise<void> {
  await page.getByTestId('toast').getByRole('button').click();
  await page.getByTestId('toast').waitFor({ state: 'detached' });
}

/** Takes what a page sends, in the page: a server that encoded it too would take another core. */
async function answerInPage(page: Page): Promise<void> {
  await page.route('**/whip/**', async (route) => {
    const offer = route.request().postData();
    if (route.request().method() !== 'POST' || offer === null) return route.fulfill({ status: 200 });
    const body = await page.evaluate(async (sdp) => {
      const peer = new RTCPeerConnection();
      Object.assign(window, { peer });
      await peer.setRemoteDescription({ type: 'offer', sdp });
      await peer.setLocalDescription();
      await new Promise<void>((done) => {
        peer.onicecandidate = ({ candidate }) => candidate === null && done();
      });
      return peer.localDescription!.sdp;
    }, offer);
    await route.fulfill({ status: 201, contentType: 'application/sdp', body });
  });
}

export const states = pageStates<Prepared>({
  role: 'lecturer',
  desk: true,
  written: [title, planned, over, missed, ...Object.values(words), '学员庚', siteName, ...microphones],
  prepare: async ({ server, county }) => {
    const lecturer = ['--lecturer', people.lecturer.number];
    const { lesson, rtmp_url } = await server.addLesson(title, ...lecturer);
    const ahead = await server.addLesson(planned, ...lecturer);
    const { lesson: held } = await server.addLesson(over, ...lecturer);
    await server.tool('lesson', 'start', String(held));
    await server.tool('lesson', 'end', String(held));
    const soon = new Date(Date.now() + 10 * MINUTE_MS).toLocaleString('sv-SE').slice(0, 16);
    await server.addLesson(missed, '--at', soon, ...lecturer);
    const publisher = publish(await clip({ width: 640, height: 360, fps: 25, seconds: 20 }), rtmp_url, { loop: true });
    await until('media', async () => (await server.lessons()).find((row) => row.lesson === lesson)!.length_ms > 3000, 30_000);
    const enter = async (cookie: string, client: string): Promise<Socket> => {
      const socket = await Socket.open(
        `${server.addresses.http}/classroom?lesson=${lesson}&client=000000000000${client}&since=0`, cookie);
      await socket.expect('welcome');
      return socket;
    };
    const open = async (number: string): Promise<Socket> => enter(await server.signIn(number), number);
    const sockets = [await open('3001'), await open('1001'), await open('1002')];
    const [staff, one, other] = sockets as [Socket, Socket, Socket];
    sockets.push(await enter(`airclass_screen=${await letScreenIn(server, county.site)}`, 'aaaa'));
    const room = `/lessons/${lesson}/rooms/${county.site}`;
    const steward = await asking(server, people.steward.number);
    const { members } = await steward<{ members: { id: number; number: string }[] }>('GET', `${room}/roster`);
    await steward<void>('POST', `${room}/stays`, { member: members.find(({ number }) => number === '1003')!.id, key: 'in' });
    staff.send({
      type: 'poll', id: 'poll', text: words.poll, options: [words.yes, words.no], multiple: false, quiz: false, shown: true,
    });
    staff.send({ type: 'announcement', id: 'notice', text: words.notice });
    staff.send({ type: 'handout', id: 'handout', title: words.handout, url: 'https://www.example.org/form' });
    one.send({ type: 'question', id: 'question', text: words.question });
    other.send({ type: 'question', id: 'other', text: words.other });
    one.send({ type: 'hand', id: 'hand', raised: true });
    other.send({ type: 'hand', id: 'raised', raised: true });
    one.send({ type: 'chat', id: 'chat', text: words.chat });
    const done = (socket: Socket, id: string): Promise<{ seq: number }> => until(`what became of ${id}`, () =>
      socket.messages.find((message) => message.type === 'done' && message['id'] === id) as unknown as { seq: number } | undefined);
    await done(one, 'chat');
    staff.send({ type: 'question-state', id: 'take', question: (await done(other, 'other')).seq, state: 'taken' });
    staff.send({ type: 'hand-state', id: 'call', hand: (await done(one, 'hand')).seq, state: 'called' });
    await Promise.all([done(staff, 'take'), done(staff, 'call'), done(one, 'question'), done(other, 'raised')]);
    // As pages do, so that they are still there in the last of the walks.
    const pings = setInterval(() => sockets.forEach((socket) => socket.send({ type: 'ping' })), PING_MS);
    return { lesson, planned: ahead.lesson, over: held, publisher, sockets, pings };
  },
  end: async ({ publisher, sockets, pings }) => {
    clearInterval(pings);
    for (const socket of sockets) socket.cut();
    await publisher.end();
  },
  states: {
    list: async (page) => {
      await page.goto('/studio');
      await page.getByTestId('studio-lesson').first().waitFor();
    },
    link: async (page) => {
      await page.getByTestId('link').first().click();
      await page.getByTestId('link-code').waitFor();
    },
    planned: async (page, { planned: id }) => {
      await page.goto(`/studio/${id}`);
      await page.getByTestId('preview-text').waitFor();
      await page.getByTestId('start-end').waitFor();
    },
    'lesson-link': async (page) => {
      await page.getByTestId('link').click();
      await page.getByTestId('link-code').waitFor();
    },
    starting: async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.getByTestId('start-end').click();
      await page.getByTestId('confirm').waitFor();
    },
    encoder: async (page) => {
      await page.getByTestId('not-yet').click();
      await page.getByTestId('encoder').click();
      await page.getByTestId('make-key').waitFor();
    },
    'key-sure': async (page) => {
      await page.getByTestId('make-key').click();
      await page.getByTestId('make-sure').waitFor();
    },
    key: async (page) => {
      await page.getByTestId('make-sure').click();
      await page.getByTestId('copy').first().waitFor();
    },
    own: async (page, { planned: id }) => {
      await page.context().grantPermissions(['camera', 'microphone']);
      await page.goto(`/studio/${id}?camera`);
      await page.waitForFunction(() => (document.querySelector<HTMLVideoElement>('[data-test=own-picture]')?.videoWidth ?? 0) > 0);
      await page.getByTestId('level').waitFor();
    },
    muted: async (page) => {
      await page.getByTestId('mute').click();
      await page.locator('[data-test=mute][aria-pressed=true]').waitFor();
    },
    refused: async (page) => {
      await page.getByTestId('own-off').click();
      await page.evaluate(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
      });
      await page.getByTestId('take-camera').click();
      await page.getByTestId('device-trouble').waitFor();
    },
    live: async (page, { lesson }) => {
      await page.goto(`/studio/${lesson}`);
      await page.getByTestId('figures').waitFor();
      await page.getByTestId('question').nth(1).waitFor();
      await page.getByTestId('preview-sound').waitFor({ timeout: 20_000 });
    },
    hands: async (page) => {
      await page.getByTestId('tab-hands').click();
      await page.getByTestId('hand').nth(1).waitFor();
    },
    chat: async (page) => {
      await page.getByTestId('tab-chat').click();
      await page.getByTestId('line').waitFor();
    },
    polls: async (page) => {
      await page.getByTestId('tab-polls').click();
      await page.getByTestId('poll').waitFor();
    },
    'new-poll': async (page) => {
      await page.getByTestId('new-poll').click();
      await page.getByTestId('poll-put').waitFor();
    },
    notices: async (page) => {
      await page.getByTestId('close-dialog').click();
      await page.getByTestId('tab-notices').click();
      await page.getByTestId('notice').waitFor();
    },
    handouts: async (page) => {
      await page.getByTestId('tab-handouts').click();
      await page.getByTestId('handout').waitFor();
    },
    presence: async (page) => {
      await page.getByTestId('tab-presence').click();
      await page.getByTestId('members').filter({ hasText: '2' }).waitFor();
      await page.getByTestId('room').locator('.on').waitFor();
    },
    removing: async (page) => {
      await page.getByTestId('tab-questions').click();
      await page.getByTestId('remove-question').last().click();
      await page.getByTestId('remove-yes').waitFor();
    },
    asking: async (page) => {
      await page.getByTestId('remove-no').click();
      await page.getByTestId('ask-all').click();
      await page.getByTestId('confirm').waitFor();
    },
    break: async (page) => {
      await page.getByTestId('not-yet').click();
      await page.getByTestId('tab-presence').click();
      await page.getByTestId('break').click();
      await page.locator('[data-test=state].open').waitFor();
      await putAway(page);
    },
    ending: async (page) => {
      await page.getByTestId('break').click();
      await page.locator('[data-test=state].live').waitFor();
      await putAway(page);
      await page.getByTestId('start-end').click();
      await page.getByTestId('confirm').waitFor();
    },
    'on-air': async (page) => {
      await page.getByTestId('not-yet').click();
      await answerInPage(page);
      await page.getByTestId('take-camera').click();
      await page.getByTestId('send').click();
      await page.locator('[data-test=own-link].up').waitFor();
    },
    stopping: async (page) => {
      await page.getByTestId('own-stop').click();
      await page.getByTestId('stop-yes').waitFor();
    },
    'no-line': async (page) => {
      await page.getByTestId('stop-yes').click();
      await page.getByTestId('own-off').click();
      await page.getByTestId('preview-sound').waitFor({ timeout: 20_000 });
      await page.context().setOffline(true);
      await page.getByTestId('line-banner').getByText(/\S/).waitFor();
      await page.getByTestId('old').waitFor();
      await page.getByText(/画面可能不是现在的|an old picture/).waitFor();
    },
    // Silence takes its time, and nothing here is silent.
    fault: async (page, { lesson }) => {
      await page.context().setOffline(false);
      await page.routeWebSocket(/\/classroom/, (socket) => {
        const server = socket.connectToServer();
        server.onMessage((message) => socket.send(String(message).replace(/"audio_silent_ms": ?\d+/, '"audio_silent_ms":12000')));
      });
      await page.goto(`/studio/${lesson}`);
      await page.getByTestId('figures').waitFor();
      await page.getByTestId('bar-fault').getByText(/十秒|ten seconds/).waitFor();
      await page.getByTestId('preview-sound').waitFor({ timeout: 20_000 });
    },
    over: async (page, { over: id }) => {
      await page.goto(`/studio/${id}`);
      await page.getByTestId('replay').waitFor();
      await page.waitForLoadState('networkidle');
    },
    // Seen the day after it did not begin.
    missed: async (page) => {
      await page.clock.setFixedTime(Date.now() + DAY_MS);
      await page.goto('/studio');
      await page.locator('#studio-missed').evaluate((heading) => heading.scrollIntoView());
    },
    missing: async (page) => {
      await page.goto('/studio/999');
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  },
});
