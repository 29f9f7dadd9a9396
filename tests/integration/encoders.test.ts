// Which encoder a lesson gets, what becomes of one that fails, and what the doctor says.
import { createServer } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tracks } from '../support/hls.ts';
import { until } from '../support/process.ts';
import { Process } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { build, Server } from '../support/server.ts';

async function lessonWith(encoder: string): Promise<{ metrics: string; log: string }> {
  const server = await Server.start(`--encoder=${encoder}`);
  const lesson = await server.addLesson('编码 Encoder');
  const publisher = publish(await clip({ width: 640, height: 360, fps: 25, seconds: 20 }), lesson.rtmp_url, { loop: true });
  try {
    let metrics = '';
    await until('an encoder', async () => {
      metrics = await (await fetch(`${server.addresses.admin}/metrics`)).text();
      return /airclass_source_info\{.*encoder="\w+"/.test(metrics);
    });
    await until('a playlist', async () => (await tracks(await server.mediaUrl(lesson.lesson))).has('v360'));
    return { metrics, log: server.log };
  } finally {
    await publisher.end();
    await server.dispose();
  }
}

it('is the one that is configured', async () => {
  const { metrics } = await lessonWith('openh264enc');
  expect(metrics).toContain('encoder="openh264enc"');
});

it('is given up for software when it fails', async () => {
  const { metrics, log } = await lessonWith('vah264enc'); // there is no such device
  expect(log).toContain('vah264enc is given up: it goes on in software');
  expect(metrics).toContain('encoder="x264enc"');
});

interface Report {
  healthy: boolean;
  checks: { name: string; state: string; text: string; mend?: string }[];
  encoder: string;
  encoders: { element: string; state: string; verdict: string }[];
}

it('is explained by the doctor, with what is wrong with the machine', async () => {
  const data = await mkdtemp(join(tmpdir(), 'airclass-doctor-'));
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port } = holder.address() as { port: number };
  await writeFile(join(data, 'airclass.conf'), `[server]\nlisten=127.0.0.1:${port}\nrtmp=127.0.0.1:0\n`);
  const doctor = async (...args: string[]) => {
    const process = new Process(join(build, 'airclass'), ['--data-dir', data, ...args, 'doctor']);
    await until('the doctor', () => !process.running, 60_000);
    return { code: (await process.end()).code, out: process.stdout };
  };
  try {
    const { code, out } = await doctor('--json');
    const report = JSON.parse(out) as Report;
    const check = (name: string) => report.checks.find((one) => one.name === name)!;
    expect(code).toBe(78);
    expect(report.healthy).toBe(false);
    expect(check('port listen')).toMatchObject({ state: 'problem', mend: expect.stringContaining('--listen') });
    expect(check('port rtmp').state).toBe('ok');
    for (const name of ['processor', 'descriptors', 'disk', 'encoder', 'fonts']) expect(check(name), name).toBeDefined();
    expect(report.encoder).toBe('x264enc');
    const verdicts = new Map(report.encoders.map(({ element, verdict }) => [element, verdict]));
    expect(verdicts.get('x264enc')).toMatch(/^chosen: passed the self-test, \d+\.\d times real time/);
    expect(verdicts.get('nvh264enc')).toMatch(/^(absent|failed|chosen)/);
    const { out: text } = await doctor();
    expect(text).toMatch(/^problem +port listen +127\.0\.0\.1:\d+ cannot be bound: .*\n +-> end the program/m);
    expect(text).toMatch(/^ {2}x264enc +software +chosen/m);
  } finally {
    holder.close();
    await rm(data, { recursive: true });
  }
});
