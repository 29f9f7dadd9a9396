// Every declared state of a page, as all kinds of people see it: nothing is cut or too small
// to hit, no word is of the other language, and axe finds nothing. The suite looks in one
// view, scripts/check-pages in all ten.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from './accessible.ts';
import { launch } from './browser.ts';
import { foreignWords, layoutProblems, scrollProblems } from './pages.ts';
import { nameOf, pagesWithStates, Showing, suiteViewsOf, writtenInCounty } from './states.ts';
import { fakeDevices } from './whip.ts';

/** The browser tells refusals and a line that is cut in its console, as it should. */
const REFUSAL = /status of (401|403|404|409|422|429) |ERR_INTERNET_DISCONNECTED/;

/** Of those pages that `chosen` says. */
export function walkStates(chosen: (page: string) => boolean): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(fakeDevices);
  });
  afterAll(() => browser?.close());

  describe.each(pagesWithStates().filter(([page]) => chosen(page)))('the states of %s', (_, states) => {
    let showing: Showing;
    const written = [...writtenInCounty, ...(states.written ?? [])];

    beforeAll(async () => {
      showing = await Showing.start(states);
    }, 150_000);
    afterAll(() => showing?.dispose());

    it.each(suiteViewsOf(states).map((view) => [nameOf(view), view] as const))('%s', async (_, view) => {
      const found: Record<string, string[]> = {};
      const errors = await showing.walk(browser, view, async (page, state) => {
        const language = view.language === 'zh-CN' ? 'zh' : 'en';
        const problems = [
          ...(await layoutProblems(page, view.largeType === null ? undefined : 60)),
          ...(states.still === true ? await scrollProblems(page) : []),
          ...(await foreignWords(page, language, written)).map((text) => `in the other language: ${text}`),
          ...(await accessibilityProblems(page)),
        ];
        if (problems.length > 0) found[state] = problems;
      });
      expect(found).toEqual({});
      expect(errors.filter((error) => !REFUSAL.test(error))).toEqual([]);
    }, 600_000);
  });
}
