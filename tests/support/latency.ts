// Glass to glass, and lip-sync, as a viewer's page sees them.
import type { Page } from 'playwright-core';
import { flash, grid } from './publisher.ts';

export interface Measured {
  /** Age of each shown frame in ms: shown minus drawn by the publisher. */
  ages: number[];
  /** Sound minus picture of each flash, in ms: positive is late sound. */
  lips: number[];
  stalls: number;
}

/** Watches the playing video for `seconds`. Runs in the page. */
export function measure(page: Page, seconds: number): Promise<Measured> {
  return page.evaluate(
    async ({ seconds, grid, flash }) => {
      const video = document.querySelector('video')!;
      const canvas = document.createElement('canvas');
      canvas.width = 320;
      canvas.height = 180;
      const picture = canvas.getContext('2d', { willReadFrequently: true })!;
      const scale = canvas.width / grid.width;
      const ages: number[] = [];
      const seen: number[] = [];
      const heard: number[] = [];
      let stalls = 0;
      const onWaiting = () => (stalls += 1);
      video.addEventListener('waiting', onWaiting);

      let pixels: Uint8ClampedArray;
      const green = (x: number, y: number) =>
        pixels[(Math.floor(y * scale) * canvas.width + Math.floor(x * scale)) * 4 + 1]!;
      let bright = true;
      const onFrame = (now: number, frame: { expectedDisplayTime: number }) => {
        picture.drawImage(video, 0, 0, canvas.width, canvas.height);
        pixels = picture.getImageData(0, 0, canvas.width, canvas.height).data;
        let time = 0;
        for (let bit = 0; bit < grid.columns * grid.rows; bit++) {
          const x = grid.left + (bit % grid.columns) * grid.block + grid.block / 2;
          const y = grid.top + Math.floor(bit / grid.columns) * grid.block + grid.block / 2;
          time = time * 2 + (green(x, y) > 128 ? 1 : 0);
        }
        const shown = frame.expectedDisplayTime;
        const age = performance.timeOrigin + shown - time;
        if (age > 0 && age < 60_000) ages.push(age);
        const brightNow = green(grid.width - 100, grid.height - 100) > 128;
        if (brightNow && !bright) seen.push(shown);
        bright = brightNow;
        video.requestVideoFrameCallback(onFrame);
      };
      video.requestVideoFrameCallback(onFrame);

      // The sound is tapped where the element hands it to the output.
      const audio = new AudioContext({ latencyHint: 'interactive' });
      const stream = (video as unknown as { captureStream(): MediaStream }).captureStream();
      const source = audio.createMediaStreamSource(stream);
      const analyser = audio.createAnalyser();
      analyser.fftSize = 256; // 5 ms
      source.connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      let loud = true;
      let quietSince = 0;
      const listen = setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
        const now = performance.now();
        if (peak > 0.1) {
          if (!loud && now - quietSince > flash.lengthMs) heard.push(now);
          loud = true;
        } else {
          if (loud) quietSince = now;
          loud = false;
        }
      }, 2);

      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      clearInterval(listen);
      video.removeEventListener('waiting', onWaiting);
      await audio.close();
      const lips = seen.flatMap((at) => {
        const nearest = heard.reduce(
          (best, time) => (Math.abs(time - at) < Math.abs(best - at) ? time : best), Infinity);
        return Math.abs(nearest - at) < flash.periodMs / 2 ? [nearest - at] : [];
      });
      return { ages, lips, stalls };
    },
    { seconds, grid, flash },
  );
}

export function percentile(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? NaN;
}
