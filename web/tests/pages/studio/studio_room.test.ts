// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest'
import { useStudioRoom } from '@/pages/studio/studio_room'
import { FakeSocket } from '../../classroom/fakes'
import { playApi } from '../../fake_api'
import { mount } from '../../mount'

afterEach(() => vi.unstubAllGlobals())

it('an answer from before the lesson began does not set it back', async () => {
  vi.stubGlobal('WebSocket', FakeSocket)
  const answers: ((lesson: object) => void)[] = []
  playApi({ 'GET /api/v1/lessons/7': () => new Promise<object>((resolve) => answers.push(resolve)) })
  const { result: room, unmount } = mount(() => useStudioRoom(7))
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  const again = room.load() // as it is when the socket tells of a change
  await vi.waitFor(() => expect(answers).toHaveLength(2))
  answers[1]!({ id: 7, state: 'live', lecturers: [] })
  await again
  expect(room.state.value).toBe('live')
  answers[0]!({ id: 7, state: 'open', lecturers: [] })
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(room.state.value).toBe('live')
  unmount()
})
