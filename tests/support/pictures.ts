// Pictures of pages, small enough to be kept.
import { rm, stat } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { run } from './process.ts';

const MOST_BYTES = 60_000;
/** Such pages have few; a lecture's picture in them has more, and is made do with fewer. With
 *  16 the page's own would go under in it. */
const COLOURS = [64, 32];

/** A picture of few colours, as many as fit into MOST_BYTES: as WebP, which keeps letters
 *  sharp in half of what a PNG takes. */
export async function palette(from: string, to: string, filter = 'null'): Promise<void> {
  for (const colours of COLOURS) {
    await run('ffmpeg', [
      '-nostdin', '-v', 'error', '-y', '-i', from, '-filter_complex',
      `[0]${filter},split[a][b];[a]palettegen=stats_mode=single:max_colors=${colours}[p];[b][p]paletteuse=dither=none`,
      '-frames:v', '1', '-codec:v', 'libwebp', '-lossless', '1', to,
    ]);
    if ((await stat(to)).size <= MOST_BYTES) break;
  }
  await rm(from);
}

/** What the window shows of `page`, as the file `path`. */
export async function takePicture(page: Page, path: string): Promise<void> {
  await page.screenshot({ path: `${path}.png` });
  await palette(`${path}.png`, path);
}
