// The arrows between folders: a file may include headers of its own folder and of those
// that the table names, nothing else.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** What each folder may include besides itself. A new arrow is a decision: it is drawn
 * in docs/architecture.md first. */
const allowed: Record<string, string[]> = {
  'pipelines/cmaf': [],
  'pipelines/wire': ['pipelines/cmaf'],
  'pipelines/worker': ['pipelines/cmaf', 'pipelines/wire'],
  recordings: ['pipelines/cmaf'],
  'server/base': [],
  'server/access': ['server/base'],
  'server/sheet': ['server/base'],
  'server/store': ['server/base'],
  'server/audit': ['server/base', 'server/store'],
  'server/organisation': ['server/base', 'server/access', 'server/store', 'server/audit'],
  'server/privacy': ['server/base', 'server/store', 'server/audit', 'server/organisation'],
  'server/roster': ['server/base', 'server/sheet', 'server/store', 'server/audit', 'server/organisation'],
  'server/accounts': ['server/base', 'server/access', 'server/store', 'server/audit', 'server/organisation'],
  'server/credit': ['server/base', 'server/store', 'server/audit', 'server/organisation'],
  'server/timetable': ['server/base', 'server/access', 'server/store', 'server/audit', 'server/organisation'],
  'server/conversation': ['server/base', 'server/store', 'server/organisation'],
  'server/reports': [
    'server/base', 'server/access', 'server/sheet', 'server/store', 'server/audit', 'server/organisation',
    'server/credit',
  ],
  'server/classroom': [
    'server/conversation',
    'server/base', 'server/access', 'server/store', 'server/audit', 'server/organisation',
    'server/timetable', 'server/accounts', 'server/credit',
  ],
  'server/rooms': [
    'server/base', 'server/access', 'server/store', 'server/audit', 'server/organisation', 'server/accounts',
    'server/credit', 'server/classroom',
  ],
  'server/ingest': ['server/base'],
  'server/delivery': ['server/base', 'recordings', 'pipelines/cmaf'],
  'server/front': ['server/base', 'server/delivery', 'recordings', 'pipelines/cmaf'],
  'server/supervise': ['server/base', 'pipelines/cmaf', 'pipelines/wire'],
  'server/broadcast': [
    'server/base', 'server/classroom', 'server/store', 'server/ingest', 'server/delivery',
    'server/supervise', 'recordings', 'pipelines/cmaf', 'pipelines/wire',
  ],
  'server/control': [
    'server/base', 'server/access', 'server/sheet', 'server/store', 'server/audit', 'server/privacy', 'server/organisation',
    'server/roster', 'server/timetable',
    'server/accounts', 'server/credit', 'server/classroom', 'server/rooms', 'server/delivery', 'recordings',
    'server/interchange', 'server/outbound', 'server/reports',
  ],
  'server/api': [
    'server/base', 'server/access', 'server/store', 'server/audit', 'server/privacy', 'server/organisation', 'server/accounts',
    'server/credit', 'server/timetable', 'server/reports', 'server/conversation', 'server/classroom',
    'server/rooms', 'server/roster', 'server/sheet', 'server/interchange',
    'server/delivery', 'server/control', 'server/broadcast', 'server/supervise', 'server/ingest',
    'recordings', 'pipelines/cmaf', 'pipelines/wire',
    'server/conversation',
  ],
  'server/gateway': ['server/base'],
  'server/outbound': ['server/base'],
  'server/interchange': ['server/base', 'server/store', 'server/credit', 'server/outbound'],
  'server/tool': [
    'server/base', 'server/sheet', 'server/store', 'server/audit', 'server/accounts', 'server/credit',
    'server/classroom', 'server/delivery', 'server/control', 'recordings', 'server/interchange', 'server/organisation', 'server/reports',
  ],
};

/** These join everything and are used by nobody. */
const joiners = ['server', 'server/daemon'];

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : /\.[ch]$/.test(name) ? [path] : [];
  });
}

const sources = ['server', 'pipelines', 'recordings'].flatMap((folder) => files(join(top, folder)));
const folderOf = (path: string) => relative(top, dirname(path));
const homes = new Map(
  sources.filter((path) => path.endsWith('.h')).map((path) => [basename(path), folderOf(path)]),
);

describe('layers', () => {
  it('every folder with sources is in the table', () => {
    const folders = new Set(sources.map(folderOf));
    for (const joiner of joiners) folders.delete(joiner);
    expect([...folders].filter((folder) => !(folder in allowed))).toEqual([]);
  });

  it('header names are unique, so a bare include means one file', () => {
    const names = sources.filter((path) => path.endsWith('.h')).map((path) => basename(path));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('the table has no cycle', () => {
    const order = Object.keys(allowed);
    for (const [folder, uses] of Object.entries(allowed))
      for (const used of uses) {
        expect(order).toContain(used);
        expect(allowed[used], `${folder} and ${used}`).not.toContain(folder);
      }
  });

  it.each(sources.map((path) => [relative(top, path), path]))('%s', (_, path) => {
    const folder = folderOf(path);
    const text = readFileSync(path, 'utf8');
    for (const [, header] of text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
      expect(header, 'includes are bare names').not.toMatch(/\//);
      const home = homes.get(header!);
      if (home === undefined) continue; // made by the build
      if (joiners.includes(folder)) continue;
      expect([folder, ...(allowed[folder] ?? [])], `"${header}" of ${home}`).toContain(home);
    }
  });
});

describe('forbidden patterns', () => {
  const forbidden: [RegExp, string][] = [
    [/\b(strcpy|strcat|sprintf|gets|alloca)\s*\(/, 'unbounded'],
    [/\bg_main_context_invoke\s*\([^)]/, 'may run in the calling thread; use an AcExecutor'],
    [/\bg_slice_(new|alloc)/, 'plain allocation is as good'],
    [/\b(TODO|FIXME|XXX)\b/, 'unfinished'],
    [/\bgoto\s+(?!out\b|cleanup\b)/, 'only one cleanup label around a foreign API'],
  ];

  it.each(sources.map((path) => [relative(top, path), path]))('%s', (_, path) => {
    const text = readFileSync(path, 'utf8');
    for (const [pattern, why] of forbidden) expect(pattern.exec(text)?.[0], why).toBeUndefined();
  });
});
