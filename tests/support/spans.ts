// Stretches of lesson time, ms, from..to.
export type Span = readonly [number, number];

/** What they cover, each moment once. */
export function covered(spans: readonly Span[]): number {
  let until = -Infinity;
  let sum = 0;
  for (const [from, to] of [...spans].sort(([one], [other]) => one - other)) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
}

/** What `spans` cover outside of `gaps`. */
export function coveredWithout(spans: readonly Span[], gaps: readonly Span[]): number {
  return covered([...spans, ...gaps]) - covered(gaps);
}

export function clipped(spans: readonly Span[], [from, to]: Span): Span[] {
  return spans.map(([begin, end]): Span => [Math.max(begin, from), Math.min(end, to)]).filter(([begin, end]) => end > begin);
}
