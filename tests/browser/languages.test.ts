// Every address that the pages have, as somebody sees it who may open it, in both
// languages: no word that is shown or read out is of the other one, but what people wrote.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, signedIn } from '../support/browser.ts';
import { branchNames, makeCounty, people, siteName, type Role } from '../support/county.ts';
import { contextFor, foreignWords } from '../support/pages.ts';
import { writtenInCounty } from '../support/states.ts';
import { Server } from '../support/server.ts';
import { top } from '../support/top.ts';

interface Place {
  /** The folder of its page. */
  page: string;
  path: string;
  role: Role;
}

const folder = join(top, 'web/src/pages');
const pages = readdirSync(folder);
const title = '第一讲　乡村振兴与返乡创业';
const masked = writtenInCounty.map((name) => `${name[0]}*${name.slice(2)}`);
const written = [...writtenInCounty, ...masked, ...Object.values(branchNames), siteName, title];

/** Full paths, with those of children behind their parent's; the first role that may. */
function placesOf(page: string, source: string): Place[] {
  let parent = '';
  return [...source.matchAll(/path: '([^']*)'([\s\S]*?)(?=path: '|$)/g)].map(([, own = '', rest = '']) => {
    const path = own.startsWith('/') ? own : `${parent}/${own}`;
    if (own.startsWith('/')) parent = own;
    const role = /roles: \[\s*'(\w+)'/.exec(rest)?.[1];
    return { page, path: path.replaceAll('\\\\', '\\'), role: (role ?? (page === 'console' ? 'administrator' : 'member')) as Role };
  });
}

const places = pages.flatMap((page) => placesOf(page, readFileSync(join(folder, page, 'routes.ts'), 'utf8')));

/** Params of the paths, by the page and the name. */
let values: Record<string, string>;

function addressOf({ page, path }: Place): string {
  return path.replace(/:(\w+)(\((?:[^()]|\([^()]*\))*\))?[?*+]?/g, (_, name: string) => {
    const value = values[`${page}.${name}`] ?? values[name];
    if (value === undefined) throw new Error(`say in this test what stands for :${name} of ${path}`);
    return value;
  });
}

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await Server.start();
  const { site } = await makeCounty(server);
  const { lesson } = await server.addLesson(title);
  const cookie = await server.signIn(people.member.number);
  const answer = await fetch(`${server.addresses.http}/api/v1/reports/transcript`, { headers: { cookie } });
  const { code } = (await answer.json()) as { code: string };
  values = { id: String(lesson), lesson: String(lesson), site: String(site), code, section: '' };
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

it('knows all pages', () => {
  expect(new Set(places.map(({ page }) => page)).size).toBe(pages.length);
});

it.each(['zh-CN', 'en-GB'] as const)('%s', async (language) => {
  const found: Record<string, string[]> = {};
  for (const role of new Set(places.map((place) => place.role))) {
    const context = await signedIn(browser, server, people[role].number, language, contextFor('desktop', language));
    const page = await context.newPage();
    for (const place of places.filter((place) => place.role === role)) {
      const address = addressOf(place);
      await page.goto(address);
      await page.locator('main').filter({ hasText: /\p{L}/u }).waitFor();
      // Nothing that it asked for at first is on its way any more.
      await page.waitForLoadState('networkidle');
      const words = await foreignWords(page, language === 'zh-CN' ? 'zh' : 'en', written);
      if (words.length > 0) found[address] = words;
    }
    await context.close();
  }
  expect(found).toEqual({});
});
