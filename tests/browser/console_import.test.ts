// A county's spreadsheet of 13,092 rows, 40 of them faulty: looked at, mended and imported
// in the browser; then the whole roster as a table.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { launch } from '../support/browser.ts';
import { as, branchNames, makeCounty } from '../support/county.ts';
import { Server } from '../support/server.ts';
import { workbook } from '../support/spreadsheet.ts';

const ROWS = 13_092;
const FAULTY = 40;
/** A title, a heading, and the first row of people is the third. */
const FIRST = 3;
/** Rows that are faulty stand this far apart. */
const APART = 300;

const fullWidth = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
const phone = (at: number) => `139${String(at).padStart(8, '0')}`;
const number = (at: number) => `N${String(at).padStart(6, '0')}`;

type Fault = 'phone' | 'home-from' | 'home';
const faults: Fault[] = ['phone', 'phone', 'home-from', 'home'];
const faultOf = (at: number): Fault | null =>
  at % APART === 0 && at / APART < FAULTY ? faults[(at / APART) % faults.length]! : null;

/** As clerks write them: three styles of dates, blanks within names, full-width digits. */
function rowOf(at: number): string[] {
  const fault = faultOf(at);
  const dates = ['2020-07-01', '2020年7月1日', '2020/7/1'];
  return [
    fullWidth(String(at + 1)),
    at % 3 === 0 ? '王　小 明' : '李四',
    at % 2 === 0 ? number(at) : fullWidth(number(at)),
    fault === 'phone' ? '139000' : at % 5 === 0 ? fullWidth(phone(at)) : phone(at),
    fault === 'home' ? '没有的支部' : at % 7 === 0 ? ` ${branchNames.village} ` : branchNames.town,
    fault === 'home-from' ? '2020-13-45' : dates[at % 3]!,
  ];
}

const headings = ['序号', '姓 名', '人员编号', '手机号码', '所在党支部', '入支部日期'];
const mended: Record<Fault, (at: number) => string> = {
  phone, home: () => branchNames.village, 'home-from': () => '2020.7.1',
};

let server: Server;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  await makeCounty(server);
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

async function send(page: Page): Promise<void> {
  const rows = [headings, ...Array.from({ length: ROWS }, (_, at) => rowOf(at))];
  await page.goto('/console/import');
  await page.getByTestId('import-file').setInputFiles({
    name: '党员名册.xlsx',
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    buffer: workbook({ title: '青河县流动党员名册（２０２６年）', rows }),
  });
  await page.getByTestId('import-send').click();
  await page.getByTestId('import-sums').waitFor({ timeout: 60_000 });
}

describe('a roster of 13,092 rows', () => {
  it('is mended and imported', async () => {
    const context = await as('administrator', browser, server);
    const page = await context.newPage();
    await send(page);
    expect(await page.getByTestId('fate-refused').textContent()).toContain(String(FAULTY));
    await expectAccessible(page);
    for (let n = 0; n < FAULTY; n++) {
      const at = n * APART;
      await page.getByTestId(`mend-${at + FIRST}`).fill(mended[faultOf(at)!](at));
    }
    await page.getByTestId('import-mend').click();
    await page.getByTestId('import-apply').and(page.locator(':enabled')).click({ timeout: 60_000 });
    await page.getByTestId('import-sure').click();
    await page.getByTestId('import-done').waitFor({ timeout: 60_000 });
    expect(await page.getByTestId('import-done').textContent()).toContain(String(ROWS));
    await context.close();
  });

  it('is a table that goes on as one scrolls, and is searched', async () => {
    const context = await as('administrator', browser, server);
    const page = await context.newPage();
    await page.goto('/console/members');
    const total = page.getByTestId('total');
    await total.waitFor();
    expect(Number(/\d+/.exec((await total.textContent())!)![0])).toBeGreaterThan(ROWS);
    const box = page.getByTestId('records').getByRole('region');
    await page.locator('tr[data-row="0"]').waitFor();
    const last = () => box.evaluate((element) =>
      Number([...element.querySelectorAll('tr[data-row]')].at(-1)!.getAttribute('data-row')));
    for (let turn = 0; turn < 6; turn++) {
      const seen = await last();
      await box.evaluate((element) => void (element.scrollTop = element.scrollHeight));
      await expect.poll(last).toBeGreaterThan(seen + 100);
    }
    // However far it goes, only what is seen is drawn.
    expect(await page.locator('tr[data-row]').count()).toBeLessThan(80);
    await expectAccessible(page);
    await page.getByTestId('search').fill(number(4711));
    await page.getByTestId('find').click();
    await expect.poll(() => total.textContent()).toMatch(/\b1\b|共 1 人/);
    await context.close();
  });
});
