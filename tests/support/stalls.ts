// For how long the picture of a page stands.
import type { Page } from 'playwright-core';

interface StallLog {
  longestMs: number;
}

/** Begins to look, anew when it did already. */
export const watchStalls = (page: Page): Promise<void> => page.evaluate(() => {
  const video = document.querySelector('video')!;
  const log: StallLog = { longestMs: 0 };
  let at = video.currentTime;
  let since = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (video.currentTime !== at) since = now;
    at = video.currentTime;
    log.longestMs = Math.max(log.longestMs, now - since);
  }, 50);
  (window as unknown as { stallLog: StallLog }).stallLog = log;
});

export const longestStall = (page: Page): Promise<number> =>
  page.evaluate(() => (window as unknown as { stallLog: StallLog }).stallLog.longestMs);
