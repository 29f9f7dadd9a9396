import { describe, expect, it } from 'vitest'
import { originOf } from '@/player/lesson_time'
import { gapEnd, GapPolicy } from '@/player/gap_policy'
import { worthwhile } from '@/player/place'
import { heightsOf, levelForHeight, levelLimit } from '@/player/quality'
import { RecoveryPolicy, type Remedy } from '@/player/recovery'
import { hlsSettings, isWorthRetrying } from '@/player/settings'
import { StallPolicy } from '@/player/stall_policy'
import { StandstillPolicy } from '@/player/standstill_policy'

describe('settings of hls.js', () => {
  const live = hlsSettings({ estimateBps: null, startAt: null, lowLatency: true })

  it('are those that were learned', () => {
    expect(live).toMatchObject({
      lowLatencyMode: true,
      maxLiveSyncPlaybackRate: 1.05,
      abrBandWidthUpFactor: 0.6,
      capLevelToPlayerSize: true,
      backBufferLength: 30,
      startPosition: -1,
    })
  })

  it('leave the hold-back to the server in low latency', () => {
    expect(live).not.toHaveProperty('liveSyncDuration')
    expect(live).not.toHaveProperty('liveSyncDurationCount')
  })

  it('let no stall move the target: the stall policy decides', () => {
    expect(live.liveSyncOnStallIncrease).toBe(0)
  })

  it('stay 6 to 10 s behind without it', () => {
    const { liveSyncDuration } = hlsSettings({ estimateBps: null, startAt: null, lowLatency: false })
    expect(liveSyncDuration).toBeGreaterThanOrEqual(6)
    expect(liveSyncDuration).toBeLessThanOrEqual(10)
  })

  it('take the estimate of the last visit, and a place', () => {
    const settings = hlsSettings({ estimateBps: 300_000, startAt: 12.5, lowLatency: true })
    expect(settings).toMatchObject({ abrEwmaDefaultEstimate: 300_000, startPosition: 12.5 })
    expect(live).not.toHaveProperty('abrEwmaDefaultEstimate')
  })

  it.each(['manifestLoadPolicy', 'playlistLoadPolicy', 'fragLoadPolicy'] as const)(
    '%s outlasts a restart of ten seconds',
    (name) => {
      const retry = live[name]?.default.errorRetry
      let waited = 0
      for (let i = 0; i < (retry?.maxNumRetry ?? 0); i++) {
        waited += Math.min((retry?.retryDelayMs ?? 0) * 2 ** i, retry?.maxRetryDelayMs ?? 0)
      }
      expect(waited).toBeGreaterThan(30_000)
      expect(retry?.maxRetryDelayMs).toBeLessThanOrEqual(4_000)
    },
  )

  it.each([
    [0, true],
    [500, true],
    [503, true],
    [429, true],
    [403, false],
    [404, false],
    [410, false],
  ])('status %i is worth retrying: %s', (status, worth) => {
    expect(isWorthRetrying(status)).toBe(worth)
  })

  it('retries a refused connection, but not for ever', () => {
    const retry = live.fragLoadPolicy?.default.errorRetry
    const refused = { url: '', data: '', code: 0 }
    expect(retry?.shouldRetry?.(retry, 0, false, refused, false)).toBe(true)
    expect(retry?.shouldRetry?.(retry, 24, false, refused, true)).toBe(false)
    expect(retry?.shouldRetry?.(retry, 0, false, { ...refused, code: 403 }, true)).toBe(false)
    expect(retry?.shouldRetry?.(retry, 0, true, undefined, false)).toBe(true)
  })

  it('does not retry a gap: hls.js then takes another rendition', () => {
    const retry = live.fragLoadPolicy?.default.errorRetry
    expect(retry?.shouldRetry?.(retry, 0, false, undefined, false)).toBe(false)
  })

  it('retries a segment that is listed and not there, a few times, and no playlist', () => {
    const missing = { url: '', data: '', code: 404 }
    const segment = live.fragLoadPolicy?.default.errorRetry
    expect([0, 3, 4].map((n) => segment?.shouldRetry?.(segment, n, false, missing, false)))
      .toEqual([true, true, false])
    const playlist = live.playlistLoadPolicy?.default.errorRetry
    expect(playlist?.shouldRetry?.(playlist, 0, false, missing, false)).toBe(false)
  })
})

