import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lintDurations } from './durations.ts';
import { Findings } from './finding.ts';
import { sampleMedia } from './samples.ts';

const box = (type: string, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};
const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeUInt32BE(value, i * 4));
  return bytes;
};

const init = box('moov', box('trak', box('mdia', box('mdhd', words(0, 0, 0, 48000, 0, 0)))));
/** `frames` of 1,024 samples. */
const chunk = (frames: number): Buffer =>
  box('moof', box('traf', box('tfdt', words(0x01000000, 0, 0)),
    box('trun', words(0x100, frames), words(...Array<number>(frames).fill(1024)))));

let server: Server;
let url: string;
let frames: (path: string) => number;

beforeAll(async () => {
  server = createServer(({ url: path }, answer) =>
    void answer.end(path!.endsWith('init.mp4') ? init : chunk(frames(path!)))).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/audio/playlist.m3u8`;
});
afterAll(() => void server.close());

const isPart = (path: string) => /\.\d+\.m4s$/.test(path);

async function rules(): Promise<string[]> {
  const out = new Findings();
  await lintDurations(sampleMedia(9, { track: 'audio' }), url, out, new AbortController().signal);
  return out.list.map(({ rule }) => rule);
}

it('lengths that are exact are no finding', async () => {
  frames = (path) => (isPart(path) ? 30 : 90);
  expect(await rules()).toEqual([]);
});

it('a part that is a frame longer than it says is found', async () => {
  frames = (path) => (isPart(path) ? 31 : 90);
  expect(new Set(await rules())).toEqual(new Set(['duration']));
});

it('a segment that is a frame shorter than it says is found', async () => {
  frames = (path) => (isPart(path) ? 30 : 89);
  expect(await rules()).toEqual(['duration', 'duration', 'duration']);
});
