import { beforeEach, describe, expect, it } from 'vitest'
import { BeatRecorder, type Stretch } from '@/beats/recorder'

let beats: Stretch[]
let recorder: BeatRecorder

beforeEach(() => {
  beats = []
  recorder = new BeatRecorder((stretch) => beats.push(stretch), { visible: true, mode: 'video' })
})

/** Plays from `fromS` for `forS` seconds of media at `rate`, observed four times a second. */
function play(fromS: number, forS: number, startMs: number, rate = 1): number {
  let now = startMs
  for (let s = 0; s <= forS; s += 0.25 * rate) {
    recorder.observe(fromS + s, now)
    now += 250
  }
  return now - 250
}

function ranges(): [number, number][] {
  return beats.map((beat) => [beat.from_ms, beat.to_ms])
}

describe('a stretch', () => {
  it('is cut every ten seconds, without a hole', () => {
    const now = play(0, 25, 0)
    recorder.stop(25, now)
    expect(ranges()).toEqual([
      [0, 10_000],
      [10_000, 20_000],
      [20_000, 25_000],
    ])
  })

  it('carries whole milliseconds that touch', () => {
    recorder.observe(1.00049, 0)
    recorder.observe(1.3336, 333)
    recorder.setVisible(false)
    recorder.observe(1.6667, 666)
    recorder.stop(1.6667, 700)
    expect(ranges()).toEqual([
      [1000, 1334],
      [1334, 1667],
    ])
  })

  it('includes what was played since the last observation when it stops', () => {
    recorder.observe(5, 0)
    recorder.stop(5.2, 200)
    expect(ranges()).toEqual([[5000, 5200]])
  })

  it('has the state it was played in', () => {
    recorder.observe(0, 0)
    recorder.observe(1, 1000)
    recorder.stop(1, 1000)
    expect(beats[0]).toEqual({
      from_ms: 0,
      to_ms: 1000,
      rate: 1,
      playing: true,
      visible: true,
      mode: 'video',
    })
  })
})

describe('never claims', () => {
  it('media sought over', () => {
    const now = play(0, 3, 0)
    recorder.jump()
    recorder.observe(600, now + 100)
    recorder.observe(601, now + 1100)
    recorder.stop(601, now + 1100)
    expect(ranges()).toEqual([
      [0, 3000],
      [600_000, 601_000],
    ])
  })

  it.each([
    ['a jump ahead that nobody told of', 60],
    ['a jump back', 1],
    ['a gap skipped by the player', 5],
  ])('%s', (_name, to) => {
    const now = play(0, 3, 0)
    recorder.observe(to, now + 250)
    recorder.stop(to, now + 250)
    expect(ranges()).toEqual([[0, 3000]])
  })

  it('faster than the clock', () => {
    recorder.observe(0, 0)
    recorder.observe(10, 1000)
    recorder.stop(10, 1000)
    expect(beats).toEqual([])
  })

  it('anything after a stop until a new position is seen', () => {
    recorder.observe(0, 0)
    recorder.stop(1, 1000)
    recorder.stop(500, 501_000)
    recorder.jump()
    expect(ranges()).toEqual([[0, 1000]])
  })

  it.each([NaN, Infinity, -1])('a position of %d', (position) => {
    recorder.observe(position, 0)
    recorder.stop(position, 1000)
    expect(beats).toEqual([])
  })
})

describe('changes', () => {
  it('of speed split the stretch and bound the steps', () => {
    const now = play(0, 2, 0)
    recorder.setRate(1.5)
    const later = play(2.375, 3, now + 250, 1.5)
    recorder.stop(5.375, later)
    expect(beats.map((beat) => [beat.from_ms, beat.to_ms, beat.rate])).toEqual([
      [0, 2000, 1],
      [2000, 5375, 1.5],
    ])
  })

  it('of visibility count against the hidden part', () => {
    recorder.observe(0, 0)
    recorder.observe(1, 1000)
    recorder.setVisible(false)
    recorder.observe(2, 2000)
    recorder.setVisible(true)
    recorder.observe(3, 3000)
    recorder.stop(3, 3000)
    expect(beats.map((beat) => [beat.from_ms, beat.to_ms, beat.visible])).toEqual([
      [0, 1000, true],
      [1000, 2000, false],
      [2000, 3000, true],
    ])
  })

  it('of mode are told', () => {
    recorder.observe(0, 0)
    recorder.observe(1, 1000)
    recorder.setMode('audio')
    recorder.jump()
    recorder.observe(1, 2000)
    recorder.stop(2, 3000)
    expect(beats.map((beat) => beat.mode)).toEqual(['video', 'audio'])
  })

  it('to what holds already split nothing', () => {
    recorder.observe(0, 0)
    recorder.observe(1, 1000)
    recorder.setRate(1)
    recorder.setVisible(true)
    recorder.setMode('video')
    expect(beats).toEqual([])
  })
})

describe('a stall', () => {
  it('makes no beat of nothing', () => {
    for (let now = 0; now <= 30_000; now += 250) recorder.observe(7, now)
    recorder.stop(7, 30_000)
    expect(beats).toEqual([])
  })

  it('does not let the time it took be played afterwards', () => {
    recorder.observe(0, 0)
    recorder.observe(1, 1000)
    for (let now = 1250; now <= 9000; now += 250) recorder.observe(1, now)
    recorder.observe(8, 9250)
    recorder.stop(8, 9250)
    expect(ranges()).toEqual([[0, 1000]])
  })
})

it('accepts the player catching up at the live edge', () => {
  const now = play(100, 9.975, 0, 1.05)
  recorder.stop(109.975, now)
  expect(ranges()).toEqual([[100_000, 109_975]])
})
