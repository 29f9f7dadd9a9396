import { describe, expect, it } from 'vitest';

import { type Fault, FakeServer } from './fake_server.ts';
import { lintLive } from './live.ts';


describe('lintLive', { timeout: 90_000 }, () => {
  /** Looks again, longer each time, while `rule` was not found: machines may be busy. */
  const find = async (rule: string, fault: Fault, ended = false): Promise<string[]> => {
    let rules: string[] = [];
    for (let seconds = 1; seconds <= 16 && !rules.includes(rule); seconds *= 2)
      rules = await run(fault, ended, seconds);
    return rules;
  };
  const run = async (fault: Fault | null, ended: boolean, seconds: number): Promise<string[]> => {
    const own = await FakeServer.start(fault);
    if (ended) own.end();
    try {
      const findings = await lintLive(own.url, seconds);
      if (fault === null && findings.length > 0) console.error(findings);
      return findings.map((f) => f.rule);
    } finally {
      own.stop();
    }
  };

  it('finds nothing on a good server', async () => {
    expect(await run(null, false, 3)).toEqual([]);
  });
  it('finds nothing on a good replay', async () => {
    expect(await run(null, true, 1)).toEqual([]);
  });

  const faults: [Fault, string][] = [
    ['segment-differs', 'segment-bytes'],
    ['hint-not-held', 'hint-held'],
    ['unchanged-playlist', 'held'],
    ['no-cors', 'cors'],
    ['wrong-type', 'content-type'],
    ['kept-playlist', 'cache-control'],
    ['malformed-accepted', 'directive'],
    ['far-ahead-held', 'directive'],
    ['unknown-served', 'unknown'],
    ['token-ignored', 'unknown'],
    ['reports-missing', 'rendition-report'],
    ['no-gzip', 'gzip'],
    ['delta-too-long', 'skip'],
  ];
  it.each(faults)('finds %s by the rule %s', async (fault, rule) => {
    expect(await find(rule, fault)).toContain(rule);
  });
  it('finds directives that are not ignored at the end', async () => {
    expect(await find('ended-directives', 'ended-directives', true)).toContain('ended-directives');
  });
  it('says that nobody answers', async () => {
    const own = await FakeServer.start();
    const { url } = own;
    own.stop();
    expect((await lintLive(url, 1)).map((f) => f.rule)).toEqual(['reachable']);
  });
});
