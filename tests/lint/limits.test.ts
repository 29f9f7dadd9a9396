// docs/limits.md says what the code says.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const page = readFileSync(join(top, 'docs/limits.md'), 'utf8');
const rows = [...page.matchAll(/\| `([^`]+)` `([A-Z_]+)` = (\d+) \|$/gm)].map(
  ([, file, name, value]) => [file!, name!, Number(value)] as const,
);

/** The figure of a #define: numbers, and names defined in the same file. */
function valueOf(text: string, name: string): number {
  const definition = new RegExp(`^#define ${name} +(.+)$`, 'm').exec(text)?.[1];
  if (definition === undefined) throw new Error(`${name} is not defined`);
  const sum = definition
    .replace(/\/\*.*/, '')
    .replace(/G_GINT64_CONSTANT/g, '')
    .replace(/\b[A-Z][A-Z_]+\b/g, (other) => String(valueOf(text, other)));
  expect(sum, 'only a sum').toMatch(/^[\d\s()*+<-]+$/);
  return Function(`return ${sum}`)() as number;
}

describe('limits', () => {
  it('has a table', () => expect(rows.length).toBeGreaterThan(40));

  it.each(rows)('%s %s', (file, name, value) => {
    expect(valueOf(readFileSync(join(top, file), 'utf8'), name)).toBe(value);
  });

  it('names files that are there', () => {
    for (const [, file] of page.matchAll(/\| `([^`]+)`(?: `[A-Z_]+` = \d+)? \|$/gm))
      expect(() => readFileSync(join(top, file!))).not.toThrow();
  });
});
