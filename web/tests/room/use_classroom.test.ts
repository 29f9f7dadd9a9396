// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useClassroom, type UsedClassroom } from '@/room/use_classroom'
import { FakeSocket } from '../classroom/fakes'
import { mount, type Mounted } from '../mount'

let sockets: FakeSocket[]
let mounted: Mounted<UsedClassroom>
const signedOut = vi.fn()
const lessonIs = vi.fn()

beforeEach(() => {
  localStorage.clear()
  sockets = []
  signedOut.mockReset()
  lessonIs.mockReset()
  vi.stubGlobal(
    'WebSocket',
    class extends FakeSocket {
      constructor(address: string) {
        super(address)
        sockets.push(this)
      }
    },
  )
  mounted = mount(() => useClassroom({ lesson: 4, who: '7', signedOut, lessonIs }))
})

afterEach(() => {
  mounted.unmount()
  vi.unstubAllGlobals()
})

const socket = (): FakeSocket => sockets[0] as FakeSocket

it('opens with its component, and shows what the server tells', () => {
  const room = mounted.result
  expect(socket().address).toMatch(/\/classroom\?lesson=4&client=[0-9a-f]{16}&since=0$/)
  socket().welcomes({ state: 'live', length_ms: 9_000, accepted_ms: 5_000, earned_ms: 4_000 })
  expect([room.line.value, room.everOpen.value]).toEqual(['open', true])
  expect([room.acceptedMs.value, room.earnedMs.value]).toEqual([5_000, 4_000])
  expect(lessonIs).toHaveBeenCalledWith('live', 9_000, false)
  const before = room.hall.value
  socket().says({ type: 'presence', members: 2, devices: 2, heads: 2, rooms: [], branches: [] })
  expect(room.hall.value).not.toBe(before)
  expect(room.hall.value.presence?.members).toBe(2)
})

it('tells of a lesson that is not there, and of a session that is gone', () => {
  socket().drops(4404)
  expect(mounted.result.missing.value).toBe(true)
  mounted.unmount()
  mounted = mount(() => useClassroom({ lesson: 4, who: 'screen', mode: 'room', signedOut }))
  ;(sockets[1] as FakeSocket).drops(4401)
  expect(signedOut).toHaveBeenCalledOnce()
})

it.each(['online', 'offline'])('asks the server at once when the browser is %s', (event) => {
  socket().welcomes()
  const pings = () => socket().sent.filter(({ type }) => type === 'ping').length
  const before = pings()
  window.dispatchEvent(new Event(event))
  expect(pings()).toBe(before + 1)
})

it('closes with its component', () => {
  socket().welcomes()
  mounted.unmount()
  expect(socket().closed).toBe(true)
})
