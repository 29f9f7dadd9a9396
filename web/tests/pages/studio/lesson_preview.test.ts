// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { markRaw, ref } from 'vue'
import { loadCatalogue, setLanguage } from '@/messages'
import LessonPreview from '@/pages/studio/LessonPreview.vue'
import { show } from '../../component'
import { playApi } from '../../fake_api'

beforeEach(async () => {
  await setLanguage('en')
  await loadCatalogue('studio')
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

// jsdom knows no RTCPeerConnection: it is what members see from the start.
it('asks for the media of a lesson until there are some, and no longer than it is looked at', async () => {
  const calls = playApi({ 'GET /api/v1/lessons/7': { media: null } })
  const shown = show(LessonPreview, { room: markRaw({ id: 7, state: ref('live') }) })
  await vi.advanceTimersByTimeAsync(4_500)
  expect(calls.map(({ what }) => what)).toEqual(Array(3).fill('GET /api/v1/lessons/7'))
  shown.remove()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(calls).toHaveLength(3)
})
