// Pictures of every declared state of every page, PAGE-STATE-WIDTH-LANGUAGE.webp; with
// AIRCLASS_PICTURES_OF=PAGE of one page's. scripts/screenshots runs this.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { launch } from '../support/browser.ts';
import { takePicture } from '../support/pictures.ts';
import { nameOf, pagesWithStates, picturedViewsOf, Showing } from '../support/states.ts';
import { fakeDevices } from '../support/whip.ts';

const directory = process.env.AIRCLASS_PICTURES!;
const only = process.env.AIRCLASS_PICTURES_OF;

let browser: Browser;
beforeAll(async () => {
  await mkdir(directory, { recursive: true });
  browser = await launch(fakeDevices);
});
afterAll(() => browser?.close());

describe.each(pagesWithStates().filter(([name]) => only === undefined || only === name))('pictures of %s', (name, states) => {
  let showing: Showing;
  beforeAll(async () => {
    showing = await Showing.start(states);
  }, 150_000);
  afterAll(() => showing?.dispose());

  it.each(picturedViewsOf(states).map((view) => [nameOf(view), view] as const))('%s', async (of, view) => {
    await showing.walk(browser, view, (page, state) =>
      takePicture(page, join(directory, `${name}-${state}-${of}.webp`)));
  }, 600_000);
});
