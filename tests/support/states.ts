// The states of a page, declared once: tests/browser/states/NAME.ts. Every state is looked
// at on four screens in both languages, with large type on a phone too (state_walks.ts),
// and pictured for the manual (scripts/screenshots).
import { basename } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { signedIn, type Language } from './browser.ts';
import { makeCounty, people, type County, type Role } from './county.ts';
import { contextFor, screens, watch, type Screen } from './pages.ts';
import { Server } from './server.ts';

/** What a page's states are shown in: a server of their own with a county on it. */
export interface World {
  server: Server;
  county: County;
}

export interface PageStates<Prepared = void> {
  /** Who looks; null: nobody has signed in. */
  role: Role | null;
  /** Of the daemon that it is shown by. */
  options?: string[];
  /** Once, before all: lessons, publishers. What it returns is given to each state. */
  prepare(world: World): Promise<Prepared>;
  /** After all: ends what prepare() began. */
  end?(prepared: Prepared): Promise<void>;
  /** Texts that people wrote, which stay in their language. */
  written?: string[];
  /** In this order, in one tab; the name becomes part of a picture's. Each leads the page
   *  there and resolves when there is nothing left to wait for. */
  states: Record<string, (page: Page, prepared: Prepared) => Promise<void>>;
  /** It is for a desk or a wall. */
  desk?: boolean;
  /** It hangs on a wall, where nobody scrolls. */
  still?: boolean;
  /** Screens that the page is meant for; by default all four. */
  screens?: readonly Screen[];
}

/** Gives the states their types. */
export function pageStates<Prepared>(states: PageStates<Prepared>): PageStates<Prepared> {
  return states;
}

export interface View {
  screen: Screen;
  language: Language;
  /** Large type (长辈版), pt; null: the ordinary look. */
  largeType: number | null;
}

/** The ways in which every state is looked at. */
export function viewsOf(states: PageStates<unknown>): View[] {
  const wanted = states.screens ?? (Object.keys(screens) as Screen[]);
  const languages = ['zh-CN', 'en-GB'] as const;
  const plain = wanted.flatMap((screen) =>
    languages.map((language): View => ({ screen, language, largeType: null })));
  if (!wanted.includes('phone')) return plain;
  return [...plain, ...languages.map((language): View => ({ screen: 'phone', language, largeType: 24 }))];
}

/** The one that the suite has time for: on a phone in Chinese with large type, where there
 *  is least room; of a page for a desk on a desktop in English. `AIRCLASS_VIEWS=all`
 *  (scripts/check-pages) takes them all. */
export function suiteViewsOf(states: PageStates<unknown>): View[] {
  const all = viewsOf(states);
  const few = all.filter(({ screen, language, largeType }) => states.desk === true
    ? screen === 'desktop' && language === 'en-GB' : largeType !== null && language === 'zh-CN');
  return process.env.AIRCLASS_VIEWS === 'all' || few.length === 0 ? all : few;
}

/** Those of them that the manual has pictures of: in Chinese all of them, in English the
 *  phone, or the page's first screen. All of them with `AIRCLASS_VIEWS=all`. */
export function picturedViewsOf(states: PageStates<unknown>): View[] {
  if (process.env.AIRCLASS_VIEWS === 'all') return viewsOf(states);
  const english = states.screens?.[0] ?? 'phone';
  return viewsOf(states).filter(({ screen, language, largeType }) =>
    language === 'zh-CN' || (largeType === null && screen === english));
}

export function nameOf({ screen, language, largeType }: View): string {
  return `${screens[screen].width}-${language.slice(0, 2)}${largeType === null ? '' : '-large'}`;
}

/** One page's states on a server of their own. End it with dispose(). */
export class Showing {
  private constructor(
    readonly server: Server,
    private readonly states: PageStates<unknown>,
    private readonly prepared: unknown,
  ) {}

  static async start(states: PageStates<unknown>): Promise<Showing> {
    const server = await Server.start(...(states.options ?? []));
    const county = await makeCounty(server);
    return new Showing(server, states, await states.prepare({ server, county }));
  }

  /** Walks through all states; `look` is called in each. Returns what no page may do. */
  async walk(
    browser: Browser, view: View, look: (page: Page, state: string) => Promise<void>,
  ): Promise<string[]> {
    const context = await this.#context(browser, view);
    try {
      if (view.largeType !== null)
        await context.addInitScript((pt) => {
          // An empty tab has no storage.
          if (location.protocol !== 'about:') localStorage.setItem('airclass.large-type', String(pt));
        }, view.largeType);
      const errors = await watch(context, this.server.addresses.http);
      const page = await context.newPage();
      for (const [name, lead] of Object.entries(this.states.states)) {
        await lead(page, this.prepared);
        await look(page, name);
      }
      return errors;
    } finally {
      await context.close();
    }
  }

  #context(browser: Browser, { screen, language }: View): Promise<BrowserContext> {
    const options = { ...contextFor(screen, language), baseURL: this.server.addresses.http };
    const { role } = this.states;
    if (role === null) return browser.newContext(options);
    return signedIn(browser, this.server, people[role].number, language, options);
  }

  async dispose(): Promise<void> {
    await this.states.end?.(this.prepared);
    await this.server.dispose();
  }
}

/** All that are declared, by the name of the page. */
export function pagesWithStates(): (readonly [string, PageStates<unknown>])[] {
  const files = import.meta.glob<{ states: PageStates<unknown> }>('../browser/states/*.ts', { eager: true });
  return Object.entries(files).map(([path, { states }]) => [basename(path, '.ts'), states] as const);
}

/** Names that stand in a county, for pages that show them. */
export const writtenInCounty = Object.values(people).map(({ name }) => name);
