import { expect, it } from 'vitest'
import { CALM_LATENCY_S } from '@/player/settings'
import type { PlayerState } from '@/player/player'
import { hasFallenBehind } from '@/pages/screen/stay_live'

const playing = { phase: 'playing', live: true, edge: 500, position: 200 } as PlayerState

it.each([
  ['five minutes without a line', {}, true],
  ['a weak line that is calm on purpose', { position: 500 - CALM_LATENCY_S - 2 }, false],
  ['a picture that still stands', { phase: 'buffering' }, false],
  ['the lesson is over: the rest is shown', { live: false }, false],
] as const)('%s', (_, difference, behind) => {
  expect(hasFallenBehind({ ...playing, ...difference })).toBe(behind)
})
