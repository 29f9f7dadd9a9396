import { type Findings } from './finding.ts';
import { type Answer, get, lintError, nameOf } from './http.ts';
import { type Edge, type MediaPlaylist, edgeOf, isBefore, parseMedia } from './playlist.ts';

/** What an answer must contain: everything before this. */
type Needs = (edge: Edge) => Edge;

interface Row {
  name: string;
  query: (last: number, edge: Edge) => string;
  /** 400, or what must be there when the answer comes. */
  expect: 400 | Needs;
}

/* `last` is the newest whole segment, `edge` the next part to come. The rows are those
 * of the design's table. */
const ROWS: Row[] = [
  { name: 'part without msn', query: () => '_HLS_part=0', expect: 400 },
  { name: 'msn is no number', query: () => '_HLS_msn=abc', expect: 400 },
  { name: 'msn is negative', query: () => '_HLS_msn=-1', expect: 400 },
  { name: 'msn is empty', query: () => '_HLS_msn=', expect: 400 },
  { name: 'part is no number', query: (last) => `_HLS_msn=${last}&_HLS_part=x`, expect: 400 },
  { name: 'msn far ahead', query: (last) => `_HLS_msn=${last + 1000}`, expect: 400 },
  { name: 'msn more than 2 ahead', query: (last) => `_HLS_msn=${last + 3}&_HLS_part=0`, expect: 400 },
  {
    name: 'a part of the next segment',
    query: (_, edge) => `_HLS_msn=${edge.msn + 1}&_HLS_part=1`,
    expect: (edge) => ({ msn: edge.msn + 1, part: 2 }),
  },
  {
    name: 'a part past the end of its segment',
    query: (_, edge) => `_HLS_msn=${edge.msn}&_HLS_part=50`,
    expect: (edge) => ({ msn: edge.msn + 1, part: 1 }),
  },
  { name: 'an old msn', query: () => '_HLS_msn=0&_HLS_part=0', expect: (edge) => edge },
  {
    name: 'msn alone',
    query: (_, edge) => `_HLS_msn=${edge.msn}`,
    expect: (edge) => ({ msn: edge.msn + 1, part: 0 }),
  },
];

/** What was far ahead may have come near while the request was on its way. */
function isNearBy(row: Row, before: MediaPlaylist, after: MediaPlaylist): boolean {
  const asked = Number(/_HLS_msn=(\d+)/.exec(row.query(edgeOf(before).msn - 1, edgeOf(before)))?.[1]);
  return asked > edgeOf(before).msn + 1 && asked <= edgeOf(after).msn + 1;
}

async function checkRow(url: string, row: Row, out: Findings, signal: AbortSignal): Promise<void> {
  const now = parseMedia((await get(url, signal)).text);
  if (now.endList) return;
  const edge = edgeOf(now);
  const answer = await get(`${url}?${row.query(edge.msn - 1, edge)}`, signal);
  const name = `${row.name} (${nameOf(answer.url)})`;
  if (row.expect === 400) {
    if (answer.status === 200 && isNearBy(row, now, parseMedia(answer.text))) return;
    out.check(answer.status === 400, 'directive', `${name}: ${answer.status} instead of 400`);
    if (answer.status >= 400) lintError(answer, out);
    return;
  }
  if (answer.status === 503) {
    lintError(answer, out);
    return;
  }
  out.check(answer.status === 200, 'directive', `${name}: ${answer.status} instead of 200`);
  const then = parseMedia(answer.text);
  if (answer.status !== 200 || then.endList) return;
  out.check(
    !isBefore(edgeOf(then), row.expect(edge)),
    'directive',
    `${name}: answered before what was asked for was there`,
  );
}

/** Checks each row of the table of directives on the rendition at `url`. */
export async function lintDirectives(url: string, out: Findings, signal: AbortSignal): Promise<void> {
  for (const row of ROWS) await checkRow(url, row, out, signal);
}

/** At the end directives are ignored: all answers are the plain playlist. */
export async function lintEndedDirectives(url: string, out: Findings, signal: AbortSignal): Promise<void> {
  const plain = await get(url, signal);
  for (const query of ['_HLS_msn=999999', '_HLS_part=1', '_HLS_msn=x', '_HLS_skip=YES']) {
    const answer = await get(`${url}?${query}`, signal);
    out.check(
      answer.status === 200 && answer.text === plain.text,
      'ended-directives',
      `${nameOf(answer.url)}: not the plain playlist (${answer.status})`,
    );
  }
}

async function expectStatus(url: string, status: number, out: Findings, signal: AbortSignal): Promise<Answer> {
  const answer = await get(url, signal);
  out.check(answer.status === status, 'unknown', `${nameOf(url)}: ${answer.status} instead of ${status}`);
  if (answer.status >= 400) lintError(answer, out);
  return answer;
}

/** Addresses that never were and never will be soon. */
export async function lintUnknown(url: string, playlist: MediaPlaylist, out: Findings, signal: AbortSignal): Promise<void> {
  const listed = playlist.segments.find((s) => s.uri !== null)?.uri ?? '1/0.m4s';
  const epoch = listed.split('/')[0]!;
  const far = edgeOf(playlist).msn + 1000;
  for (const uri of [`${epoch}/${far}.m4s`, `${epoch}/${far}.0.m4s`, `9999/0.m4s`, `${epoch}/00.m4s`, '9999/init.mp4', `${epoch}/x.mp4`])
    await expectStatus(new URL(uri, url).href, 404, out, signal);
  const forged = new URL(url);
  const path = forged.pathname.split('/');
  path[2] = path[2]!.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  forged.pathname = path.join('/');
  await expectStatus(forged.href, 403, out, signal);
}
