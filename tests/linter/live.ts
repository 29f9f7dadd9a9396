/**
 * Follows a running server and checks every rule of the checklist and each row of the
 * table of directives.
 */
import { lintDirectives, lintEndedDirectives, lintUnknown } from './directives.ts';
import { lintDurations } from './durations.ts';
import { type Finding, Findings } from './finding.ts';
import { Follower } from './follower.ts';
import { get, lintHeaders, nameOf } from './http.ts';
import { lintMultivariant } from './multivariant.ts';
import { type MultivariantPlaylist, edgeOf, isBefore, parseMedia, parseMultivariant } from './playlist.ts';
import { lintReports } from './reports.ts';

interface Rendition {
  uri: string;
  url: string;
  kind: 'video' | 'audio';
}

function renditionsOf(multivariant: MultivariantPlaylist, url: string): Rendition[] {
  const found = new Map<string, Rendition>();
  const add = (uri: string, kind: 'video' | 'audio'): void => {
    const href = new URL(uri, url).href;
    if (!found.has(href)) found.set(href, { uri, url: href, kind });
  };
  for (const variant of multivariant.variants)
    add(variant.uri, (variant.attributes.get('CODECS') ?? '').includes('avc1') ? 'video' : 'audio');
  for (const media of multivariant.media) add(media.get('URI') ?? '', 'audio');
  return [...found.values()];
}

/** All renditions at one part: each is asked for what the first has. */
async function lintTogether(renditions: readonly Rendition[], out: Findings, signal: AbortSignal): Promise<void> {
  const first = parseMedia((await get(renditions[0]!.url, signal)).text);
  if (first.endList) return;
  const edge = edgeOf(first);
  const answers = await Promise.all(
    renditions.map(({ url }) => get(`${url}?_HLS_msn=${edge.msn}&_HLS_part=${edge.part}`, signal)),
  );
  if (answers.some((answer) => answer.status !== 200)) return;
  out.addAll(lintReports(new Map(renditions.map((r, i) => [r.uri, answers[i]!.text]))), 'renditions');
  for (const [i, answer] of answers.entries()) {
    const other = parseMedia(answer.text);
    out.check(
      other.endList || isBefore(edge, edgeOf(other)),
      'held',
      `${nameOf(renditions[i]!.url)}: stands behind the other renditions`,
    );
  }
}

async function lintMultivariantAt(url: string, out: Findings, signal: AbortSignal): Promise<MultivariantPlaylist | null> {
  const answer = await get(url, signal);
  out.check(answer.status === 200, 'status', `${nameOf(url)}: ${answer.status}`);
  if (answer.status !== 200) return null;
  out.addAll(lintMultivariant(answer.text), nameOf(url));
  return parseMultivariant(answer.text);
}

async function lintAudioOnly(url: string, out: Findings, signal: AbortSignal): Promise<void> {
  const multivariant = await lintMultivariantAt(new URL('audio.m3u8', url).href, out, signal);
  for (const { attributes, uri } of multivariant?.variants ?? [])
    out.check(
      !(attributes.get('CODECS') ?? '').includes('avc1'),
      'audio-only',
      `${uri}: the multivariant playlist of the sound lists pictures`,
    );
}

/** No segment that was read may be over the BANDWIDTH of its variant. */
async function lintBandwidth(
  url: string,
  followers: readonly Follower[],
  out: Findings,
  signal: AbortSignal,
): Promise<void> {
  const multivariant = await lintMultivariantAt(url, out, signal);
  for (const { attributes, uri } of multivariant?.variants ?? []) {
    const peak = followers.find((f) => f.url === new URL(uri, url).href)?.peakBps ?? 0;
    out.check(
      peak <= Number(attributes.get('BANDWIDTH')),
      'bandwidth',
      `${uri}: a segment had ${Math.round(peak)} bit/s, more than BANDWIDTH`,
    );
  }
}

async function runUntil(untilMs: number, signal: AbortSignal, check: () => Promise<void>): Promise<void> {
  do await check();
  while (Date.now() < untilMs && !signal.aborted);
}

async function lintAll(url: string, seconds: number, out: Findings, signal: AbortSignal): Promise<void> {
  const multivariant = await lintMultivariantAt(url, out, signal);
  const renditions = multivariant ? renditionsOf(multivariant, url) : [];
  const first = renditions[0];
  if (!first) return;
  await lintAudioOnly(url, out, signal);

  const answer = await get(first.url, signal);
  const playlist = parseMedia(answer.text);
  const untilMs = Date.now() + seconds * 1000;
  const followers = renditions.map((r) => new Follower(r.url, r.kind, out, signal));
  await lintUnknown(first.url, playlist, out, signal);
  if (playlist.endList) {
    await Promise.all(followers.map((f) => f.begin()));
    out.addAll(lintReports(new Map(followers.map((f, i) => [renditions[i]!.uri, f.text]))), 'renditions');
    await lintEndedDirectives(first.url, out, signal);
    return;
  }
  lintHeaders(await get(url, signal), 'multivariant', playlist.targetDuration, out);
  await Promise.all([
    ...followers.map((f) => f.follow(untilMs)),
    lintDirectives(first.url, out, signal),
    lintDirectives(renditions.at(-1)!.url, out, signal),
    runUntil(untilMs, signal, () => lintTogether(renditions, out, signal)),
  ]);
  await lintBandwidth(url, followers, out, signal);
  for (const { url: media } of renditions)
    await lintDurations((await get(media, signal)).text, media, out, signal);
}

/**
 * Follows the stream at `multivariantUrl` for about `seconds`. When the lesson ends
 * meanwhile, what is left is checked as a replay.
 */
export async function lintLive(multivariantUrl: string, seconds: number): Promise<Finding[]> {
  const out = new Findings();
  const stop = new AbortController();
  try {
    await lintAll(multivariantUrl, seconds, out, stop.signal);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    out.add('reachable', `a request failed or was stuck: ${String(error)}${cause}`);
  } finally {
    stop.abort();
  }
  return out.list;
}
