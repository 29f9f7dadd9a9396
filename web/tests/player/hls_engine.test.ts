// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineStart } from '@/player/engine'
import { HlsEngine } from '@/player/hls_engine'

/** hls.js without a network: a test says what happened. */
const fake = vi.hoisted(() => {
  const same = <T>(): T => new Proxy({}, { get: (_target, name) => name }) as T
  return class FakeHls {
    static Events = same<Record<string, string>>()
    static ErrorDetails = same<Record<string, string>>()
    static ErrorTypes = same<Record<string, string>>()
    levels = [{ loadError: 3, fragmentError: 3 }, { loadError: 3, fragmentError: 3 }]
    private readonly heard = new Map<string, (event: string, data: unknown) => void>()
    on(name: string, listener: (event: string, data: unknown) => void): void {
      this.heard.set(name, listener)
    }
    fires(name: string, data: unknown): void {
      this.heard.get(name)?.(name, data)
    }
    loadSource(): void {}
    attachMedia(): void {}
    stopLoad = vi.fn()
    destroy(): void {}
  }
})
vi.mock('hls.js', () => ({ default: fake }))

describe('a gap at the live edge', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function afterGapOf(type: string) {
    const engine = new HlsEngine({
      video: document.createElement('video'), chosenHeight: 0, events: {},
    } as unknown as EngineStart)
    const hls = engine.hls as unknown as InstanceType<typeof fake>
    hls.fires('ERROR', { details: 'FRAG_GAP', frag: { type, level: 1, sn: 7 } })
    vi.runAllTimers()
    engine.destroy()
    return hls.levels.map((level) => level.loadError)
  }

  it('has the rendition tried again', () => expect(afterGapOf('main')).toEqual([3, 0]))

  it('in the sound is none of the rendition of that number', () =>
    expect(afterGapOf('audio')).toEqual([3, 3]))
})

it('tells at once of an address that is refused, and asks it nothing more', () => {
  const fatal = vi.fn()
  const engine = new HlsEngine({
    video: document.createElement('video'), chosenHeight: 0, events: { fatal },
  } as unknown as EngineStart)
  const hls = engine.hls as unknown as InstanceType<typeof fake>
  const error = { type: 'NETWORK_ERROR', fatal: false }
  hls.fires('ERROR', { ...error, response: { code: 503 } })
  expect(fatal).not.toHaveBeenCalled()
  hls.fires('ERROR', { ...error, response: { code: 403 } })
  expect(fatal).toHaveBeenCalledExactlyOnceWith('network', 403)
  expect(hls.stopLoad).toHaveBeenCalledOnce()
  engine.destroy()
})
