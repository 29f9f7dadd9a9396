// What tests of the pages do and look at, in words of a member.
import { expect } from 'vitest';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { password } from './server.ts';

/** The four screens that every page must suit. */
export const screens = {
  phone: { width: 360, height: 740 },
  tablet: { width: 768, height: 1024 },
  desktop: { width: 1366, height: 768 },
  hall: { width: 1920, height: 1080 },
};
export type Screen = keyof typeof screens;

export function contextFor(screen: Screen, language: string) {
  const touch = screen === 'phone' || screen === 'tablet';
  return { viewport: screens[screen], locale: language, hasTouch: touch, isMobile: touch };
}

/** Everything that no page may do: errors in the console, exceptions, violations of the
 *  content policy, requests to another host. Grows while the pages of `context` live. */
export async function watch(context: BrowserContext, origin: string): Promise<string[]> {
  const host = new URL(origin).host;
  const problems: string[] = [];
  const look = (url: string) => {
    if (/^(blob|data|about):/.test(url)) return;
    if (new URL(url).host !== host) problems.push(`a request to ${url}`);
  };
  await context.exposeFunction('airclassViolation', (text: string) => void problems.push(text));
  await context.addInitScript(() =>
    addEventListener('securitypolicyviolation', (event) =>
      (window as unknown as { airclassViolation(text: string): void }).airclassViolation(
        `${event.effectiveDirective} forbids ${event.blockedURI}`)));
  context.on('weberror', (error) => problems.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  context.on('request', (request) => look(request.url()));
  context.on('page', (page) => page.on('websocket', (socket) => look(socket.url())));
  return problems;
}

/** Has the browser want a tap before it plays with sound, as a phone does. Chromium does so by
 *  itself, but takes every look of Playwright's into the page for a tap. */
export async function insistOnTaps(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    let tapped = false;
    for (const name of ['pointerdown', 'keydown'])
      addEventListener(name, (event) => (tapped ||= event.isTrusted), { capture: true });
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      return tapped || this.muted ? play.call(this) : Promise.reject(new DOMException('no tap', 'NotAllowedError'));
    };
  });
}

export async function fillSignIn(page: Page, number: string, word = password): Promise<void> {
  await page.getByTestId('number').fill(number);
  await page.getByTestId('password').fill(word);
  await page.getByTestId('submit').click();
}

/** Without what only says where a line may not be broken. */
export function plain(text: string | null): string {
  return (text ?? '').replaceAll('\u00a0', ' ').replaceAll('\u2060', '');
}

export interface Shown {
  /** Lesson time, s. */
  at: number;
  paused: boolean;
  rate: number;
  /** Of the picture; 0 without one. */
  height: number;
  stalls: number;
  latency: number | null;
}

export function shown(page: Page): Promise<Shown> {
  return page.evaluate(() => {
    const video = document.querySelector('video')!;
    const probe = (window as unknown as {
      __airclass: { lessonTime(): number; stalls: number; latency(): number | null };
    }).__airclass;
    return {
      at: probe.lessonTime(),
      paused: video.paused,
      rate: video.playbackRate,
      height: video.videoHeight,
      stalls: probe.stalls,
      latency: probe.latency(),
    };
  });
}

/** How often the player was made anew because it had lost its way. */
export function rebuilds(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { __airclass: { rebuilds: number } }).__airclass.rebuilds);
}

