import { describe, expect, it } from 'vitest'
import type { Phase, PlayerState } from '@/player/player'
import { QualityTally } from '@/player/quality_tally'

const none = { stalls: 0, switches: 0, rebuilds: 0, latency: null }
const state = (phase: Phase, more: Partial<PlayerState> = {}): PlayerState =>
  ({ phase, blocked: false, height: 0, ...more }) as PlayerState

describe('viewing quality', () => {
  it('is the time to the first picture, what played and what stalled', () => {
    const tally = new QualityTally(1_000)
    tally.observe(state('loading'), none, 1_200)
    expect(tally.figures(false)).toBeNull()
    tally.observe(state('playing', { height: 360 }), none, 3_500)
    tally.observe(state('buffering', { height: 360 }), { ...none, stalls: 1 }, 9_500)
    tally.observe(state('playing', { height: 240 }), { ...none, stalls: 1, switches: 1 }, 11_000)
    tally.observe(state('playing', { height: 240 }), { ...none, stalls: 1, switches: 1 }, 12_000)
    expect(tally.figures(false)).toEqual({
      rendition: '240p', start_ms: 2_500, stalls: 1, stall_ms: 1_500, switches: 1, errors: 0, played_ms: 7_000,
    })
  })

  it('is told once, and goes on from there', () => {
    const tally = new QualityTally(0)
    tally.observe(state('playing'), none, 1_000)
    tally.observe(state('playing'), { ...none, switches: 2 }, 5_000)
    const first = tally.figures(true)!
    expect(first.rendition).toBe('audio')
    tally.observe(state('playing'), { ...none, switches: 3 }, 6_000)
    tally.forget(first)
    expect(tally.figures(true)).toEqual({
      rendition: 'audio', stalls: 0, stall_ms: 0, switches: 1, errors: 0, played_ms: 1_000,
    })
  })

  it('leaves the time that a member takes to tap out of the start', () => {
    const tally = new QualityTally(0)
    tally.observe(state('ready', { blocked: true }), none, 500)
    tally.observe(state('buffering', { blocked: false }), none, 60_000)
    tally.observe(state('playing'), none, 60_800)
    tally.observe(state('playing'), none, 61_000)
    expect(tally.figures(false)?.start_ms).toBe(800)
  })

  it('is how far behind the live edge who is at it was last', () => {
    const tally = new QualityTally(0)
    const at = (latency: number) => ({ ...none, latency })
    tally.observe(state('loading', { atLive: true }), at(0), 500)
    tally.observe(state('playing', { atLive: true }), at(2.3456), 1_000)
    tally.observe(state('buffering', { atLive: true }), at(4), 5_000)
    tally.observe(state('playing', { atLive: false }), at(900), 6_000)
    const first = tally.figures(false)!
    expect(first.latency_ms).toBe(2_346)
    tally.forget(first)
    tally.observe(state('playing', { atLive: false }), at(901), 7_000)
    expect(tally.figures(false)).not.toHaveProperty('latency_ms')
    tally.observe(state('playing', { atLive: true }), at(5_000), 8_000)
    expect(tally.figures(false)).toMatchObject({ latency_ms: 600_000 })
  })

  it('does not count a pause', () => {
    const tally = new QualityTally(0)
    tally.observe(state('playing'), none, 0)
    tally.observe(state('paused'), none, 2_000)
    tally.observe(state('playing'), none, 60_000)
    tally.observe(state('playing'), none, 61_000)
    expect(tally.figures(false)?.played_ms).toBe(3_000)
  })

  it('stays within what the server takes', () => {
    const tally = new QualityTally(0)
    tally.observe(state('playing'), none, 0)
    tally.observe(state('playing'), { ...none, stalls: 5_000 }, 3_600_000)
    expect(tally.figures(false)).toMatchObject({ played_ms: 600_000, stalls: 1_000 })
  })
})