describe('a rendition with a gap', () => {
  it('is tried again, later each time that it fails', () => {
    const policy = new GapPolicy()
    expect(policy.gap(3, 0)).toBe(10_000)
    expect(policy.gap(3, 4_000)).toBe(null)
    expect(policy.gap(2, 4_000)).toBe(10_000)
    expect(policy.gap(3, 11_000)).toBe(20_000)
    expect(policy.gap(3, 32_000)).toBe(40_000)
  })

  it('is forgiven once it held for a minute, and waited for no longer than needed', () => {
    const policy = new GapPolicy()
    let now = 0
    let longest = 0
    for (let i = 0; i < 10; i++) {
      const delay = policy.gap(0, now) ?? 0
      longest = Math.max(longest, delay)
      now += delay + 1_000
    }
    expect(longest).toBe(160_000)
    expect(policy.gap(0, now + 60_000)).toBe(10_000)
  })
})

describe('stalls', () => {
  it('are too many at two in a minute', () => {
    const policy = new StallPolicy()
    expect(policy.stalled(0)).toBe(false)
    policy.playing(2_000)
    expect(policy.stalled(40_000)).toBe(true)
  })

  it('are not too many when further apart', () => {
    const policy = new StallPolicy()
    for (let now = 0; now < 600_000; now += 61_000) {
      expect(policy.stalled(now)).toBe(false)
      policy.playing(now + 1_000)
    }
  })

  it('right after the start do not count, and an outage that shows as several is one', () => {
    const policy = new StallPolicy()
    const plays = [0, 1_000, 30_000, 31_000]
    const stalls = [500, 20_000, 30_500, 31_500]
    plays.forEach((playing, i) => {
      policy.playing(playing)
      expect(policy.stalled(stalls[i] ?? 0)).toBe(false)
    })
  })

  it('that come again and again after a moment of play are the line', () => {
    const policy = new StallPolicy()
    const left = [...Array(6).keys()].map((i) => {
      policy.playing(i * 2_000)
      return policy.stalled(i * 2_000 + 1_000)
    })
    expect(left).toEqual([false, false, false, false, false, true])
  })

  it('are forgotten after a calm minute, or on demand', () => {
    const policy = new StallPolicy()
    policy.stalled(0)
    expect(policy.isCalm(59_999)).toBe(false)
    expect(policy.isCalm(60_000)).toBe(true)
    policy.stalled(70_000)
    policy.reset()
    expect(policy.isCalm(70_001)).toBe(true)
  })
})

describe('a standstill', () => {
  const here = { position: 5, activity: 7, waits: true, atEnd: false }

  it('is told after ten seconds, and again after ten more', () => {
    const policy = new StandstillPolicy()
    const look = (seconds: number) => policy.stands(here, seconds * 1000)
    expect([0, 4, 9].map(look)).toEqual([false, false, false])
    expect([10, 11, 20].map(look)).toEqual([true, false, true])
  })

  it('is told sooner where there is nothing to wait for', () => {
    const policy = new StandstillPolicy()
    const look = (ms: number) => policy.stands({ ...here, atEnd: true }, ms)
    expect([0, 500, 1000].map(look)).toEqual([false, false, true])
  })

  it.each([
    ['the picture moves', { position: 6 }],
    ['something is fetched', { activity: 8 }],
    ['nobody wants to watch', { waits: false }],
  ])('is none when %s', (_what, change) => {
    const policy = new StandstillPolicy()
    policy.stands(here, 0)
    expect(policy.stands({ ...here, ...change }, 9_000)).toBe(false)
    expect(policy.stands({ ...here, ...change, waits: true }, 18_000)).toBe(false)
  })
})

