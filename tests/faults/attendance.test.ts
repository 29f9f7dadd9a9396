// SIGKILL while three hundred members beat; scripts/check-attendance does it with a county.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attend, beginLesson, foundCounty } from '../support/crowd.ts';
import type { Server } from '../support/server.ts';

let server: Server;

beforeAll(async () => {
  server = await foundCounty(300);
});

afterAll(async () => server?.dispose());

it('loses no acknowledged beat', async () => {
  const lesson = await beginLesson(server);
  const { seen, losses } = await attend(server, lesson,
    // Their beats are spread over all ten seconds, so that some are always under way.
    { members: 300, joinSeconds: 10, seconds: 16, lineSeconds: 2 });
  expect(losses).toEqual({ beats: 0, totals: 0, ledger: 0 });
  expect(seen.members).toBe(301);
  expect(seen.acknowledged).toBe(seen.beats);
  expect(seen.beats).toBeGreaterThan(seen.members);
  expect(seen.accepted_ms).toBeGreaterThan(0.9 * seen.played_ms);
  expect(seen.refused).toBe(0);
});
