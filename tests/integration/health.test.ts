// What staff, and whoever watches the machine, are told of a lesson on the air.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Process, until } from '../support/process.ts';
import { bounds } from '../support/queues.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

interface Health {
  at_ms: number;
  source_alive: boolean;
  [name: string]: unknown;
}
interface History {
  lesson: number;
  last: Health | null;
  at_ms: number[];
  series: Record<string, number[]>;
}

let server: Server;
let lesson: Lesson;
let publisher: Process;

async function signIn(number: string, role: string): Promise<string> {
  await server.addMember(number, number, role);
  return server.signIn(number);
}

const ask = (cookie: string, query = '', id = lesson.lesson): Promise<Response> =>
  fetch(`${server.addresses.http}/api/v1/lessons/${id}/health${query}`, { headers: { cookie } });
const history = async (cookie: string, query = ''): Promise<History> =>
  (await (await ask(cookie, query)).json()) as History;

beforeAll(async () => {
  const file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
  server = await Server.start();
  lesson = await server.addLesson('健康 Health');
  publisher = publish(file, lesson.rtmp_url, { loop: true });
});

afterAll(async () => {
  await publisher?.end();
  await server?.dispose();
});

describe('the health of a line', () => {
  it('is told where the protocol tells it', async () => {
    const cookie = await signIn('2002', 'administrator');
    const other = await server.addLesson('SRT');
    const sender = new Process('ffmpeg', [
      '-nostdin', '-v', 'warning', '-re', '-i', await clip({ width: 640, height: 360, fps: 25, seconds: 20 }),
      '-c', 'copy', '-bsf:v', 'h264_mp4toannexb', '-f', 'mpegts', other.srt_url,
    ]);
    try {
      await until('a line', async () => {
        const { last } = (await (await ask(cookie, '', other.lesson)).json()) as History;
        return last?.way_in === 'srt' && last.link !== null;
      });
      const { last } = (await (await ask(cookie, '', other.lesson)).json()) as History;
      expect(last!.link).toMatchObject({ packets_lost: 0, packets_dropped: 0 });
      expect((last!.link as { packets: number }).packets).toBeGreaterThan(10);
      const text = await (await fetch(`${server.addresses.admin}/metrics`)).text();
      expect(text).toMatch(new RegExp(`\nairclass_link_packets_total\\{lesson="${other.lesson}"\\} \\d+\n`));
    } finally {
      await sender.end();
    }
  });
});

describe('the health of a lesson', () => {
  it('is told to staff, second by second', async () => {
    const cookie = await signIn('lecturer', 'lecturer');
    await until('four seconds of it', async () => (await history(cookie)).at_ms.length >= 4);
    const { lesson: id, last, at_ms, series } = await history(cookie, '?since=0');
    expect(id).toBe(lesson.lesson);
    expect(last).toMatchObject({
      way_in: 'rtmp', source_alive: true, on_slate: false, width: 640, height: 360,
      frames_per_1000s: 25000, video_codec: 'h264', audio_codec: 'aac', gop_frames: 50,
      keyframe_interval_ms: 2000, encoder: 'x264enc', renditions_alive: 2, renditions_shed: 0,
      audio_silent_ms: 0, link: null,
    });
    for (const [name, most] of Object.entries(bounds)) expect(Math.max(...series[name]!), name).toBeLessThanOrEqual(most);
    expect(Math.max(...series.sound_waiting_ms!)).toBeGreaterThan(0); // it comes before its time
    expect(last!.audio_rms_dbfs).toBeCloseTo(-21, -1); // lavfi's tone
    expect((last!.renditions as { name: string }[]).map(({ name }) => name)).toEqual(['v360', 'v240']);
    for (const values of Object.values(series)) expect(values).toHaveLength(at_ms.length);
    expect(series.source_bps!.at(-1)).toBeGreaterThan(100_000);
    const steps = at_ms.slice(1).map((at, i) => at - at_ms[i]!);
    expect(Math.max(...steps)).toBeLessThan(2500);
    expect((await history(cookie, `?since=${at_ms.at(-2)}`)).at_ms.length).toBeLessThan(at_ms.length);
  });

  it('is none of the members’ business', async () => {
    const cookie = await signIn('1001', 'member');
    expect((await ask(cookie)).status).toBe(403);
    expect((await ask('')).status).toBe(401);
  });

  it('has clear errors', async () => {
    const cookie = await signIn('steward', 'steward');
    expect((await ask(cookie)).status).toBe(200);
    expect((await ask(cookie, '?since=yesterday')).status).toBe(400);
    expect((await ask(cookie, '', 999)).status).toBe(404);
  });

  it('is in the metrics', async () => {
    const text = await (await fetch(`${server.addresses.admin}/metrics`)).text();
    for (const line of [
      'airclass_source_alive{lesson="1"} 1', 'airclass_source_frames_per_second{lesson="1"} 25',
      'airclass_rendition_alive{lesson="1",rendition="v360"} 1', 'airclass_renditions_shed{lesson="1"} 0',
      'airclass_source_info{lesson="1",way_in="rtmp",video_codec="h264",audio_codec="aac",encoder="x264enc"} 1',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).toMatch(/\nairclass_worker_cpu_cores\{lesson="1"\} \d+\.\d{3}\n/);
    expect(text).toMatch(/\nairclass_machine_cpu_cores [1-9]\d*\n/);
  });
});

describe('a machine that is full', () => {
  it('takes its first lesson, and refuses another with the reason', async () => {
    const full = await Server.start('--admission=true', '--max-cpu=10');
    const file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
    const [first, second] = [await full.addLesson('一'), await full.addLesson('二')];
    const publishers = [publish(file, first.rtmp_url, { loop: true })];
    try {
      await until('the first lesson', async () =>
        (await full.lessons()).some(({ lesson: id, state }) => id === first.lesson && state === 'live'));
      publishers.push(publish(file, second.rtmp_url));
      await until('a refusal', () => /refused: This machine cannot carry another lesson: .* cores/.test(full.log));
      await until('the encoder that is told', () => !publishers[1]!.running);
      const text = await (await fetch(`${full.addresses.admin}/metrics`)).text();
      expect(text).toMatch(/\nairclass_lessons_not_admitted_total [1-9]/);
      expect(text).toMatch(/\nairclass_source_alive\{lesson="1"\} 1\n/);
    } finally {
      for (const publisher of publishers) await publisher.end();
      await full.dispose();
    }
  });
});