/** What the player is at, for the text of a failure. */
function playerState(page: Page): Promise<unknown> {
  return page.evaluate(() => {
    interface Fragment { sn: number; start: number; duration: number; gap?: boolean; stats: { aborted: boolean } }
    interface Level { height: number; loadError: number; details?: { live: boolean; edge: number; fragments: Fragment[] } }
    const video = document.querySelector('video')!;
    const probe = window as unknown as { __airclass: { lessonTime(): number; hls: {
      levels: Level[]; currentLevel: number; nextLoadLevel: number; autoLevelEnabled: boolean;
      streamController: { state: string; fragCurrent: Fragment | null };
      audioStreamController: { state: string; fragCurrent: Fragment | null } | undefined;
    } | null } };
    const { hls, lessonTime } = { hls: probe.__airclass.hls, lessonTime: probe.__airclass.lessonTime() };
    const ranges = ({ length, start, end }: { length: number; start(i: number): number; end(i: number): number }, all: TimeRanges) =>
      Array.from({ length }, (_, i) => `${start.call(all, i).toFixed(3)}-${end.call(all, i).toFixed(3)}`);
    const at = (frag: Fragment | null | undefined) => frag == null ? null : `${frag.sn} at ${frag.start.toFixed(3)}`;
    const media = (hls as unknown as { bufferController: { tracks: Record<string, { buffer: SourceBuffer } | undefined> } } | null)
      ?.bufferController?.tracks ?? {};
    return {
      lessonTime, currentTime: video.currentTime, paused: video.paused, seeking: video.seeking, ended: video.ended,
      readyState: video.readyState, error: video.error?.message, buffered: ranges(video.buffered, video.buffered),
      tracks: Object.entries(media).map(([name, track]) => {
        const all = track!.buffer.buffered;
        return `${name}: ${ranges(all, all).join(' ')}${track!.buffer.updating ? ' (updating)' : ''}`;
      }),
      level: hls?.currentLevel, next: hls?.nextLoadLevel, auto: hls?.autoLevelEnabled,
      picture: hls && [hls.streamController.state, at(hls.streamController.fragCurrent)],
      sound: hls && [hls.audioStreamController?.state, at(hls.audioStreamController?.fragCurrent)],
      levels: hls?.levels.map((level) => ({
        height: level.height, errors: level.loadError, live: level.details?.live, edge: level.details?.edge,
        gaps: level.details?.fragments.filter((frag) => frag?.gap).map((frag) => frag.sn),
        first: level.details?.fragments.slice(0, 3).map(at),
      })),
    };
  });
}

/** Resolves once the lesson plays between `from` and `to` seconds of lesson time. */
export async function playsAt(page: Page, from: number, to: number): Promise<void> {
  const plays = page.waitForFunction(
    ([from, to]) => {
      const video = document.querySelector('video')!;
      const at = (window as unknown as { __airclass: { lessonTime(): number } }).__airclass.lessonTime();
      return !video.paused && !video.seeking && video.readyState >= 3 && at >= from! && at <= to!;
    },
    [from, to], { timeout: 25_000 });
  await plays.catch(async (error: unknown) => {
    const state = JSON.stringify(await playerState(page), null, 1);
    throw new Error(`does not play between ${from} and ${to} s of the lesson: ${state}`, { cause: error });
  });
}

/** Resolves once another `seconds` of lesson have been played from where it is now. */
export async function playsOn(page: Page, seconds = 1): Promise<void> {
  const { at } = await shown(page);
  await playsAt(page, at + seconds, at + seconds + 60);
}

