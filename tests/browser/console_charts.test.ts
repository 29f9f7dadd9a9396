// The charts of the console are drawn, and what they draw is what the API tells: those who do
// not see them read it beside them.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putToWork, towns, type AtWork } from '../support/at_work.ts';
import { launch } from '../support/browser.ts';
import { as, branchNames, makeCounty, people, type County } from '../support/county.ts';
import { screens, type Screen } from '../support/pages.ts';
import { asking, type Ask } from '../support/records.ts';
import { Server } from '../support/server.ts';

const MINUTE_MS = 60_000;

let server: Server;
let browser: Browser;
let county: County;
let work: AtWork;
let chief: Ask;
beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  county = await makeCounty(server);
  work = await putToWork(server, county);
  chief = await asking(server, people.administrator.number);
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

/** The lengths of what is drawn in the first colour, row by row: of bars that lie, one each. */
function drawn(page: Page): Promise<number[]> {
  return page.getByTestId('chart').locator('canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const colour = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    const lengths: number[] = [];
    let before = 0;
    for (let y = 0; y < height; y++) {
      let length = 0;
      for (let at = 4 * y * width; at < 4 * (y + 1) * width; at += 4)
        if (data[at] === r && data[at + 1] === g && data[at + 2] === b) length += 1;
      if (length > 0 && before === 0) lengths.push(0);
      if (length > 0) lengths.push(Math.max(lengths.pop()!, length));
      before = length;
    }
    return lengths;
  });
}

const sizes = Object.keys(screens) as Screen[];

describe('the live overview', () => {
  it.each(['zh-CN', 'en-GB'] as const)('draws who watches, minute by minute (%s)', async (language) => {
    // The three may have told of two minutes, if a minute ended between them.
    const { minutes } = await chief<{ minutes: { at: string; reports: number }[] }>('GET', `/lessons/${work.live}/quality`);
    const reports = minutes.map((minute) => minute.reports);
    expect(reports.reduce((sum, more) => sum + more, 0)).toBe(3);
    const context = await as('administrator', browser, server, 'desktop', language);
    const page = await context.newPage();
    // What players tell of the minute that runs is not complete: this clock is one ahead.
    await page.clock.setFixedTime(Date.parse(minutes.at(-1)!.at) + MINUTE_MS);
    await page.goto('/console');
    await page.getByTestId('chart').locator('canvas').waitFor();
    await expect.poll(async () => Math.max(0, ...(await drawn(page)))).toBeGreaterThan(0);
    const told = await page.locator('#audience-heading ~ dl dd').allTextContents();
    expect(told.map((text) => Number(/\d+/.exec(text)![0]))).toEqual([reports.at(-1), Math.max(...reports)]);
    await context.close();
  });
});

describe('the progress of a year', () => {
  interface Report { columns: { key: string }[]; rows: (string | number | null)[][] }

  it.each(sizes.flatMap((screen) => (['zh-CN', 'en-GB'] as const).map((language) => [screen, language] as const)))(
    'is drawn as long as it is (%s, %s)', async (screen, language) => {
      const context = await as('administrator', browser, server, screen, language);
      const page = await context.newPage();
      await page.goto('/console/progress');
      await page.getByTestId('report-shown').waitFor();
      const { columns, rows } = await chief<Report>('GET', `/reports/progress?branch=${county.branches.county}`);
      const [name, rate] = ['branch', 'fulfilled'].map((key) => columns.findIndex((column) => column.key === key)) as [number, number];
      const parts = rows.map((row) => Number(row[rate]) / 1000);
      expect(rows.map((row) => row[name])).toEqual([branchNames.county, branchNames.town, ...towns.map((town) => town.name)]);
      expect(parts).toEqual([0, 0, ...towns.map(({ hours }) => Math.round((hours / 32) * 1000) / 1000)]);
      const bars = parts.filter((part) => part > 0);
      await expect.poll(async () => (await drawn(page)).length).toBe(bars.length);
      const lengths = await drawn(page);
      const whole = Math.max(...lengths) / Math.max(...bars);
      // To the pixel, for its edges.
      for (const [at, part] of bars.entries()) expect(Math.abs(lengths[at]! - part * whole)).toBeLessThan(2);
      // And told: in thousandths as percent.
      const shown = page.getByTestId('report-shown').locator('tbody tr, .card');
      for (const [at, part] of parts.entries()) {
        const text = await shown.filter({ hasText: String(rows[at]![name]) }).textContent();
        expect(text).toContain(`${(part * 100).toFixed(1)}%`);
      }
      await context.close();
    });
});
