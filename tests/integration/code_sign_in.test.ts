// One-time codes through a gateway: a real receiver on a port of its own.
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run, until } from '../support/process.ts';
import { build, password, Server } from '../support/server.ts';

interface Message {
  authorization: string | undefined;
  phone: string;
  code: string;
  minutes: number;
}

const messages: Message[] = [];
let status = 200;
let receiver: HttpServer;
let server: Server;

async function text(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of request) body += String(piece);
  return body;
}

const tool = (...args: string[]) =>
  run(join(build, 'airclass'), ['--data-dir', server.data, ...args], `${password}\n`);

const post = (path: string, body: object): Promise<Response> =>
  fetch(`${server.addresses.http}/api/v1/session${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'airclass' },
    body: JSON.stringify(body),
  });

beforeAll(async () => {
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      messages.push({ authorization: request.headers.authorization, ...(JSON.parse(body) as object) } as Message);
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  const { port } = receiver.address() as AddressInfo;
  server = await Server.start('--code-gateway', `http://127.0.0.1:${port}/sms`, '--code-gateway-key', 'secret');
  for (const number of ['1001', '1002', '1003'])
    await tool('member', 'add', '--number', number, '--name', number, '--password-stdin');
  await tool('member', 'set', '1001', '--phone', '13800138000');
  await tool('member', 'set', '1003', '--phone', '13800138003');
});

afterAll(async () => {
  await server?.dispose();
  receiver?.close();
});

it('it is told that codes are sent', async () => {
  expect(await (await fetch(`${server.addresses.http}/api/v1/session/code`)).json()).toEqual({ sent: true });
});

it('a code gets to the phone and signs in once', async () => {
  expect((await post('/code', { number: '1001' })).status).toBe(204);
  await until('the message', () => messages.length === 1);
  const [message] = messages;
  expect(message).toMatchObject({ authorization: 'Bearer secret', phone: '13800138000', minutes: 5 });
  expect(message!.code).toMatch(/^\d{6}$/);
  const wrong = message!.code === '000000' ? '000001' : '000000';
  expect((await post('', { number: '1001', code: wrong })).status).toBe(401);
  const signedIn = await post('', { number: '13800138000', code: message!.code });
  expect(signedIn.status).toBe(200);
  expect(signedIn.headers.get('set-cookie')).toMatch(/^airclass_session=[0-9a-f]{64};/);
  expect((await post('', { number: '1001', code: message!.code })).status).toBe(401);
});

it('the next one has to wait, and who has no phone is not told', async () => {
  const again = await post('/code', { number: '13800138000' });
  expect(again.status).toBe(429);
  expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(30);
  expect((await post('/code', { number: '1002' })).status).toBe(204);
  expect((await post('/code', { number: 'nobody' })).status).toBe(204);
  expect(messages).toHaveLength(1);
});

it('a gateway that sends elsewhere is not followed', async () => {
  status = 302;
  expect((await post('/code', { number: '1003' })).status).toBe(204);
  await until('the message', () => messages.length === 2);
  expect((await post('', { number: '1003', password })).status).toBe(200); // and nothing is stuck
  expect(messages).toHaveLength(2);
});
