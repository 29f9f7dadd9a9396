// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest'
import { measuredBandwidth } from '@/player/bandwidth'

const file = (encodedBodySize: number, ms: number, transferSize = encodedBodySize + 300) =>
  ({ encodedBodySize, transferSize, responseStart: 100, responseEnd: 100 + ms }) as PerformanceResourceTiming

afterEach(() => vi.restoreAllMocks())

it.each([
  ['the last big file', [file(60_000, 100), file(130_000, 4_000)], 260_000],
  ['nothing of small files', [file(2_000, 1)], null],
  ['nothing of what came out of the cache', [file(130_000, 2, 0)], null],
  ['no less than can be played', [file(50_000, 60_000)], 100_000],
  ['no more than is of use', [file(130_000, 1)], 5_000_000],
])('tells %s', (_, files, bps) => {
  vi.spyOn(performance, 'getEntriesByType').mockReturnValue(files)
  expect(measuredBandwidth()).toBe(bps)
})
