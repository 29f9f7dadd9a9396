// Encoders that vanish, come back, and compete.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tracks } from '../support/hls.ts';
import { Process, until } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { holes, looks } from '../support/recorded.ts';
import { Server, type Lesson } from '../support/server.ts';

let server: Server;
let lesson: Lesson;
let file: string;
const publishers: Process[] = [];

function encoder(source = file): Process {
  const process = publish(source, lesson.rtmp_url, { loop: true });
  publishers.push(process);
  return process;
}

const length = async () => (await server.lessons())[0]!.length_ms;
const grown = async (ms: number) => {
  const from = await length();
  await until(`${ms} ms of media`, async () => (await length()) >= from + ms, 30_000);
};
const accepted = () => server.log.split('accepted').length - 1;

beforeEach(async () => {
  file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
  server = await Server.start('--return-after', '2');
  lesson = await server.addLesson('讲师走了 The lecturer left');
});

afterEach(async () => {
  await Promise.all(publishers.splice(0).map((process) => process.end('SIGKILL')));
  await server.dispose();
});

async function recorded(): Promise<Map<string, string>> {
  const url = await server.mediaUrl(lesson.lesson);
  await server.tool('lesson', 'end', String(lesson.lesson));
  await until('the end', () => server.log.includes('ended after'));
  return tracks(url);
}

describe('a killed encoder', () => {
  it('may come back as another one, of another size and rate', async () => {
    const first = encoder();
    await grown(3000);
    await first.end();
    const other = encoder(await clip({ width: 1280, height: 720, fps: 30, seconds: 20 }));
    await grown(4000);
    await other.end();
    const all = await recorded();
    expect([...all.keys()].sort()).toEqual(['audio', 'v240', 'v360']);
    for (const [name, url] of all) expect(await holes(url), name).toEqual([]);
    const moving = looks(all.get('v360')!).filter(({ look }) => look === 'moving');
    expect(moving.reduce((sum, { frames }) => sum + frames, 0)).toBeGreaterThan(4 * 25);
    expect(server.log).not.toContain('is restarted');
  });
});

describe('a second encoder', () => {
  it('is refused while the first one sends, and takes over from one that is silent', async () => {
    const first = encoder();
    await grown(2000);
    const refused = await encoder().finished;
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/Another encoder is publishing/);
    expect(first.running).toBe(true);

    first.child.kill('SIGSTOP');
    await until('the takeover', async () => {
      const attempt = encoder();
      await Promise.race([attempt.finished, until('an answer', () => accepted() >= 2)]).catch(() => {});
      return accepted() >= 2;
    });
    first.child.kill('SIGCONT');
    expect((await first.finished).code).not.toBe(0);
    await grown(2000);
    expect(accepted()).toBe(2);
  });
});

describe('a backup', () => {
  const onAir = (what: string) => server.log.split(`the ${what} rtmp`).length - 1;

  it('is on air before there is a slate, and gives the air back to a primary that is steady', async () => {
    const primary = encoder();
    await grown(2000);
    const backup = publish(file, lesson.backup_url, { loop: true });
    publishers.push(backup);
    await until('the backup', () => server.log.includes('accepted as backup'));
    const refused = publish(file, lesson.backup_url);
    publishers.push(refused);
    expect((await refused.finished).stderr).toMatch(/with this backup key/);
    expect(onAir('backup')).toBe(0);
    await grown(1000);

    primary.child.kill('SIGSTOP');
    await until('the backup on air', () => onAir('backup') === 1);
    await grown(1000);
    await primary.end('SIGKILL');
    encoder();
    await until('the primary on air again', () => onAir('primary') === 1, 20_000);
    await grown(1000);
    await backup.end();
    await grown(1000);
    const all = await recorded();
    for (const [name, url] of all) expect(await holes(url), name).toEqual([]);
    const runs = looks(all.get('v360')!);
    expect(runs.filter(({ look }) => look === 'slate')).toEqual([]);
    const held = runs.filter(({ look }) => look === 'still').map(({ frames }) => frames);
    expect(Math.max(0, ...held), 'frames held').toBeLessThanOrEqual(25);
    expect(server.log).not.toContain('is restarted');
  });
});
