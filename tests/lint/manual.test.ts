// The manual shows only pictures that are there, and leads only to parts that it has.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { top } from '../support/top.ts';

const docs = join(top, 'docs');
const manual = readFileSync(join(docs, 'manual.md'), 'utf8');
const named = (pattern: RegExp) => [...manual.matchAll(pattern)].map(([, name]) => name!);

it('has all its pictures', () => {
  const pictures = named(/!\[[^\]]+\]\(([^)]+)\)/g);
  expect(pictures.length).toBeGreaterThan(0);
  expect(pictures.filter((name) => !existsSync(join(docs, name)))).toEqual([]);
});

it('has all its parts', () => {
  const parts = named(/^## (.+)$/gm).map((head) => head.replace(/[：，、]/g, ''));
  expect(named(/\]\(#([^)]+)\)/g)).toEqual(parts);
});
