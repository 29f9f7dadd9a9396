// What a browser calls itself, as people call it. Only for showing: it may say anything.

export type System = 'android' | 'iphone' | 'ipad' | 'windows' | 'mac' | 'linux' | 'other'
export type Program = 'wechat' | 'edge' | 'firefox' | 'chrome' | 'safari' | 'other'

const SYSTEMS: [System, RegExp][] = [
  ['iphone', /iPhone/],
  ['ipad', /iPad/],
  ['android', /Android/],
  ['windows', /Windows/],
  ['mac', /Macintosh/],
  ['linux', /Linux/],
]

/** Of those that a text names, the first is meant: all of them also name others. */
const PROGRAMS: [Program, RegExp][] = [
  ['wechat', /MicroMessenger/],
  ['edge', /Edg\w*\//],
  ['firefox', /Firefox|FxiOS/],
  ['chrome', /Chrom\w*|CriOS/],
  ['safari', /Safari/],
]

export interface Device {
  system: System
  program: Program
}

export function deviceOf(userAgent: string | null): Device {
  const first = <T>(known: [T, RegExp][]): T | undefined =>
    known.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0]
  return { system: first(SYSTEMS) ?? 'other', program: first(PROGRAMS) ?? 'other' }
}
