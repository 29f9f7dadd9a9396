// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useOwnSource, type OwnSource } from '@/pages/studio/own_source'
import { mount, type Mounted } from '../../mount'

/** The browser's question whether the page may, as long as nobody has answered. */
let allow: (() => void)[]
let tracks: { kind: string; stopped: boolean }[]
let meters: number
let mounted: Mounted<OwnSource>

function track(kind: string): object {
  const one = { kind, stopped: false, stop: () => (one.stopped = true), getSettings: () => ({}), clone: () => track(kind) }
  tracks.push(one)
  return one
}

beforeEach(() => {
  allow = []
  tracks = []
  meters = 0
  vi.stubGlobal('MediaStream', class {})
  vi.stubGlobal('AudioContext', class {
    constructor() {
      meters += 1
    }
    state = 'running'
    createAnalyser = (): object => ({ getFloatTimeDomainData: () => undefined })
    createMediaStreamSource = (): object => ({ connect: () => undefined })
    close = (): Promise<void> => {
      meters -= 1
      return Promise.resolve()
    }
  })
  const getUserMedia = ({ video }: { video?: object }): Promise<object> =>
    new Promise((resolve) => allow.push(() => resolve({ getTracks: () => [track(video ? 'video' : 'audio')] })))
  const mediaDevices = Object.assign(new EventTarget(), { getUserMedia, enumerateDevices: () => Promise.resolve([]) })
  Object.defineProperty(navigator, 'mediaDevices', { value: mediaDevices, configurable: true })
  mounted = mount(() => useOwnSource(7))
})
afterEach(() => {
  mounted.unmount()
  vi.unstubAllGlobals()
  Reflect.deleteProperty(navigator, 'mediaDevices')
})

const asked = (times: number): Promise<void> => vi.waitFor(() => expect(allow).toHaveLength(times))

it('takes a camera and a microphone, and lets go of them', async () => {
  const chosen = mounted.result.choose('camera')
  await asked(1)
  allow[0]!()
  await asked(2)
  allow[1]!()
  await chosen
  expect(mounted.result.video.value).not.toBeNull()
  expect([mounted.result.hasSound.value, meters]).toEqual([true, 1])
  mounted.result.close()
  expect(tracks.every(({ stopped }) => stopped)).toBe(true)
  expect(meters).toBe(0)
})

it('lets go at once of a camera that is allowed when the page was left', async () => {
  const chosen = mounted.result.choose('camera')
  await asked(1)
  mounted.unmount()
  allow[0]!()
  await chosen
  expect(tracks).toMatchObject([{ kind: 'video', stopped: true }])
  expect(allow).toHaveLength(1)
})

it('and of a microphone', async () => {
  const chosen = mounted.result.choose('camera')
  await asked(1)
  allow[0]!()
  await asked(2)
  mounted.result.close()
  allow[1]!()
  await chosen
  expect(tracks).toMatchObject([{ kind: 'video', stopped: true }, { kind: 'audio', stopped: true }])
  expect([mounted.result.hasSound.value, meters]).toEqual([false, 0])
})
