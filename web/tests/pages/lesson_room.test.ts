// @vitest-environment jsdom
// How often the page of a lesson asks the API, beside what its socket is told.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useLessonRoom, type LessonRoom } from '@/pages/lesson/lesson_room'
import { FakeSocket } from '../classroom/fakes'
import { playApi, type Call } from '../fake_api'
import { mount, type Mounted } from '../mount'
import { sampleLesson } from '../samples'

const MEDIA = { multivariant: '/m', audio: '/a', dash: '/d', expires_at: '' }
let sockets: FakeSocket[]
let calls: Call[]
let answer: object
let mounted: Mounted<LessonRoom>
const asked = (): number => calls.filter(({ what }) => what === 'GET /api/v1/lessons/4').length
const given = (state: 'planned' | 'open' | 'live' | 'ended', media: object | null = null): void => {
  answer = { ...sampleLesson({ id: 4, state }), media }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  localStorage.clear()
  sockets = []
  vi.stubGlobal(
    'WebSocket',
    class extends FakeSocket {
      constructor(address: string) {
        super(address)
        sockets.push(this)
      }
    },
  )
  calls = playApi({ 'GET /api/v1/lessons/4': () => answer })
})

afterEach(() => {
  mounted.unmount()
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

async function enter(state: 'planned' | 'open' | 'live' | 'ended', media: object | null = null): Promise<FakeSocket> {
  given(state, media)
  mounted = mount(() => useLessonRoom(4, '7'))
  await vi.advanceTimersByTimeAsync(0)
  return sockets[0] as FakeSocket
}

/** The line lives, as long as somebody speaks. */
async function pass(socket: FakeSocket, ms: number): Promise<void> {
  for (let past = 0; past < ms; past += 10_000) {
    socket.says({ type: 'pong' })
    await vi.advanceTimersByTimeAsync(Math.min(10_000, ms - past))
  }
}

it.each(['planned', 'open'] as const)('waits for the socket in a lesson that is %s', async (state) => {
  const socket = await enter(state)
  socket.welcomes({ state })
  await pass(socket, 80_000)
  expect(asked()).toBe(1)
  await pass(socket, 20_000) // its hour may be another one
  expect(asked()).toBe(2)
})

it('is told at once that it begins, and asks for the media at a time of its own', async () => {
  const socket = await enter('open')
  socket.welcomes({ state: 'open' })
  given('live', MEDIA)
  socket.says({ type: 'lesson', state: 'live', length_ms: 500 })
  expect(mounted.result.state.value).toBe('live')
  await vi.advanceTimersByTimeAsync(1_400)
  expect(asked()).toBe(1)
  await vi.advanceTimersByTimeAsync(200)
  expect(mounted.result.lesson.value?.media).toEqual(MEDIA)
  await pass(socket, 100_000)
  expect(asked()).toBe(2)
})

it('asks once on entering, whichever of the two answers first', async () => {
  given('live', MEDIA)
  mounted = mount(() => useLessonRoom(4, '7'))
  sockets[0]?.welcomes({ state: 'live' })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked()).toBe(1)
})

it('asks often while the first picture of a live lesson is on its way', async () => {
  const socket = await enter('live')
  socket.welcomes({ state: 'live' })
  await vi.advanceTimersByTimeAsync(9_000)
  expect(asked()).toBe(6)
})

it('asks oftener while it hears nothing', async () => {
  const socket = await enter('planned')
  await vi.advanceTimersByTimeAsync(8_000)
  expect(asked()).toBe(3)
  socket.welcomes({ state: 'planned' })
  await pass(socket, 60_000)
  expect(asked()).toBe(3)
  socket.drops()
  await vi.advanceTimersByTimeAsync(4_000)
  expect(asked()).toBe(4)
})

it('asks for what an end has brought, and then no more', async () => {
  const socket = await enter('live', MEDIA)
  socket.welcomes({ state: 'live' })
  given('ended', MEDIA)
  socket.says({ type: 'lesson', state: 'ended', length_ms: 500 })
  await pass(socket, 100_000)
  expect([asked(), mounted.result.lesson.value?.state]).toEqual([2, 'ended'])
})
