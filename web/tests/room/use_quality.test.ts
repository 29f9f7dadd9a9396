// @vitest-environment jsdom
import { shallowRef } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api, ApiClient } from '@/api/client'
import type { Player, PlayerState } from '@/player/player'
import { useQuality, type UseQualityOptions } from '@/room/use_quality'
import { show, type Shown } from '../component'
import { playApi, problem } from '../fake_api'

const what = 'POST /api/v1/lessons/7/quality'
const playing = { phase: 'playing', atLive: true, blocked: false, height: 360 } as PlayerState
const player = { stalls: 0, switches: 0, rebuilds: 0, latency: 2.4, hls: {} } as unknown as Player
let shown: Shown

function watchLesson(more: Partial<UseQualityOptions>): void {
  const state = shallowRef(playing)
  const options = { lesson: 7, player: shallowRef(player), state, audio: () => false, ...more }
  shown = show({
    setup() {
      useQuality(options)
      state.value = { ...playing }
      return () => null
    },
  })
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
})
afterEach(() => {
  shown.remove()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('tells every minute how a lesson plays, and how far behind', async () => {
  const calls = playApi({ [what]: null })
  watchLesson({})
  await vi.advanceTimersByTimeAsync(62_000)
  await vi.advanceTimersByTimeAsync(62_000)
  expect(calls).toHaveLength(2)
  for (const { body } of calls) expect(body).toMatchObject({ device: 'desktop', delivery: 'hls', rendition: '360p', latency_ms: 2_400 })
})

it('lets a screen that was let go find out by itself', async () => {
  const calls = playApi({ [what]: problem(401, 'signed-out') })
  const leads = vi.spyOn(api, 'onSignedOut')
  watchLesson({ device: 'screen', client: new ApiClient() })
  await vi.advanceTimersByTimeAsync(62_000)
  expect(calls[0]?.body).toMatchObject({ device: 'screen', latency_ms: 2_400 })
  expect(leads).not.toHaveBeenCalled()
})
