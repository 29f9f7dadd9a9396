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
    expect([button.textContent?.trim(), told()]).toEqual(['Raise the room’s hand', ''])
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
    expect(shown.find('[data-test=hand-state]').textContent).toContain('cannot be raised')
  })
})

const field = (): HTMLInputElement => shown.find<HTMLInputElement>('[data-test=heads-middle] input')
async function write(text: string): Promise<void> {
  field().value = text
  field().dispatchEvent(new Event('input'))
  await nextTick()
}
async function count(text: string): Promise<void> {
  await write(text)
  field().form!.dispatchEvent(new Event('submit', { cancelable: true }))
  await nextTick()
}

it('what was wrong with a head count is not said of the next one', async () => {
  shown = show(HeadCounts, { heads: {}, total: 1, count: vi.fn() })
  await count('seven')
  expect(field().getAttribute('aria-invalid')).toBe('true')
  expect(shown.root.textContent).toContain('for example 7')
  await write('2001')
  expect(field().getAttribute('aria-invalid')).toBeNull()
  await count('2001')
  expect(shown.root.textContent).toContain('at most 2000')
})

it('a head count that was saved stays in its field, and when it was is said', async () => {
  const at = new Date(2026, 2, 5, 19, 7).toISOString()
  shown = show(HeadCounts, {
    heads: { end: { heads: 9, expected: 9, mismatch: false, at, late: false } }, total: 1,
    count: async (moment: string, heads: number) => {
      shown.props['heads'] = { [moment]: { heads, expected: 1, mismatch: true, at, late: false } }
      return true
    },
  })
  expect(shown.find<HTMLInputElement>('[data-test=heads-end] input').value).toBe('9')
  await count('７')
  await vi.waitFor(() => expect(shown.find('[data-test=heads-middle] .told').textContent).toContain('Saved at 19:07. You counted 7, but'))
  expect(field().value).toBe('7')
})
