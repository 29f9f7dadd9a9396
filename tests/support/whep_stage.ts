// A server whose lessons are watched over WHEP from one browser, by a member and a steward.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launch, playing, signedIn } from './browser.ts';
import { until } from './process.ts';
import { Server, type Lesson } from './server.ts';
import { received, watch, type WhepAnswer, type WhepOptions } from './whep.ts';

export const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
export const sdp = { 'Content-Type': 'application/sdp' };
export const sdpfrag = { 'Content-Type': 'application/trickle-ice-sdpfrag' };
export const problem = async (response: Response): Promise<[number, string]> =>
  [response.status, ((await response.json()) as { type: string }).type.replace('urn:airclass:problem:', '')];

export const framesShown = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector('video')!.getVideoPlaybackQuality().totalVideoFrames);

/** Until it plays. */
export async function watchFrom(page: Page, options: WhepOptions): Promise<WhepAnswer> {
  const answer = await watch(page, options);
  expect(answer.status, answer.body).toBe(201);
  await playing(page).catch(async (error: Error) => {
    throw new Error(`${error.message}\n${await received(page)}\n${answer.body}`);
  });
  return answer;
}

export class WhepStage {
  private constructor(
    readonly server: Server,
    readonly browser: Browser,
    /** The member's. */
    readonly context: BrowserContext,
  ) {}

  /** End it with dispose(); clear() it after each test. */
  static async set(): Promise<WhepStage> {
    const server = await Server.start();
    await server.addMember('1001', '学员甲');
    await server.addMember('1002', '管理员乙');
    await server.tool('role', 'grant', '1002', '--role', 'steward');
    const browser = await launch();
    return new WhepStage(server, browser, await signedIn(browser, server, '1001'));
  }

  async dispose(): Promise<void> {
    await this.browser.close();
    await this.server.dispose();
  }

  async clear(): Promise<void> {
    await Promise.all(this.context.pages().map((page) => page.close()));
    const going = (await this.server.lessons()).filter(({ state }) => state === 'live');
    await Promise.all(going.map(({ lesson }) => this.server.tool('lesson', 'end', String(lesson))));
    await until('the workers to end', async () => (await this.server.workers()).length === 0);
  }

  steward(): Promise<BrowserContext> {
    return signedIn(this.browser, this.server, '1002');
  }

  ask(path: string, method: string, headers: Record<string, string> = {}, body?: string): Promise<Response> {
    const url = `${this.server.addresses.http}/whep/${path}`;
    return fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  }

  async page(): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto('/');
    return page;
  }

  /** The lesson in a page of its own, playing. */
  async watching(lesson: Lesson): Promise<Page> {
    const page = await this.page();
    await watchFrom(page, { lesson: lesson.lesson, key: lesson.stream_key });
    return page;
  }

  live({ lesson }: Lesson): Promise<unknown> {
    return until('a live lesson', async () =>
      (await this.server.lessons()).find((row) => row.lesson === lesson)!.state === 'live');
  }
}
