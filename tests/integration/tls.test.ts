// The server's own TLS, where browsers speak HTTP/2: what pages do over it, and what a page
// of another origin cannot.
import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../support/process.ts';
import { Server } from '../support/server.ts';

let folder: string;
let server: Server;
let session: ClientHttp2Session;
let cookie: string;
let lesson: number;

/** Without X-Requested-With, which is lost on the way anyway. */
function post(path: string, headers: OutgoingHttpHeaders, body = ''): Promise<number> {
  return new Promise((answered, failed) => {
    const stream = session.request(
      { ':method': 'POST', ':path': `/api/v1${path}`, cookie, 'content-length': Buffer.byteLength(body), ...headers },
      { endStream: body === '' },
    );
    stream.on('response', (answer) => answered(answer[':status']!)).on('error', failed);
    stream.resume();
    if (body !== '') stream.end(body);
  });
}

const form = 'application/x-www-form-urlencoded';
const file = 'application/octet-stream';
const handouts = () => `/lessons/${lesson}/handouts?title=a`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airclass-tls-'));
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', certificate]);
  server = await Server.start('--certificate', certificate, '--private-key', key);
  await server.addMember('9001', '赵主任', 'administrator');
  cookie = await server.signIn('9001');
  ({ lesson } = await server.addLesson('一课'));
  session = connect(server.addresses.https!, { rejectUnauthorized: false });
});

afterAll(async () => {
  session?.close();
  await server?.dispose();
  await rm(folder, { recursive: true, force: true });
});

it.each(['https://evil.example', 'null', 'http'])('a page of %s changes nothing', async (other) => {
  const origin = other === 'http' ? server.addresses.https!.replace('https:', 'http:') : other;
  expect(await post(`/lessons/${lesson}/start`, { origin })).toBe(403);
  expect(await post(`/lessons/${lesson}/start`, { origin, 'content-type': form }, 'a=b')).toBe(403);
  expect((await server.lessons())[0]!.state).toBe('planned');
});

it('nor does a form that does not say whose it is', async () => {
  for (const type of [undefined, form, 'text/plain', 'multipart/form-data; boundary=a'])
    expect(await post(`/lessons/${lesson}/start`, type === undefined ? {} : { 'content-type': type })).toBe(403);
});

it('our page starts a lesson, hands out a file and ends it', async () => {
  const origin = server.addresses.https!;
  expect(await post(`/lessons/${lesson}/start`, { origin })).toBe(200);
  expect(await post(handouts(), { origin, 'content-type': file }, '%PDF-1.4\n%%EOF\n')).toBe(200);
  expect(await post(handouts(), { 'content-type': file }, '%PDF-1.4\n%%EOF\n')).toBe(200); // a script's
  expect(await post(`/lessons/${lesson}/end`, { origin })).toBe(200);
});
