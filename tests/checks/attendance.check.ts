// A county's members in one lesson: all beat every 10 s, the daemon is killed in the
// middle. What an acknowledgement takes, what it costs, and that nothing is lost.
// scripts/check-attendance runs it; it wants the machine for itself.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attend, beginLesson, foundCounty, type Outcome } from '../support/crowd.ts';
import type { Server } from '../support/server.ts';

const shape = {
  members: Number(process.env.AIRCLASS_MEMBERS ?? 13_092),
  seconds: Number(process.env.AIRCLASS_SECONDS ?? 180),
  joinSeconds: Number(process.env.AIRCLASS_JOIN_SECONDS ?? 60),
  lineSeconds: Number(process.env.AIRCLASS_LINE_SECONDS ?? 5),
};

let server: Server;

beforeAll(async () => {
  server = await foundCounty(shape.members);
}, 300_000);

afterAll(async () => server?.dispose());

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

function tell({ seen, costs, losses, settledSeconds, ledgerEntries }: Outcome): string {
  const lines = [
    `${seen.members} members; joined within ${seen.joined_s.toFixed(1)} s, ` +
      `all back ${seen.back_s.toFixed(1)} s after the kill`,
    `${seen.beats} beats, ${seen.acknowledged} acknowledged; played ${(seen.played_ms / 3.6e6).toFixed(1)} h, ` +
      `accepted ${(seen.accepted_ms / 3.6e6).toFixed(1)} h`,
  ];
  for (const [name, phase] of Object.entries(seen.phases)) {
    const cost = costs[name as keyof typeof costs];
    lines.push(`${name}, ${phase.seconds.toFixed(1)} s:`);
    for (const kind of ['ack', 'welcome', 'line'] as const)
      if (phase[kind].count > 0) {
        const { count, p50_ms, p95_ms, p99_ms, max_ms } = phase[kind];
        lines.push(`  ${kind}: ${count}; p50 ${p50_ms} ms, p95 ${p95_ms}, p99 ${p99_ms}, most ${max_ms}`);
      }
    lines.push(
      `  CPU: store ${percent(cost.store)}, main ${percent(cost.main)}, front ${percent(cost.front)}, ` +
        `whole daemon ${percent(cost.whole)} of a core; ${cost.rssMiB.toFixed(0)} MiB; ` +
        `the machine was busy to ${percent(cost.machine)}`,
      `  messages to pages: ${JSON.stringify(phase.messages)}, ${(phase.bytes / 1e6).toFixed(1)} MB, ` +
        `at most ${phase.peak_messages_s} a second`);
  }
  lines.push(
    `lines lost: ${JSON.stringify(seen.lost_lines)}, closed with ${JSON.stringify(seen.close_codes)}; ` +
      `${seen.retries} retries, ${seen.repeated} acknowledged twice, ${seen.refused} refused, ` +
      `${seen.late_answers} sent again`,
    `fetched ${(seen.media_bytes / 1e9).toFixed(2)} GB; the pages took ${seen.client_cpu_s} s of CPU`,
    `ledger: ${ledgerEntries} entries, ${settledSeconds.toFixed(1)} s after the end`,
    `lost: ${losses.beats} beats, ${losses.totals} totals; ledger differs for ${losses.ledger} members`);
  return lines.join('\n');
}

it('loses nothing, and acknowledges in time', async () => {
  const lesson = await beginLesson(server);
  const outcome = await attend(server, lesson, shape);
  const { seen, costs, losses } = outcome;
  console.log(tell(outcome));
  expect(losses).toEqual({ beats: 0, totals: 0, ledger: 0 });
  expect(seen.acknowledged).toBe(seen.beats);
  expect(seen.joined_s).toBeLessThan(shape.joinSeconds + 2);
  expect(seen.accepted_ms).toBeGreaterThan(0.95 * seen.played_ms);
  for (const phase of ['join', 'steady', 'again'] as const) {
    expect(seen.phases[phase].ack.p99_ms ?? 0, phase).toBeLessThanOrEqual(1000);
    expect(seen.lost_lines[phase], phase).toBe(0);
  }
  expect(costs.steady.store).toBeLessThanOrEqual(0.25);
  expect(costs.again.store).toBeLessThanOrEqual(0.25);
  expect(seen.refused).toBe(0);
}, (shape.joinSeconds + shape.seconds + 400) * 1000);
