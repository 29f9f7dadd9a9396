// Pictures of the lesson and its replay with the demo lecture in them; the other states are
// in state_pictures.ts. scripts/screenshots runs both.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { launch, playing } from '../support/browser.ts';
import { contextFor, fillSignIn, screens, seekTo, wake, type Screen } from '../support/pages.ts';
import { palette, takePicture } from '../support/pictures.ts';
import { run, until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

const directory = process.env.AIRCLASS_PICTURES!;
const lecture = process.env.AIRCLASS_LECTURE!;
/** The lecture's second slide, s: the one to be seen on the pictures. */
const slide = { from: 12, to: 18, loop: 60 };

const shots = Object.keys(screens) as Screen[];
/** In English this one is enough. */
const english: Screen[] = ['phone'];

let server: Server;
let live: Lesson;
let publisher: Process;
let browser: Browser;
const pages = {} as Record<Screen, Page>;

beforeAll(async () => {
  await mkdir(directory, { recursive: true });
  server = await Server.start();
  for (const [i, name] of ['学员甲', '学员乙', '学员丙', '学员丁'].entries())
    await server.addMember(`100${i}`, name);
  const ended = await server.addLesson('课前说明：怎样使用空中课堂');
  live = await server.addLesson('第一讲　乡村振兴与返乡创业');
  await server.addLesson('第二讲　选好项目，算清成本');
  const before = publish(
    await clip({ width: 320, height: 180, fps: 25, seconds: 20 }), ended.rtmp_url, { loop: true });
  await until('a recording of some length', async () =>
    (await server.lessons()).some(({ length_ms }) => length_ms > 61_000), 120_000);
  await server.tool('lesson', 'end', String(ended.lesson));
  await before.end();
  publisher = publish(lecture, live.rtmp_url, { loop: true });
  await until('a live lesson', async () => (await server.lessons()).some(({ state }) => state === 'live'));
  browser = await launch();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await publisher?.end();
  await server?.dispose();
});

/** On every screen, in both languages where the manual wants them. */
async function takeAll(name: string, ready: (page: Page) => Promise<void>): Promise<void> {
  for (const shot of shots) {
    const page = pages[shot];
    for (const language of english.includes(shot) ? ['en', 'zh'] : ['zh']) {
      if ((await page.evaluate(() => document.documentElement.lang.slice(0, 2))) !== language)
        await page.getByTestId('language').click();
      await page.waitForFunction((tag) => document.documentElement.lang.startsWith(tag), language);
      await page.mouse.move(1, screens[shot].height - 1);
      await ready(page);
      await takePicture(page, join(directory, `${name}-${screens[shot].width}-${language}.webp`));
    }
  }
}

/** The slide is shown, the controls too. */
async function atSlide(page: Page): Promise<void> {
  await page.waitForFunction(({ from, to, loop }) => {
    const probe = (window as unknown as { __airclass: { lessonTime(): number } }).__airclass;
    const at = probe.lessonTime() % loop;
    const minute = parseInt(document.querySelector('[data-test=credit]')!.textContent!);
    return minute >= 1 && at >= from && at <= to;
  }, slide, { timeout: 200_000 });
  await wake(page);
}

describe('pictures', () => {
  it('of the lesson', async () => {
    for (const [i, shot] of shots.entries()) {
      const context: BrowserContext = await browser.newContext({
        ...contextFor(shot, 'zh-CN'), baseURL: server.addresses.http,
      });
      const page = (pages[shot] = await context.newPage());
      await page.goto('/sign-in');
      await fillSignIn(page, `100${i}`);
      await page.getByTestId('enter').click();
      await playing(page);
    }
    const both: string[] = [];
    for (const shot of ['desktop', 'phone'] as const) {
      await atSlide(pages[shot]);
      both.push(join(directory, `${shot}.full.png`));
      await pages[shot].screenshot({ path: both.at(-1)! });
    }
    const [gap, high] = [32, screens.desktop.height + 64];
    const place = ({ width, height }: { width: number; height: number }, left: number) =>
      `pad=${width + left + gap}:${high}:${left}:${(high - height) / 2}:color=0xe7e0d5`;
    const side = join(directory, 'side.full.png');
    await run('ffmpeg', [
      '-nostdin', '-v', 'error', '-y', '-i', both[0]!, '-i', both[1]!, '-filter_complex',
      `[0]${place(screens.desktop, gap)}[d];[1]${place(screens.phone, 0)}[p];[d][p]hstack`,
      '-frames:v', '1', side,
    ]);
    await Promise.all(both.map((file) => rm(file)));
    await palette(side, join(directory, 'lesson.webp'), 'scale=iw*3/4:-1:flags=area');
    await takeAll('lesson', atSlide);
  }, 400_000);

  it('of the replay', async () => {
    await server.tool('lesson', 'end', String(live.lesson));
    for (const shot of shots) {
      await pages[shot].getByTestId('speed').waitFor();
      await pages[shot].getByTestId('home').click();
      await pages[shot].getByRole('link', { name: '乡村振兴' }).click();
      await playing(pages[shot]);
      const notice = pages[shot].getByTestId('notice').getByRole('button').last();
      if (await notice.isVisible()) await notice.click();
    }
    await takeAll('replay', async (page) => {
      const length = Number(await page.getByTestId('seek').getAttribute('max'));
      const round = Math.floor((0.2 * length) / slide.loop);
      await seekTo(page, (round * slide.loop + slide.from) / length);
      await atSlide(page);
    });
  }, 400_000);
});
