import { describe, expect, it } from 'vitest'
import { curve, evened, judge, judgeRecent, remember, type Health } from '@/pages/studio/health_view'
import { dbfsOf, shareOf } from '@/pages/studio/level'
import { checkPoll, emptyDraft, pollOf } from '@/pages/studio/poll_draft'

const GOOD: Health = {
  way_in: 'rtmp', source_alive: true, source_bps: 2_000_000, frames_per_1000s: 25_000, frames_arrived_per_1000s: 25_000,
  keyframe_interval_ms: 2_000, video_codec: 'h264', audio_codec: 'aac', audio_peak_dbfs: -12, audio_rms_dbfs: -24,
  audio_silent_ms: 0, renditions: [{ name: '720p', alive: true }],
}

describe('what the figures of a source mean', () => {
  it('nothing when all is well, and a lost signal before everything', () => {
    expect(judge(GOOD).faults).toEqual([])
    expect(judge(null).faults).toEqual(['noSignal'])
    expect(judge({ ...GOOD, source_alive: false, source_fault: 'it cannot be reached' }).faults).toEqual(['noSignal', 'sourceFault'])
  })

  it.each([
    ['backup', { backup: true }, 'onBackup'],
    ['no sound', { audio_codec: '' }, 'noSound'],
    ['silence', { audio_silent_ms: 12_000 }, 'silent'],
    ['clipping', { audio_peak_dbfs: 0 }, 'tooLoud'],
    ['few frames', { frames_arrived_per_1000s: 15_000 }, 'frames'],
    ['far key frames', { keyframe_interval_ms: 8_000 }, 'keyframes'],
    ['a thin stream', { source_bps: 100_000 }, 'weak'],
    ['a rendition that died', { renditions: [{ name: '720p', alive: false }] }, 'renditionsDown'],
  ] as const)('%s', (_, change, fault) => {
    expect(judge({ ...GOOD, ...change } as Health).faults).toEqual([fault])
  })

  it('leaves the key frames of a browser alone, which has none at an interval', () => {
    expect(judge({ ...GOOD, way_in: 'whip', keyframe_interval_ms: 60_000 }).faults).toEqual([])
  })

  it('draws an hour in at most a point a pixel', () => {
    expect(curve([0, 50, 100], 100, 300, 40)).toBe('0.0,40.0 150.0,20.0 300.0,0.0')
    expect(curve(Array.from({ length: 3_600 }, () => 1), 1, 300, 40).split(' ').length).toBeLessThanOrEqual(300)
    expect(curve([], 1, 300, 40)).toBe('')
  })
})

describe('what is told of a signal from second to second', () => {
  const told = (...changes: Partial<Health>[]): readonly Health[] =>
    changes.reduce((recent: readonly Health[], change) => remember(recent, { ...GOOD, ...change }), [])
  const came = (fps: number): Partial<Health> => ({ frames_arrived_per_1000s: fps * 1000 })
  const thin = { source_bps: 100_000 }
  const loud = { audio_peak_dbfs: 0 }

  it('frames that come in bursts are as many as they are on average', () => {
    const bursts = told(came(18), came(33), came(18), came(33), came(18))
    expect(evened(bursts)?.frames_arrived_per_1000s).toBe(24_000)
    expect(judgeRecent(bursts).faults).toEqual([])
  })

  it('what comes and goes is a fault once it has stood for three seconds', () => {
    expect(judgeRecent(told(thin, thin)).faults).toEqual([])
    expect(judgeRecent(told(thin, thin, thin)).faults).toEqual(['weak'])
    expect(judgeRecent(told({}, {}, {}, loud, loud)).faults).toEqual([])
    expect(judgeRecent(told(loud, loud, loud)).faults).toEqual(['tooLoud'])
    expect(judgeRecent(told(loud, loud, loud, {})).faults).toEqual([])
    expect(judgeRecent(told(...Array.from({ length: 9 }, () => came(15)))).faults).toEqual(['frames'])
  })

  it('what ends a lesson is told at once', () => {
    expect(judgeRecent([]).faults).toEqual(['noSignal'])
    expect(judgeRecent(told({}, { source_alive: false })).faults).toEqual(['noSignal'])
    expect(judgeRecent(told({}, { audio_codec: '' })).faults).toEqual(['noSound'])
  })

  it('the time without a signal is no part of the average after it', () => {
    const back = told({}, { source_alive: false, source_bps: 0 }, {})
    expect(evened(back)?.source_bps).toBe(GOOD.source_bps)
  })
})

describe('how loud it is', () => {
  it('full scale is 0 dBFS, half of it 6 less, nothing at all the bottom', () => {
    expect(dbfsOf(new Float32Array(64).fill(1))).toBe(0)
    expect(dbfsOf(new Float32Array(64).fill(0.5))).toBeCloseTo(-6.02, 1)
    expect(shareOf(dbfsOf(new Float32Array(64)))).toBe(0)
  })
})

describe('a poll that is written', () => {
  const draft = (change: object) => ({
    ...emptyDraft(), text: 'Q', options: [{ text: 'a', right: false }, { text: 'b', right: true }], ...change,
  })

  it('leaves out what is empty and the right answers of what is no quiz', () => {
    const options = [{ text: ' a ', right: false }, { text: '', right: true }, { text: 'b', right: true }]
    expect(pollOf(draft({ options }))).toEqual({
      type: 'poll', text: 'Q', options: ['a', 'b'], multiple: false, quiz: false, shown: true,
    })
    expect(pollOf(draft({ options, quiz: true }))).toMatchObject({ correct: [1] })
  })

  it('says what is missing', () => {
    const both = [{ text: 'a', right: true }, { text: 'b', right: true }]
    expect(checkPoll(draft({}))).toBeNull()
    expect(checkPoll(draft({ text: ' ' }))).toBe('question')
    expect(checkPoll(draft({ options: [{ text: 'a', right: true }, { text: '', right: false }] }))).toBe('options')
    expect(checkPoll(draft({ options: [both[0], both[0]] }))).toBe('same')
    expect(checkPoll(draft({ quiz: true, options: both.map(({ text }) => ({ text, right: false })) }))).toBe('right')
    expect(checkPoll(draft({ quiz: true, options: both }))).toBe('oneRight')
    expect(checkPoll(draft({ quiz: true, multiple: true, options: both }))).toBeNull()
  })
})
