// Pictures of pages, small enough to be kept.
import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { run } from './process.ts';

/** A picture of at most 256 colours, which is what such pages have. */
export async function palette(from: string, to: string, filter = 'null'): Promise<void> {
  await run('ffmpeg', [
    '-nostdin', '-v', 'error', '-y', '-i', from, '-filter_complex',
    `[0]${filter},split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=dither=none`,
    '-frames:v', '1', '-pred', 'mixed', '-compression_level', '9', to,
  ]);
  await rm(from);
}

/** What the window shows of `page`, as the file `path`. */
export async function takePicture(page: Page, path: string): Promise<void> {
  await page.screenshot({ path: `${path}.full.png` });
  await palette(`${path}.full.png`, path);
}
