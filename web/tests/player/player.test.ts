// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Unsupported, type Engine, type EngineStart } from '@/player/engine'
import { Player, type PlayerState } from '@/player/player'

/** A video element whose playback a test steers. */
class FakeVideo extends EventTarget {
  currentTime = 0
  paused = true
  seeking = false
  ended = false
  readyState = 4
  volume = 1
  muted = false
  playbackRate = 1
  defaultPlaybackRate = 1
  buffered = { length: 0, start: () => 0, end: () => 0 }
  refuses: DOMException | null = null

  play(): Promise<void> {
    if (this.refuses !== null) return Promise.reject(this.refuses)
    this.paused = false
    return Promise.resolve()
  }
  pause(): void {
    this.paused = true
    this.fire('pause')
  }
  fire(name: string): void {
    this.dispatchEvent(new Event(name))
  }
  /** Playback came to `position`. */
  reaches(position: number): void {
    this.currentTime = position
    this.fire('timeupdate')
  }
}

class FakeEngine implements Engine {
  live = true
  edge = 100
  livePosition: number | null = 98
  latency: number | null = 2
  heights = [720, 360]
  height = 360
  bandwidthBps = null
  activity = 0
  hls = null
  readonly calls: string[] = []

  constructor(
    readonly start: EngineStart,
    private readonly video: FakeVideo,
  ) {}

  lessonTime(): number {
    return this.video.currentTime
  }
  seek(position: number): void {
    this.calls.push(`seek ${position}`)
    this.video.currentTime = position
  }
  chooseHeight(height: number): void {
    this.calls.push(`height ${height}`)
  }
  leaveLowLatency(): void {
    this.calls.push('calm')
    this.livePosition = 92
  }
  resumeLoading(): void {
    this.calls.push('resume')
  }
  recoverMedia(): void {
    this.calls.push('recover')
  }
  destroy(): void {
    this.calls.push('destroy')
  }
}

let video: FakeVideo
let engines: FakeEngine[]
let claims: string[]
let state: PlayerState
let fresh: string | null
let now: number
let build: (start: EngineStart) => Promise<Engine>
let player: Player

beforeEach(() => {
  vi.useFakeTimers()
  video = new FakeVideo()
  engines = []
  claims = []
  fresh = 'fresh'
  now = 0
  build = (start) => {
    const engine = new FakeEngine(start, video)
    engines.push(engine)
    return Promise.resolve(engine)
  }
  player = new Player({
    video: video as unknown as HTMLVideoElement,
    createEngine: (start) => build(start),
    recorder: {
      observe: (position) => claims.push(`at ${position}`),
      stop: (position) => claims.push(`stop ${position}`),
      jump: () => claims.push('jump'),
      setRate: (rate) => claims.push(`rate ${rate}`),
    },
    refreshAddress: () => Promise.resolve(fresh),
    changed: (next) => (state = next),
    now: () => now,
  })
})

afterEach(() => {
  player.destroy()
  vi.useRealTimers()
})

function engine(): FakeEngine {
  const last = engines[engines.length - 1]
  if (last === undefined) throw new Error('no engine was built')
  return last
}

async function playLive(): Promise<void> {
  await player.open('live', null)
  player.play()
  video.currentTime = 98
  video.fire('playing')
  await vi.advanceTimersByTimeAsync(0)
}

async function playReplay(at = 0): Promise<void> {
  build = (start) => {
    const made = new FakeEngine(start, video)
    Object.assign(made, { live: false, livePosition: null, latency: null })
    engines.push(made)
    return Promise.resolve(made)
  }
  await player.open('replay', at)
  player.play()
  video.currentTime = at
  video.fire('playing')
  await vi.advanceTimersByTimeAsync(0)
}

describe('opening', () => {
  it('begins at the live edge, or where it is told', async () => {
    await player.open('live', null)
    expect(engine().start).toMatchObject({ address: 'live', startAt: null, lowLatency: true })
    await player.open('replay', 30)
    expect(engine().start.startAt).toBe(30)
    expect(engines[0]?.calls).toContain('destroy')
  })

  it('says that a tap is needed when the browser insists', async () => {
    video.refuses = new DOMException('', 'NotAllowedError')
    await player.open('live', null)
    player.play()
    await vi.advanceTimersByTimeAsync(0)
    expect(state).toMatchObject({ blocked: true, phase: 'ready' })
    video.refuses = null
    player.play()
    video.fire('playing')
    expect(state).toMatchObject({ blocked: false, phase: 'playing' })
  })

  it('says that a browser cannot play at all', async () => {
    build = () => Promise.reject(new Unsupported())
    await player.open('live', null)
    expect(state.trouble).toBe('unsupported')
  })

  it('tries again when the code of the engine could not be fetched', async () => {
    const good = build
    build = () => Promise.reject(new TypeError('fetch'))
    await player.open('live', null)
    expect(state.trouble).toBe('reconnecting')
    build = good
    await vi.advanceTimersByTimeAsync(2_000)
    expect(engines).toHaveLength(1)
  })
})

