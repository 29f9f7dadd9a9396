// Why a value is refused: the words of server/base/reason.h are those of docs/api.yaml, each
// is given somewhere, and the pages have a text for each in both languages.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { top } from '../support/top.ts';

const read = (file: string): string => readFileSync(join(top, file), 'utf8');
const defined = new Map(
  [...read('server/base/reason.h').matchAll(/^#define (AC_REASON_\w+) "([a-z-]+)"/gm)].map(
    ([, name, word]) => [name!, word!]),
);
const words = [...defined.values()].sort();

/** The keys of `because` in a catalogue. */
const translated = (language: string): string[] => {
  const block = /\n    because: \{\n(.*?)\n    \}/s.exec(read(`web/src/messages/${language}/console.ts`))![1]!;
  return [...block.matchAll(/^ {6}'?([a-z-]+)'?: ['"]\S/gm)].map(([, word]) => word!).sort();
};

describe('reasons', () => {
  it('are words of their own', () => {
    expect(words.length).toBeGreaterThan(30);
    expect(new Set(words).size).toBe(words.length);
  });

  it('are described', () => {
    const api = parse(read('docs/api.yaml')) as { components: { schemas: { Reason: { enum: string[] } } } };
    expect(api.components.schemas.Reason.enum.sort()).toEqual(words);
  });

  it.each(['zh', 'en'])('have a text each: %s', (language) => {
    expect(translated(language)).toEqual(words);
  });

  it('are given', () => {
    const sources = readdirSync(join(top, 'server'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.c'))
      .map((name) => read(join('server', name)))
      .join('\n');
    expect([...defined.keys()].filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
  });
});
