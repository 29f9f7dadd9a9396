// clang-format has the last word on white space.
import { execFileSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

it('every C file is formatted', () => {
  const files = execFileSync('find', ['server', 'pipelines', 'recordings', 'tests',
    '-name', 'node_modules', '-prune', '-o', '-name', '*.[ch]', '-print'], { cwd: top, encoding: 'utf8' })
    .trim().split('\n');
  expect(files.length).toBeGreaterThan(100);
  const different = files.filter((file) => {
    const formatted = execFileSync('clang-format', [file], { cwd: top, encoding: 'utf8' });
    return formatted !== execFileSync('cat', [file], { cwd: top, encoding: 'utf8' });
  });
  expect(different, 'mend with: clang-format -i FILE').toEqual([]);
}, 120_000);