describe('what the recorder hears', () => {
  it('is nothing before the first picture', async () => {
    await player.open('live', null)
    video.reaches(0)
    expect(claims.filter((claim) => claim !== 'jump')).toEqual([])
  })

  it('is every position while playing', async () => {
    await playLive()
    video.reaches(98.25)
    expect(claims).toContain('at 98.25')
  })

  it('is nothing while paused or seeking', async () => {
    await playLive()
    player.pause()
    claims = []
    video.reaches(50)
    video.paused = false
    video.seeking = true
    video.reaches(60)
    expect(claims).toEqual([])
  })

  it('is where it stopped, at a pause', async () => {
    await playLive()
    video.currentTime = 99
    player.pause()
    expect(claims[claims.length - 1]).toBe('stop 99')
  })

  it('is how far it came before a seek, and the jump', async () => {
    await playLive()
    video.currentTime = 98.2
    claims = []
    player.seek(10)
    expect(claims).toEqual(['stop 98.2', 'jump'])
  })

  it('is a jump when the element seeks by itself', async () => {
    await playLive()
    claims = []
    video.fire('seeking')
    expect(claims).toEqual(['jump'])
  })

  it('is the chosen speed', async () => {
    await playReplay()
    player.setRate(1.5)
    expect(claims).toContain('rate 1.5')
    expect(video.playbackRate).toBe(1.5)
  })
})

describe('places', () => {
  it('are kept within what is published', async () => {
    await playLive()
    player.seek(500)
    expect(engine().calls).toContain('seek 98')
    player.seek(-5)
    expect(engine().calls).toContain('seek 0')
  })

  it('behind the edge are told, and live is one press away', async () => {
    await playLive()
    expect(state.atLive).toBe(true)
    player.skip(-15)
    expect(state).toMatchObject({ atLive: false, position: 83 })
    player.toLive()
    expect(engine().calls).toContain('seek 98')
    expect(state.atLive).toBe(true)
  })

  it('are kept through a change of address, live or not', async () => {
    await playLive()
    await player.change('audio')
    expect(engine().start).toMatchObject({ address: 'audio', startAt: null })
    video.fire('playing')
    player.seek(40)
    await player.change('video')
    expect(engine().start).toMatchObject({ address: 'video', startAt: 40 })
  })

  it('go back to the start when a finished replay is played again', async () => {
    await playReplay(90)
    video.ended = true
    video.fire('pause')
    video.fire('ended')
    expect(state.phase).toBe('ended')
    video.ended = false
    player.play()
    expect(engine().calls).toContain('seek 0')
  })
})

describe('stalls', () => {
  function stall(at: number): void {
    now = at
    video.fire('waiting')
    now = at + 1_000
    video.fire('playing')
  }

  it('are counted while playing, and only then', async () => {
    await player.open('live', null)
    video.paused = false
    video.fire('waiting')
    video.fire('playing')
    stall(10_000)
    video.seeking = true
    video.fire('waiting')
    expect(player.stalls).toBe(1)
  })

  it('two in a minute leave low latency, on purpose well behind', async () => {
    await playLive()
    stall(10_000)
    expect(engine().calls).not.toContain('calm')
    stall(30_000)
    expect(engine().calls).toContain('calm')
    expect(engine().calls).toContain('seek 92')
    await player.change('fresh')
    expect(engine().start.lowLatency).toBe(false)
  })

  it('that end at the edge do not leave the member there', async () => {
    await playLive()
    stall(10_000)
    stall(30_000)
    now = 40_000
    video.fire('waiting')
    video.reaches(99)
    engine().calls.length = 0
    video.fire('playing')
    expect(engine().calls).toEqual(['seek 92'])
  })

  it('are forgiven when the member goes back to live after a calm minute', async () => {
    await playLive()
    stall(10_000)
    stall(30_000)
    now = 100_000
    player.toLive()
    await vi.advanceTimersByTimeAsync(0)
    expect(engines).toHaveLength(2)
    expect(engine().start).toMatchObject({ lowLatency: true, startAt: null })
  })

  it('that last are told as a lost picture, until it plays', async () => {
    await playLive()
    video.fire('waiting')
    expect(state).toMatchObject({ phase: 'buffering', trouble: 'none' })
    await vi.advanceTimersByTimeAsync(6_000)
    expect(state.trouble).toBe('reconnecting')
    video.fire('playing')
    expect(state).toMatchObject({ phase: 'playing', trouble: 'none' })
  })
})

