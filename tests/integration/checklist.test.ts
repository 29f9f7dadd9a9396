// The whole checklist of low-latency HLS on the real daemon: live for longer than a delta
// update may leave out (CAN-SKIP-UNTIL, 12 s), then the replay at the same addresses.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintLive } from '../linter/live.ts';
import { mediaPlaylist, tracks } from '../support/hls.ts';
import { until, type Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

const LIVE_SECONDS = Number(process.env.AIRCLASS_CHECKLIST_SECONDS ?? 40); // check-faults: 120

describe('the checklist', () => {
  let server: Server;
  let lesson: Lesson;
  let publisher: Process;
  let url: string;

  beforeAll(async () => {
    const file = await clip({ width: 1280, height: 720, fps: 25, seconds: 20 });
    server = await Server.start();
    lesson = await server.addLesson('Checklist');
    publisher = publish(file, lesson.rtmp_url, { loop: true });
    await until('a publisher', () => server.log.includes('accepted'));
    url = await server.mediaUrl(lesson.lesson);
  });

  afterAll(async () => {
    await publisher?.end();
    await server?.dispose();
  });

  const v360 = async () => mediaPlaylist((await tracks(url)).get('v360')!);

  it('is kept while it is live', async () => {
    const began = await until('the first segment', v360);
    expect(await lintLive(url, LIVE_SECONDS)).toEqual([]);
    // The linter stops early, and finds nothing, when there is nothing to follow.
    const now = await v360();
    expect(now.ended).toBe(false);
    const seconds = (segments: { duration: number }[]) => segments.reduce((sum, s) => sum + s.duration, 0);
    expect(seconds(now.segments) - seconds(began.segments)).toBeGreaterThan(LIVE_SECONDS - 10);
  }, (LIVE_SECONDS + 60) * 1000);

  it('is kept by the replay', async () => {
    await server.tool('lesson', 'end', String(lesson.lesson));
    await until('ENDLIST', async () => (await v360()).ended, 5000);
    expect(await lintLive(url, 1)).toEqual([]);
  });
});