describe('recovery', () => {
  const actions = (remedies: Remedy[]): string[] => remedies.map((remedy) => remedy.action)

  it('goes on loading after a network error, and asks for addresses every third time', () => {
    const policy = new RecoveryPolicy()
    const remedies = [1, 2, 3, 4].map((now) => policy.fatal('network', 0, now))
    expect(actions(remedies)).toEqual([
      'resume-loading',
      'resume-loading',
      'refresh-address',
      'resume-loading',
    ])
  })

  it.each([401, 403, 404, 410])('asks for addresses at once when they are refused: %i', (status) => {
    expect(new RecoveryPolicy().fatal('network', status, 0).action).toBe('refresh-address')
  })

  it('never gives up on the network, and never waits longer than ten seconds', () => {
    const policy = new RecoveryPolicy()
    for (let i = 0; i < 500; i++) {
      const remedy = policy.fatal('network', 0, i)
      expect(remedy.action).not.toBe('give-up')
      if ('delayMs' in remedy) expect(remedy.delayMs).toBeLessThanOrEqual(10_000)
    }
  })

  it('waits little again once it has played', () => {
    const policy = new RecoveryPolicy()
    for (let i = 0; i < 10; i++) policy.fatal('network', 0, i)
    policy.playing()
    expect(policy.fatal('network', 0, 11)).toEqual({ action: 'resume-loading', delayMs: 500 })
  })

  it('recovers the media, then builds anew, then tells the member', () => {
    const policy = new RecoveryPolicy()
    const remedies = [...Array(7).keys()].map((i) => policy.fatal('media', 0, i))
    expect(actions(remedies)).toEqual([
      'recover-media',
      'recover-media',
      'rebuild',
      'rebuild',
      'rebuild',
      'rebuild',
      'give-up',
    ])
  })

  it('starts over after a minute without media errors', () => {
    const policy = new RecoveryPolicy()
    for (let i = 0; i < 6; i++) policy.fatal('media', 0, i)
    expect(policy.fatal('media', 0, 60_006).action).toBe('recover-media')
  })

  it('builds anew after an error of another kind', () => {
    expect(new RecoveryPolicy().fatal('other', 0, 0).action).toBe('rebuild')
  })
})

describe('quality', () => {
  const LEVELS = [
    { height: 360, bitrate: 350_000 },
    { height: 720, bitrate: 2_500_000 },
    { height: 720, bitrate: 1_500_000 },
    { height: 240, bitrate: 150_000 },
  ]

  it('offers each height once, best first', () => {
    expect(heightsOf(LEVELS)).toEqual([720, 360, 240])
  })

  it.each([[[]], [[{ height: 0, bitrate: 48_000 }]], [[{ height: 360, bitrate: 1 }]]])(
    'offers no choice where there is none',
    (levels) => {
      expect(heightsOf(levels)).toEqual([])
    },
  )

  it.each([
    [240, 3],
    [360, 0],
    [720, 2],
    [1080, -1],
  ])('finds the level for %ip', (height, level) => {
    expect(levelForHeight(LEVELS, height)).toBe(level)
  })
})

describe('lesson time', () => {
  it.each([
    [[{ sn: 0, start: 0 }], 0],
    [[{ sn: 0, start: 0.04 }, { sn: 1, start: 1.96 }], 0.04],
    [[], 0],
    [[null], 0],
    [[{ sn: 0, start: NaN }], 0],
  ])('counts from segment 0: %j', (fragments, origin) => {
    expect(originOf(fragments)).toBe(origin)
  })
})

describe('a place to go on from', () => {
  it.each([
    [120, 600, 120],
    [14, 600, null],
    [590, 600, null],
    [700, 600, null],
    [NaN, 600, null],
    [20, 0, null],
  ])('%d of %d: %s', (position, length, place) => {
    expect(worthwhile(position, length)).toBe(place)
  })
})

describe('the end of a gap', () => {
  const listed = (...gaps: number[]) => Array.from({ length: 6 }, (_, sn) => ({ sn, gap: gaps.includes(sn) }))

  it('is where the rendition is there again', () => {
    expect(gapEnd(listed(2, 3), 2)).toBe(4)
    expect(gapEnd(listed(2, 3), 3)).toBe(4)
    expect(gapEnd([null, ...listed(2, 4)], 2)).toBe(3)
  })

  it('is not known while the gap lasts', () => {
    expect(gapEnd(listed(4, 5), 4)).toBeNull()
    expect(gapEnd([], 4)).toBeNull()
  })
})

describe('saving data', () => {
  const levels = [180, 360, 720].map((height, i) => ({ height, bitrate: i }))
  it.each([
    [0, -1],
    [360, 1],
    [480, 1],
    [100, 0],
  ])('at most %i lines: level %i', (height, level) => expect(levelLimit(levels, height)).toBe(level))
})