describe('errors', () => {
  it('of the network go on loading by themselves', async () => {
    await playLive()
    engine().start.events.fatal('network', 0)
    expect(state.trouble).toBe('reconnecting')
    await vi.advanceTimersByTimeAsync(500)
    expect(engine().calls).toContain('resume')
  })

  it('of a refused address open a fresh one in place', async () => {
    await playLive()
    player.seek(40)
    engine().start.events.fatal('network', 403)
    await vi.advanceTimersByTimeAsync(500)
    expect(engine().start).toMatchObject({ address: 'fresh', startAt: 40 })
  })

  it('without an answer from the API are tried again', async () => {
    await playLive()
    fresh = null
    engine().start.events.fatal('network', 403)
    await vi.advanceTimersByTimeAsync(1_500)
    expect(engine().calls).toContain('resume')
  })

  it('of the media recover in place, and in the end are told', async () => {
    await playLive()
    for (let i = 0; i < 2; i++) engine().start.events.fatal('media', 0)
    expect(engine().calls.filter((call) => call === 'recover')).toHaveLength(2)
    for (let i = 0; i < 4; i++) {
      engine().start.events.fatal('media', 0)
      await vi.advanceTimersByTimeAsync(10_000)
    }
    expect(engines).toHaveLength(5)
    engine().start.events.fatal('media', 0)
    expect(state.trouble).toBe('media')
    player.play()
    await vi.advanceTimersByTimeAsync(0)
    expect(engines).toHaveLength(6)
  })

  it('of an engine that was replaced are nobody’s', async () => {
    await playLive()
    const old = engine()
    await player.change('audio')
    old.start.events.fatal('media', 0)
    expect(state.trouble).toBe('none')
  })
})

describe('an engine that has lost its way', () => {
  const pass = async (seconds: number, busy: boolean) => {
    for (let i = 0; i < seconds; i++) {
      now += 1000
      if (busy) engine().activity += 1
      await vi.advanceTimersByTimeAsync(1000)
    }
  }

  it('is made anew in place', async () => {
    await playLive()
    player.seek(40)
    video.fire('waiting')
    const before = engines.length
    await pass(9, false)
    expect(engines.length).toBe(before)
    await pass(3, false)
    expect(engines.length).toBe(before + 1)
    expect(engine().start.startAt).toBe(40)
    expect(player.rebuilds).toBe(1)
  })

  it('is none while it fetches, or while the member has paused', async () => {
    await playLive()
    const before = engines.length
    await pass(30, true)
    player.pause()
    await pass(30, false)
    expect(engines.length).toBe(before)
  })
})

describe('the end of the lesson', () => {
  it('waits for the playlist to say so', async () => {
    await playLive()
    player.lessonEnded()
    engine().live = false
    await vi.advanceTimersByTimeAsync(5_000)
    expect(engines).toHaveLength(1)
  })

  it('opens the replay within two seconds when the playlist does not', async () => {
    await playLive()
    player.seek(40)
    player.lessonEnded()
    await vi.advanceTimersByTimeAsync(1_500)
    expect(engine().start).toMatchObject({ address: 'fresh', startAt: 40 })
  })

  it('goes on there where the member was, also at the edge', async () => {
    await playLive()
    video.reaches(98)
    expect(state.atLive).toBe(true)
    player.lessonEnded()
    await vi.advanceTimersByTimeAsync(1_500)
    expect(engine().start).toMatchObject({ address: 'fresh', startAt: 98 })
  })

  it('is heard of after the line was away, too', async () => {
    await playLive()
    video.reaches(98)
    player.lessonEnded()
    engine().start.events.fatal('network', 404)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(engine().start).toMatchObject({ address: 'fresh', startAt: 98 })
  })
})

it('leaves nothing behind', async () => {
  await playLive()
  engine().start.events.fatal('network', 0)
  video.fire('waiting')
  player.destroy()
  expect(engine().calls).toContain('destroy')
  expect(vi.getTimerCount()).toBe(0)
  claims = []
  video.reaches(99)
  expect(claims).toEqual([])
})
