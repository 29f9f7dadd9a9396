// @vitest-environment jsdom
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { loadCatalogue, setLanguage } from '@/messages'
import HeadCounts from '@/pages/steward/HeadCounts.vue'
import RoomHand from '@/pages/steward/RoomHand.vue'
import { show, type Shown } from '../../component'

let shown: Shown
beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('steward')
})
afterEach(() => shown.remove())

describe('the hand of the room', () => {
  it('is one button, and says how it stands until it is down', async () => {
    const raise = vi.fn(async (raised: boolean) => void (shown.props['hand'] = raised ? 'raised' : 'lowered'))
    shown = show(RoomHand, { hand: 'lowered', online: true, raise })
    const button = shown.find<HTMLButtonElement>('[data-test=hand]')
    const told = () => shown.find('[data-test=hand-state]').textContent
    expect([button.textContent?.trim(), told()]).toEqual(['Raise hand', ''])
    button.click()
    await vi.waitFor(() => expect(told()).toContain('is up'))
    shown.props['hand'] = 'called'
    await nextTick()
    expect(told()).toContain('please speak')
    button.click()
    await vi.waitFor(() => expect(told()).toBe(''))
    expect(raise.mock.calls).toEqual([[true], [false]])
  })

  it('is told of by nobody without a line', () => {
    shown = show(RoomHand, { hand: 'raised', online: false, raise: vi.fn() })
    expect(shown.find<HTMLButtonElement>('[data-test=hand]').disabled).toBe(true)
    expect(shown.find('[data-test=hand-state]').textContent).toBe('')
  })
})

it('what was wrong with a head count is not said of the next one', async () => {
  shown = show(HeadCounts, { heads: {}, total: 1, count: vi.fn() })
  const field = shown.find<HTMLInputElement>('[data-test=heads-middle] input')
  const write = async (text: string) => {
    field.value = text
    field.dispatchEvent(new Event('input'))
    await nextTick()
  }
  await write('seven')
  field.form!.dispatchEvent(new Event('submit', { cancelable: true }))
  await nextTick()
  expect(field.getAttribute('aria-invalid')).toBe('true')
  await write('7')
  expect(field.getAttribute('aria-invalid')).toBeNull()
})
