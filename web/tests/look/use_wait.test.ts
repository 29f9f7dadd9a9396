// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { i18n } from '@/messages'
import { useWait, type Wait } from '@/look/use_wait'
import { show, type Shown } from '../component'

let shown: Shown
let wait: Wait

beforeEach(() => {
  vi.useFakeTimers()
  i18n.global.locale.value = 'en'
  shown = show({
    setup() {
      wait = useWait()
      return () => null
    },
  })
})
afterEach(() => {
  shown.remove()
  vi.useRealTimers()
})

describe('a wait', () => {
  it('is told in words, and ends', () => {
    wait.start(90)
    expect(wait.text.value).toBe('2 min')
    vi.advanceTimersByTime(60_000)
    expect(wait.text.value).toBe('30 s')
    vi.advanceTimersByTime(30_000)
    expect(wait.leftS.value).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('goes by the clock, though a phone in a pocket counted nothing', () => {
    wait.start(60)
    vi.setSystemTime(Date.now() + 59_000)
    vi.advanceTimersByTime(500)
    expect(wait.leftS.value).toBe(1)
  })
})
