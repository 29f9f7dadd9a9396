// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import ErrorPanel from '@/app/ErrorPanel.vue'
import LineBanner from '@/app/LineBanner.vue'
import { troubleOf, type Trouble } from '@/app/trouble'
import { i18n, setLanguage } from '@/messages'
import { noLine, playApi } from '../fake_api'
import { show, type Shown } from '../component'

let shown: Shown

beforeEach(() => setLanguage('en'))
afterEach(() => {
  shown.remove()
  vi.useRealTimers()
})

const answer = (status: number): Problem => Problem.fromAnswer(status, {}, null)

describe('what is in the way', () => {
  it.each<[unknown, Trouble]>([
    [Problem.offline(null), 'offline'],
    [answer(401), 'signedOut'],
    [answer(403), 'forbidden'],
    [answer(404), 'missing'],
    [answer(503), 'server'],
    [new Error('a fault of ours'), 'server'],
  ])('%s is %s', (error, trouble) => {
    expect(troubleOf(error)).toBe(trouble)
    shown = show(ErrorPanel, { error })
  })

  it.each<Trouble>(['offline', 'server', 'forbidden', 'missing', 'signedOut'])(
    'is told with what to do: %s',
    (trouble) => {
      shown = show(ErrorPanel, { trouble })
      expect(shown.find('[role=alert] h1').textContent).not.toMatch(/^\w+\.\w+$|^$/)
      expect(shown.find('[role=alert] p').textContent).not.toMatch(/^\w+\.\w+$|^$/)
      expect(shown.findAll('a, button')).toHaveLength(1)
    },
  )

  it('can be tried again', () => {
    const retry = vi.fn()
    shown = show(ErrorPanel, { error: Problem.offline(null), onRetry: retry })
    shown.find('[data-test=retry]').click()
    expect(retry).toHaveBeenCalledOnce()
  })
})

it('a lost line is told, and for a while that it is back', async () => {
  vi.useFakeTimers()
  shown = show(LineBanner)
  const says = async (event?: string): Promise<string | undefined> => {
    if (event !== undefined) window.dispatchEvent(new Event(event))
    await nextTick()
    return shown.find('[role=status]').textContent ?? ''
  }
  expect(await says('online')).toBe('')
  expect(await says('offline')).toBe(i18n.global.t('trouble.line.offline'))
  expect(await says('online')).toBe(i18n.global.t('trouble.back'))
  vi.advanceTimersByTime(6_000)
  expect(await says()).toBe('')
})

describe('a server that does not answer', () => {
  const says = async (): Promise<string> => {
    await nextTick()
    return shown.find('[role=status]').textContent ?? ''
  }
  let there: boolean
  const asked: string[] = []

  beforeEach(() => {
    vi.useFakeTimers()
    there = true
    asked.length = 0
    playApi({
      'GET /api/v1/lessons': () => (there ? { lessons: [], next: null } : noLine()),
      'GET /api/v1/session': ({ what }: { what: string }) => {
        asked.push(what)
        return there ? new Response('{}', { status: 401 }) : noLine()
      },
    })
    shown = show(LineBanner)
  })
  afterEach(() => vi.unstubAllGlobals())

  it('is told by the call that found nobody, and until one is answered', async () => {
    there = false
    await expect(api.get('/api/v1/lessons')).rejects.toThrow()
    expect(await says()).toBe(i18n.global.t('trouble.line.server'))
    there = true
    await api.get('/api/v1/lessons')
    expect(await says()).toBe(i18n.global.t('trouble.back'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await says()).toBe('')
    expect(asked).toEqual([])
  })

  it('is asked again and again by itself', async () => {
    there = false
    await expect(api.get('/api/v1/lessons')).rejects.toThrow()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked.length).toBeGreaterThan(3)
    expect(await says()).toBe(i18n.global.t('trouble.line.server'))
    there = true
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await says()).not.toBe(i18n.global.t('trouble.line.server'))
  })
})
