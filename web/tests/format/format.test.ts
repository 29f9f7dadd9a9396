import { describe, expect, it } from 'vitest'
import { tidyNumber } from '@/format/number'
import { clock, dateTime, dayInWords, lengthInWords, printedTime, secondsInWords, timeOfDay } from '@/format/time'

describe('clock', () => {
  it.each([
    [0, '0:00'],
    [5.9, '0:05'],
    [65, '1:05'],
    [3599.99, '59:59'],
    [3600, '1:00:00'],
    [36_125, '10:02:05'],
    [-3, '0:00'],
    [NaN, '0:00'],
    [Infinity, '0:00'],
  ])('%d s is %s', (seconds, text) => {
    expect(clock(seconds)).toBe(text)
  })
})

it.each([
  [0, '0 min 00 s'],
  [-5, '0 min 00 s'],
  [65_000, '1 min 05 s'],
  [754_999, '12 min 34 s'],
  [3_600_000, '1 h 00 min 00 s'],
  [36_125_000, '10 h 02 min 05 s'],
])('%d ms to the second are %s', (ms, text) => {
  const unit = { 'unit.hours': 'h', 'unit.minutesAnd': 'min', 'unit.seconds': 's' }
  expect(secondsInWords(ms, (key, n) => `${n} ${unit[key]}`)).toBe(text)
})

it.each([
  [0, '0 min'],
  [1, '<1'],
  [59_999, '<1'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [5_459_000, '1 h 30 min'],
  [-5, '0 min'],
])('%d ms in words is %s', (ms, text) => {
  const say = (key: string, n: number): string =>
    ({ 'unit.hours': `${n} h`, 'unit.minutes': `${n} min` })[key] ?? '<1'
  expect(lengthInWords(ms, say)).toBe(text)
})

describe('dates', () => {
  const now = new Date(2026, 4, 1)
  /** Without what keeps a date in one line. */
  const plain = (text: string): string => text.replaceAll('\u2060', '')

  it('name the year only when it is another', () => {
    const iso = new Date(2026, 2, 5, 9, 7).toISOString()
    expect(plain(dateTime(iso, 'zh', now))).toMatch(/^3月5日.*09:07$/)
    expect(dateTime(iso, 'en', now)).toMatch(/^5 Mar.*09:07$/)
    const older = new Date(2024, 2, 5, 9, 7).toISOString()
    expect(dateTime(older, 'zh', now)).toContain('2024')
  })

  it('are days too, and none is broken', () => {
    expect(plain(dayInWords('2026-03-05', 'zh', true))).toBe('2026年3月5日')
    expect(dayInWords('2026-03-05', 'zh', false)).toBe('3\u2060月\u20605\u2060日')
    expect(dayInWords('2026-03-05', 'en', true)).toBe('5 Mar 2026')
    expect(dayInWords('soon', 'zh', true)).toBe('soon')
  })

  it('give the time of day', () => {
    expect(timeOfDay(new Date(2026, 2, 5, 9, 7).toISOString())).toBe('09:07')
  })

  it('are written as on paper', () => {
    expect(printedTime(new Date(2026, 2, 5, 9, 7).toISOString())).toBe('2026-03-05 09:07')
    expect(printedTime('soon')).toBe('')
  })

  it('are empty when they are none', () => {
    expect(dateTime('soon', 'zh', now)).toBe('')
    expect(timeOfDay('')).toBe('')
  })
})

it.each([
  [' 10001 ', '10001'],
  ['１０００１', '10001'],
  ['100 01\u200b', '10001'],
  ['\ufeffAB－12', 'AB-12'],
  ['', ''],
])('tidies %j', (typed, tidy) => {
  expect(tidyNumber(typed)).toBe(tidy)
})