/** Shows the controls, which hide while nobody moves. */
export async function wake(page: Page): Promise<void> {
  const box = (await page.getByTestId('player').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  await page.mouse.move(box.x + box.width / 2 + 9, box.y + 48);
  await page.waitForFunction(() => {
    const bar = document.querySelector('[data-test=player] .controls');
    return bar === null || getComputedStyle(bar).opacity === '1';
  });
}

/** Clicks a control over the picture. */
export async function press(page: Page, control: string): Promise<void> {
  await wake(page);
  await page.getByTestId(control).click();
}

export async function choose(page: Page, menu: 'quality' | 'speed', choice: string | RegExp): Promise<void> {
  await wake(page);
  await page.getByTestId(menu).getByRole('button').click();
  await page.getByRole('menuitemradio', { name: choice }).click();
}

/** As the menu names it. The automatic one names its own, too. */
export function lines(height: number): RegExp {
  return new RegExp(`^(?!自动).*（${height}p）$`);
}

/** Clicks the seek bar at `share` of its length, 0 to 1. */
export async function seekTo(page: Page, share: number): Promise<void> {
  await wake(page);
  const box = (await page.getByTestId('seek').boundingBox())!;
  const thumb = 20; // its middle moves between half its width from either end
  await page.mouse.click(box.x + thumb / 2 + (box.width - thumb) * share, box.y + box.height / 2);
}

/** Presses Tab until `target` has the focus, which must be seen wherever it goes. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let i = 0; i < 40; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
    const unseen = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      // A hidden control's ring is around its label.
      const rings = [element, element.closest('label') ?? element];
      const seen = rings.some((ring) => getComputedStyle(ring).outlineStyle !== 'none' && !ring.matches('.unseen'));
      return seen ? null : element.outerHTML.slice(0, 120);
    });
    expect(unseen, 'an element without a focus ring').toBeNull();
  }
  throw new Error(`Tab does not reach ${String(target)}`);
}

/** Words of the other language that the page shows or reads out. `names`: texts that
 *  people wrote, which stay as they are. */
export function foreignWords(page: Page, language: 'zh' | 'en', written: string[]): Promise<string[]> {
  // A Chinese title stands there phrase by phrase.
  const phrases = written.flatMap((text) => text.split(/(?<=[，；：。！？])|\s/)).filter((part) => /[\u2e80-\u9fff]/.test(part));
  // The longest first: what was written may name something that is written, too.
  const names = [...written, ...phrases].sort((a, b) => b.length - a.length);
  return page.evaluate(
    ({ language, names }) => {
      const foreign = language === 'zh' ? /[A-Za-z]{2,}/ : /[\u2e80-\u9fff\uff00-\uffef]/;
      const texts = [document.title];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const element = node as HTMLElement;
        // The switch names the other language in the other language; an address is of none.
        if (element.closest('[data-test=language], code, script, style, noscript') !== null) continue;
        for (const name of ['aria-label', 'aria-valuetext', 'title', 'alt', 'placeholder'])
          texts.push(element.getAttribute(name) ?? '');
        for (const child of element.childNodes)
          if (child.nodeType === Node.TEXT_NODE) texts.push(child.textContent ?? '');
      }
      return texts
        .map((text) => names.reduce((rest, name) => rest.replaceAll(name, ''), text).trim())
        // Of no language: an address, a hash, a size's unit, the name of a product or a way.
        .map((text) => text.replace(/\bhttps?:\/\/[\w.:\/-]+|\b[0-9a-f]{64}\b|\b\d+ ([kMGT]B|kbit\/s)\b|\b(Windows|Linux|Edge|Excel|CSV|PDF|https)\b/g, ''))
        .filter((text) => foreign.test(text));
    },
    { language, names });
}

/** Where there is more than is seen: of a page that hangs on a wall nothing may scroll. */
export function scrollProblems(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll<HTMLElement>('body *')]
      .filter((box) => box === document.documentElement || /auto|scroll/.test(getComputedStyle(box).overflowY))
      .filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 1)
      .map((box) => `${box.tagName} .${box.className} is ${box.scrollHeight} high of ${box.clientHeight}`));
}

/** What does not fit: text that is cut, outside the screen or across a picture's edge, a number
 *  in another line than what it counts, a page that is too wide, an icon parted from its text,
 *  targets smaller than a finger (in pixels), under something else or with words that run into
 *  those of the next, and what goes on unseen without a sign of it. */
