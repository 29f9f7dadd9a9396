// clang-format has the last word on white space.
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

it('every C file is formatted', () => {
  const files = execFileSync('find', ['server', 'pipelines', 'recordings', 'tests',
    '-name', 'node_modules', '-prune', '-o', '-name', '*.[ch]', '-print'], { cwd: top, encoding: 'utf8' })
    .trim().split('\n');
  expect(files.length).toBeGreaterThan(100);
  const check = spawnSync('clang-format', ['--dry-run', '-Werror', ...files], { cwd: top, encoding: 'utf8' });
  const different = new Set([...check.stderr.matchAll(/^([^:\n]+):\d+:\d+: error/gm)].map((match) => match[1]));
  expect([...different], 'mend with: clang-format -i FILE').toEqual([]);
  expect(check.status).toBe(0);
});
