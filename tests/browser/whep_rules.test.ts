// WHEP: who may watch and how many, and what of a lesson there is to be watched.
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { playing } from '../support/browser.ts';
import { clip, publish } from '../support/publisher.ts';
import { until } from '../support/process.ts';
import { offerToWatch, watch } from '../support/whep.ts';
import { bearer, framesShown, problem, sdp, sdpfrag, watchFrom, WhepStage } from '../support/whep_stage.ts';

let stage: WhepStage;

beforeAll(async () => {
  stage = await WhepStage.set();
});
afterEach(() => stage.clear());
afterAll(() => stage?.dispose());

describe('WHEP', () => {
  it('says what is wrong with a request', async () => {
    const lesson = await stage.server.addLesson('未开播');
    const other = await stage.server.addLesson('另一课');
    const path = String(lesson.lesson);
    const key = bearer(lesson.stream_key);
    const token = (await stage.server.mediaUrl(lesson.lesson)).split('/').find((part) => part.length === 40)!;
    const offer = await offerToWatch(await stage.page());
    const cookie = async (member: BrowserContext) =>
      ({ Cookie: (await member.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ') });
    const steward = await stage.steward();

    const asked = await stage.ask(path, 'OPTIONS');
    expect(asked.status).toBe(204);
    expect(asked.headers.get('accept-post')).toBe('application/sdp');
    const wrong: [Promise<Response>, number, string][] = [
      [stage.ask(path, 'POST', sdp, offer), 401, 'signed-out'],
      [stage.ask(path, 'POST', { ...sdp, ...await cookie(stage.context) }, offer), 403, 'forbidden'],
      [stage.ask(path, 'POST', { ...sdp, ...await cookie(steward), Origin: 'https://elsewhere.example' }, offer),
        403, 'cross-origin'],
      [stage.ask(path, 'POST', { ...sdp, ...bearer(other.stream_key) }, offer), 401, 'wrong-key'],
      [stage.ask(path, 'POST', { ...key, 'Content-Type': 'text/plain' }, offer), 415, 'not-sdp'],
      [stage.ask(path, 'POST', { ...sdp, ...key }, offer), 409, 'not-on-air'],
      [stage.ask(path, 'POST', { ...sdp, ...bearer(token) }, offer), 409, 'not-on-air'],
      [stage.ask(path, 'POST', { ...sdp, ...await cookie(steward) }, offer), 409, 'not-on-air'],
      [stage.ask(String(other.lesson), 'POST', { ...sdp, ...bearer(token) }, offer), 401, 'wrong-key'],
      [stage.ask(path, 'GET'), 405, 'wrong-method'],
      [stage.ask('x', 'POST', { ...sdp, ...key }, offer), 404, 'not-found'],
      [stage.ask(`${path}/0123`, 'DELETE', key), 404, 'not-found'],
    ];
    for (const [answer, ...expected] of wrong) expect(await problem(await answer)).toEqual(expected);
    await steward.close();
  });

  it('has few places, and plays again when its worker was killed', async () => {
    const lesson = await stage.server.addLesson('名额');
    const file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
    const publisher = publish(file, lesson.rtmp_url, { loop: true });
    const steward = await stage.steward();
    const page = await steward.newPage();
    await page.goto('/');
    const offer = await offerToWatch(page);
    const offers = (headers: Record<string, string>) =>
      stage.ask(String(lesson.lesson), 'POST', { ...sdp, ...headers }, offer);
    try {
      await stage.live(lesson);
      const first = await watchFrom(page, { lesson: lesson.lesson });
      const cookie = (await steward.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      expect((await offers({ Cookie: cookie })).status).toBe(201);
      const third = await offers({ Cookie: cookie });
      expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await problem(third)).toEqual([503, 'too-many-viewers']);
      const places = await Promise.all(Array.from({ length: 6 }, () => offers(bearer(lesson.stream_key))));
      expect(places.map(({ status }) => status)).toEqual(Array(6).fill(201));
      expect(await problem(await offers(bearer(lesson.stream_key)))).toEqual([503, 'too-many-viewers']);
      const left = places[0]!.headers.get('location')!.replace('/whep/', '');
      expect((await stage.ask(left, 'DELETE', bearer(lesson.stream_key))).status).toBe(200);
      expect((await offers(bearer(lesson.stream_key))).status).toBe(201);

      const [worker] = await stage.server.workers();
      process.kill(worker!, 'SIGKILL');
      const resource = first.resource!.replace('/whep/', '');
      await until('the session to be gone', async () =>
        (await stage.ask(resource, 'PATCH', { ...sdpfrag, Cookie: cookie }, 'a=mid:0\r\n')).status === 404, 3000);
      await until('a place', async () => (await watch(page, { lesson: lesson.lesson })).status === 201, 10_000);
      await playing(page);
    } finally {
      await publisher.end();
      await steward.close();
    }
  });

  it('shows what is passed on where nothing is encoded, unless it has B frames', async () => {
    const page = await stage.page();
    const follow = async (bframes: number) => {
      const lesson = await stage.server.addLesson(`跟随 ${bframes}`, '--mode', 'auto');
      const file = await clip({ width: 424, height: 240, fps: 25, seconds: 60, gop: 25, bframes });
      const publisher = publish(file, lesson.rtmp_url);
      await stage.live(lesson);
      const { resource } = await watchFrom(page, { lesson: lesson.lesson, key: lesson.stream_key });
      await until('the source is followed', () => stage.server.log.split('\n').some((row) =>
        row.includes(`lesson=${lesson.lesson}:`) && row.includes('media epoch 2 begins')), 20_000);
      return { lesson, publisher, path: resource!.replace('/whep/', '') };
    };
    const at = () => page.evaluate(() => document.querySelector('video')!.currentTime);
    const frames = () => framesShown(page);

    const plain = await follow(0);
    const reordered = await (async () => {
      try {
        const [shown, seconds] = [await frames(), await at()];
        await until('two seconds more', async () => await at() > seconds + 2);
        expect(await frames() - shown).toBeGreaterThan(25);
        return await follow(2);
      } finally {
        await plain.publisher.end();
      }
    })();
    try {
      const key = bearer(reordered.lesson.stream_key);
      await until('the session to end', async () => stage.server.log.includes('ends: nothing is encoded'), 20_000);
      expect(await problem(await stage.ask(reordered.path, 'DELETE', key))).toEqual([409, 'watch-otherwise']);
      const offer = await offerToWatch(page);
      expect(await problem(await stage.ask(String(reordered.lesson.lesson), 'POST', { ...sdp, ...key }, offer)))
        .toEqual([409, 'watch-otherwise']);
    } finally {
      await reordered.publisher.end();
    }
  });

  it('shows the rendition below what is passed on', async () => {
    const lesson = await stage.server.addLesson('跟随', '--mode', 'auto');
    const file = await clip({ width: 1280, height: 720, fps: 25, seconds: 60, gop: 25, bframes: 2 });
    const publisher = publish(file, lesson.rtmp_url);
    try {
      await stage.live(lesson);
      const page = await stage.watching(lesson);
      const height = () => page.evaluate(() => document.querySelector('video')!.videoHeight);
      await until('480 lines', async () => await height() === 480, 20_000);
      const moved = await page.evaluate(() => document.querySelector('video')!.currentTime);
      await until('two seconds more', async () =>
        await page.evaluate(() => document.querySelector('video')!.currentTime) > moved + 2);
      await publisher.end('SIGKILL');
      await until('720 lines', async () => await height() === 720, 20_000);
    } finally {
      await publisher.end();
    }
  });
});