export function layoutProblems(page: Page, finger = 44): Promise<string[]> {
  return page.evaluate((FINGER) => {
    const SLACK = 1;
    const HAIR = 0.1; // what is lost where sizes in pt and px meet
    const COUNTED = /\d[\u2060\u00a0 ]*(年|月|日|天|小\u2060?时|分(\u2060?钟)?|秒|学\u2060?时|人|条)/g;
    const problems: string[] = [];
    const root = document.documentElement;
    const width = root.clientWidth;
    if (root.scrollWidth > width) problems.push(`the page is ${root.scrollWidth} wide of ${width}`);

    const hidden = (element: Element) =>
      element.closest('.unseen, .skip-link') !== null ||
      !element.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true });
    const name = (element: Element) =>
      (element.textContent?.trim() || element.getAttribute('aria-label') || element.outerHTML).slice(0, 50);

    // Under a dialog nothing can be hit, nor need be; it lies over what it lies over.
    const dialogs = document.querySelectorAll('dialog[open]');
    const within = dialogs[dialogs.length - 1] ?? document;
    // A picture keeps its shape within its element.
    const pictures = [...within.querySelectorAll('video')].filter((video) => video.videoWidth > 0 && !hidden(video)).map((video) => {
      const around = video.getBoundingClientRect();
      const scale = Math.min(around.width / video.videoWidth, around.height / video.videoHeight);
      const [wide, high] = [video.videoWidth * scale, video.videoHeight * scale];
      return new DOMRect(around.left + (around.width - wide) / 2, around.top + (around.height - high) / 2, wide, high);
    });
    const isAcross = (rect: DOMRect, text: Element, picture: DOMRect) => {
      const [left, right] = [Math.max(rect.left, picture.left), Math.min(rect.right, picture.right)];
      const [top, bottom] = [Math.max(rect.top, picture.top), Math.min(rect.bottom, picture.bottom)];
      if (right - left < SLACK || bottom - top < SLACK) return false;
      const inside = right - left > rect.width - SLACK && bottom - top > rect.height - SLACK;
      const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return !inside && (text.contains(seen) || seen?.contains(text) === true);
    };
    for (const icon of document.querySelectorAll('svg.icon')) {
      const text = icon.nextSibling;
      if (text?.nodeType !== Node.TEXT_NODE || text.textContent!.trim() === '' || hidden(icon)) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const below = range.getClientRects()[0]!.top >= icon.getBoundingClientRect().bottom - SLACK;
      if (below && getComputedStyle(icon.parentElement!).flexDirection !== 'column')
        problems.push(`an icon stands alone above "${text.textContent!.trim()}"`);
    }

    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement!;
      // A report's table is as wide as on paper.
      if (node.textContent!.trim() === '' || hidden(parent) || parent.closest('[data-sideways] table') !== null) continue;
      const range = document.createRange();
      for (const { 0: text, index } of node.textContent!.matchAll(COUNTED)) {
        range.setStart(node, index);
        range.setEnd(node, index + text.length);
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1)
          problems.push(`"${text}" is in two lines`);
      }
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        if (rect.left < -SLACK || rect.right > width + SLACK)
          problems.push(`"${name(parent)}" is off the screen`);
        if (pictures.some((picture) => isAcross(rect, parent, picture)))
          problems.push(`"${name(parent)}" lies across the picture's edge`);
        let scrolled = false; // what is above or below in a box that scrolls is not lost
        for (let box: Element | null = parent; box !== null && box !== root; box = box.parentElement) {
          const { overflow, overflowY, position } = getComputedStyle(box);
          if (position === 'fixed') break; // it is laid out on the screen
          if (overflow === 'visible') continue;
          scrolled ||= overflowY === 'auto' || overflowY === 'scroll';
          const around = box.getBoundingClientRect();
          if (rect.left < around.left - SLACK || rect.right > around.right + SLACK ||
              (!scrolled && (rect.top < around.top - 4 || rect.bottom > around.bottom + 4)))
            problems.push(`"${name(parent)}" is cut`);
        }
      }
    }
    // What runs on sideways, or under a bar (of a ground of its own) that stays, would be taken for cut.
    for (const box of document.querySelectorAll('*')) {
      const { overflowX, position, bottom, backgroundAttachment, backgroundColor, borderTopWidth, boxShadow } = getComputedStyle(box);
      const sideways = /auto|scroll/.test(overflowX) && box.scrollWidth > box.clientWidth + SLACK;
      if (sideways && !backgroundAttachment.includes('local')) problems.push(`"${name(box)}" runs on sideways and does not show it`);
      const edge = backgroundColor === 'rgba(0, 0, 0, 0)' || borderTopWidth !== '0px' || boxShadow !== 'none';
      if (position === 'sticky' && bottom !== 'auto' && !edge)
        problems.push(`"${name(box)}" stays over what is scrolled and has no edge`);
    }
    /* It is scrolled out of the box that it is in, or to under what stays in sight. */
    const away = (target: Element, y: number, top: Element | null) => {
      for (let box = target.parentElement; box !== null && box !== root; box = box.parentElement) {
        const { top: from, bottom } = box.getBoundingClientRect();
        if (/auto|scroll/.test(getComputedStyle(box).overflowY) && (y < from || y > bottom)) return true;
      }
      for (let box = top; box !== null; box = box.parentElement)
        if (getComputedStyle(box).position === 'sticky') return true;
      return false;
    };
    /* A note lies over it that stays until it is put away, and that it cannot be scrolled clear of. */
    const isCovered = (target: Element, note: Element) => {
      if (root.dataset.type !== 'large') return false;
      const box = target.closest('dialog') ?? root;
      const more = box.scrollHeight - box.clientHeight - box.scrollTop;
      return target.getBoundingClientRect().bottom - more > note.parentElement!.getBoundingClientRect().top + SLACK;
    };
    // A choice is hit by its label.
    const targets = 'button, a, select, input:not(.unseen):not(label input), label:has(input)';
    for (const target of within.querySelectorAll(targets)) {
      if (hidden(target) || (target as HTMLButtonElement).disabled) continue;
      const box = target.getBoundingClientRect();
      const slider = target.matches('[type=range]');
      if (box.height < (slider ? 36 : FINGER) - HAIR || box.width < FINGER - HAIR)
        problems.push(`"${name(target)}" is ${Math.round(box.width)} x ${Math.round(box.height)}`);
      // Its middle and near each side: it may lie under something in part.
      for (const [right, down] of [[0.5, 0.5], [0.5, 0.15], [0.5, 0.85], [0.15, 0.5], [0.85, 0.5]] as const) {
        const x = box.left + box.width * right;
        const y = box.top + box.height * down;
        if (x < 0 || y < 0 || x > width || y > innerHeight) continue;
        const top = document.elementFromPoint(x, y);
        const note = top?.closest('[data-test=toast]') ?? null;
        if (away(target, y, note === null ? top : null)) continue;
        const passes = note === null ? top?.closest('[role=menu]') != null : !isCovered(target, note);
        // A button may stand in a field, which leaves room for it.
        if (target.matches('input') && top?.closest('button')?.parentElement === target.parentElement) continue;
        if (top !== null && !target.contains(top) && !top.contains(target) && !passes)
          problems.push(`"${name(target)}" lies under "${name(top)}"`);
      }
    }
    const targetsInOrder = [...within.querySelectorAll('button, a')].filter((target) => !hidden(target));
    const inked = targetsInOrder.map((target) => {
      const range = document.createRange();
      range.selectNodeContents(target);
      return range.getBoundingClientRect();
    });
    targetsInOrder.slice(1).forEach((target, at) => {
      const [one, next] = [inked[at]!, inked[at + 1]!];
      const gap = next.left - one.right;
      if (next.top < one.bottom && one.top < next.bottom && gap > -SLACK && gap < parseFloat(getComputedStyle(target).fontSize) * 0.3)
        problems.push(`"${name(targetsInOrder[at]!)}" runs into "${name(target)}"`);
    });
    return [...new Set(problems)];
  }, finger);
}
