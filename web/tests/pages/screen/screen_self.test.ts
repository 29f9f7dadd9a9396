// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useScreenSelf } from '@/pages/screen/screen_self'
import { noLine, playApi, problem } from '../../fake_api'
import { mount } from '../../mount'

const SELF = { screen: 1, name: 'S', site: { id: 3, name: 'R' }, lessons: [] }
const asks = (answer: unknown): void => void playApi({ 'GET /api/v1/screens/self': answer })

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it.each([
  ['no line', noLine],
  ['a server that starts', problem(503, 'starting')],
])('is known after it was let in, also when %s is met first', async (_, failure) => {
  asks(problem(401, 'signed-out'))
  const { result, unmount } = mount(useScreenSelf)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(result.state.value).toBe('stranger')
  asks(failure)
  result.askNow()
  await vi.advanceTimersByTimeAsync(0)
  asks(SELF)
  await vi.advanceTimersByTimeAsync(5_000)
  expect([result.state.value, result.lost.value]).toEqual(['known', false])
  unmount()
})

it('forgets its room when it is sent away', async () => {
  asks(SELF)
  const { result, unmount } = mount(useScreenSelf)
  await vi.advanceTimersByTimeAsync(0)
  asks(problem(401, 'signed-out'))
  await vi.advanceTimersByTimeAsync(5_000)
  expect([result.state.value, result.self.value]).toEqual(['stranger', null])
  unmount()
})

it('asks nothing more as a stranger, who is asked about by a code', async () => {
  const calls = playApi({ 'GET /api/v1/screens/self': problem(401, 'signed-out') })
  const { unmount } = mount(useScreenSelf)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(calls).toHaveLength(1)
  unmount()
})
