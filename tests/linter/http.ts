import { type Findings } from './finding.ts';

export interface Answer {
  url: string;
  status: number;
  headers: Headers;
  body: Uint8Array;
  text: string;
  /** Milliseconds from the request to the end of the answer. */
  tookMs: number;
}

/** Longer than any rule lets a request be held: what goes over it is stuck. */
export const WATCHDOG_MS = 20_000;

export async function get(url: string, signal: AbortSignal): Promise<Answer> {
  const began = performance.now();
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { 'Accept-Encoding': 'gzip', Origin: 'http://linter.invalid' },
    // Node 18 cannot join signals; the watchdog alone ends its requests then.
    signal: AbortSignal.any
      ? AbortSignal.any([signal, AbortSignal.timeout(WATCHDOG_MS)])
      : AbortSignal.timeout(WATCHDOG_MS),
  });
  const body = new Uint8Array(await response.arrayBuffer());
  return {
    url,
    status: response.status,
    headers: response.headers,
    body,
    text: new TextDecoder().decode(body),
    tookMs: performance.now() - began,
  };
}

export function maxAge(answer: Answer): number {
  const match = /(?:^|[,\s])max-age=(\d+)/.exec(answer.headers.get('cache-control') ?? '');
  return match ? Number(match[1]) : NaN;
}

/** The token is a secret of the viewer: findings name addresses from the lesson on. */
export function nameOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname.split('/').slice(4).join('/') + search;
}

function lintCors(answer: Answer, where: string, out: Findings): void {
  const header = (name: string): string => (answer.headers.get(name) ?? '').toLowerCase();
  out.check(header('access-control-allow-origin') === '*', 'cors', `${where}: Allow-Origin is not *`);
  out.check(
    !answer.headers.has('access-control-allow-credentials'),
    'cors',
    `${where}: Allow-Credentials is set`,
  );
  for (const name of ['age', 'date'])
    out.check(
      header('access-control-expose-headers').split(/[,\s]+/).includes(name),
      'cors',
      `${where}: ${name} is not exposed`,
    );
}

export type Kind = 'multivariant' | 'playlist' | 'directed' | 'video' | 'audio';

/** Checks the headers of a good answer. */
export function lintHeaders(answer: Answer, kind: Kind, targetDuration: number, out: Findings): void {
  const where = nameOf(answer.url).replace(/\d+/g, 'N');
  const type = answer.headers.get('content-type') ?? '';
  const media = kind === 'video' || kind === 'audio';
  lintCors(answer, where, out);
  out.check(
    type === (media ? `${kind}/mp4` : 'application/vnd.apple.mpegurl'),
    'content-type',
    `${where}: Content-Type is "${type}"`,
  );
  const age = maxAge(answer);
  if (media) {
    const control = answer.headers.get('cache-control') ?? '';
    out.check(
      age >= 31536000 && control.includes('immutable') && control.includes('public'),
      'cache-control',
      `${where}: Cache-Control is "${control}"`,
    );
    return;
  }
  const longest = { multivariant: targetDuration, playlist: 1, directed: targetDuration * 1.5 }[kind];
  out.check(age <= longest, 'cache-control', `${where}: max-age is ${age}, not at most ${longest}`);
  out.check(
    answer.headers.get('content-encoding') === 'gzip',
    'gzip',
    `${where}: is not compressed though gzip is accepted`,
  );
  out.check(
    (answer.headers.get('vary') ?? '').toLowerCase().includes('accept-encoding'),
    'gzip',
    `${where}: does not vary by Accept-Encoding`,
  );
}

/** An error must not outlive its cause in a cache. */
export function lintError(answer: Answer, out: Findings): void {
  const control = answer.headers.get('cache-control') ?? '';
  out.check(
    control.includes('no-store') || maxAge(answer) <= 1,
    'cache-control',
    `${nameOf(answer.url)}: ${answer.status} may be kept: "${control}"`,
  );
}
