// Somebody who guesses stream keys is shut out, whichever way in; nobody else is.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Process, until } from '../support/process.ts';
import { clip, publish } from '../support/publisher.ts';
import { Server, type Lesson } from '../support/server.ts';

let server: Server;
let lesson: Lesson;

/** What an offer with this key is answered with, sent from one of this machine's addresses. */
function offered(key: string, localAddress: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${server.addresses.http}/whip/${lesson.lesson}`, {
      method: 'POST', localAddress,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/sdp' },
    }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    asked.on('error', reject);
    asked.end('no offer');
  });
}

beforeAll(async () => {
  server = await Server.start();
  lesson = await server.addLesson('钥匙');
});

afterAll(async () => {
  await server?.dispose();
});

describe('wrong stream keys', () => {
  it('shut out the address that they come from, on every way in', async () => {
    const key = lesson.stream_key;
    const file = await clip({ width: 640, height: 360, fps: 25, seconds: 20 });
    const wrong = key.replace(/./g, (letter) => (letter === 'a' ? 'b' : 'a'));
    for (let i = 0; i <= 10; i++) expect(await offered(wrong, '127.0.0.1')).toBe(401);
    expect(await offered(key, '127.0.0.1')).toBe(429);
    expect(await offered(key, '127.0.0.2')).toBe(422); // the key is right, the offer is none
    // More guesses in the meantime, so that it is shut out while encoders start.
    for (let i = 0; i < 2; i++)
      await until('the next guess', async () => (await offered(wrong, '127.0.0.1')) === 401);

    const encoders = [
      publish(file, lesson.rtmp_url),
      new Process('ffmpeg', ['-nostdin', '-v', 'error', '-re', '-i', file, '-c', 'copy', '-f', 'mpegts', lesson.srt_url]),
    ];
    try {
      await Promise.all(encoders.map(({ finished }) => finished));
    } finally {
      await Promise.all(encoders.map((encoder) => encoder.end()));
    }
    expect(server.log).toMatch(/publisher 127\.0\.0\.1:\d+ refused: Too many wrong stream keys/);
    expect(server.log).toMatch(/the SRT caller 127\.0\.0\.1:\d+ was refused: .*\(1402\)/);
    expect((await server.lessons())[0]!.state).toBe('planned');
  });
});
