// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { Problem } from '@/api/problem'
import ErrorPanel from '@/app/ErrorPanel.vue'
import LineBanner from '@/app/LineBanner.vue'
import { troubleOf, type Trouble } from '@/app/trouble'
import { i18n, setLanguage } from '@/messages'
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

  it.each<Trouble>(['offline', 'server', 'forbidden', 'missing', 'signedOut', 'oldBrowser'])(
    'is told with what to do: %s',
    (trouble) => {
      shown = show(ErrorPanel, { trouble })
      expect(shown.find('[role=alert] h1').textContent).not.toMatch(/^\w+\.\w+$|^$/)
      expect(shown.find('[role=alert] p').textContent).not.toMatch(/^\w+\.\w+$|^$/)
      // But for a browser that is too old there is a way on.
      expect(shown.findAll('a, button')).toHaveLength(trouble === 'oldBrowser' ? 0 : 1)
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
  expect(await says('offline')).toBe(i18n.global.t('trouble.offline'))
  expect(await says('online')).toBe(i18n.global.t('trouble.back'))
  vi.advanceTimersByTime(6_000)
  expect(await says()).toBe('')
})
