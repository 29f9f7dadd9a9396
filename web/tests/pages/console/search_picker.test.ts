// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import { findLessons } from '@/pages/console/parts/choice'
import SearchPicker from '@/pages/console/parts/SearchPicker.vue'
import { show, type Shown } from '../../component'
import { playApi, type Call } from '../../fake_api'

/** Lessons 60 to 1, the newest first; of 30 to 59 only 45 was not cancelled. */
const stateOf = (id: number): string => (id >= 30 && id < 60 && id !== 45 ? 'cancelled' : 'ended')
const lessonsOf = ({ query }: Call): object => {
  const from = Number(query.get('before') ?? 61) - 1
  const page = Array.from({ length: Math.min(20, from) }, (_, back) => from - back)
  const lessons = page.map((id) => ({ id, title: `L${id}`, state: stateOf(id), started_at: '2026-01-05T11:30:00Z' }))
  return { lessons: query.get('q') === 'L3' ? [] : lessons, next: from > 20 ? from - 19 : null }
}

describe('choosing one of many', () => {
  let shown: Shown
  let calls: Call[]
  const chosen = vi.fn()
  const box = (): HTMLInputElement => shown.find<HTMLInputElement>('input')
  const offered = (): string[] => shown.findAll('[role=option]').map((one) => one.firstChild!.textContent!.trim())

  beforeEach(async () => {
    await loadCatalogue('console')
    Element.prototype.scrollIntoView = () => undefined
    calls = playApi({ 'GET /api/v1/lessons': lessonsOf })
    shown = show(SearchPicker, { label: 'Lesson', find: findLessons, modelValue: null, 'onUpdate:modelValue': chosen })
    box().focus()
  })
  afterEach(() => {
    shown.remove()
    vi.unstubAllGlobals()
    chosen.mockClear()
  })

  it('offers as many as are seen, whatever was left out of a page', async () => {
    await vi.waitFor(() => expect(offered()).toHaveLength(11))
    expect(offered().slice(0, 3)).toEqual(['L60', 'L45', 'L29'])
  })

  it('goes on with the keyboard, to the last of all, and comes round', async () => {
    await vi.waitFor(() => expect(offered()).toHaveLength(11))
    const active = (): string => shown.find('[aria-selected=true]').firstChild!.textContent!.trim()
    await shown.press('ArrowUp')
    expect(active()).toBe('L21')
    await shown.press('ArrowDown')
    await vi.waitFor(() => expect(active()).toBe('L20'))
    await shown.press('ArrowUp')
    for (let back = 0; back < 11; back++) await shown.press('ArrowUp')
    expect(active()).toBe('L1')
    await shown.press('ArrowDown')
    await vi.waitFor(() => expect(active()).toBe('L60'))
  })

  it('waits at the end for what is read, and stays there when it does not come', async () => {
    await vi.waitFor(() => expect(offered()).toHaveLength(11))
    const active = (): string => shown.find('[aria-selected=true]').firstChild!.textContent!.trim()
    let refuse: (() => void) | undefined
    playApi({ 'GET /api/v1/lessons': () => new Promise<object>((_, reject) => (refuse = () => reject(new TypeError()))) })
    await shown.press('ArrowUp')
    await shown.press('ArrowDown')
    await shown.press('ArrowDown') // while it is read
    await vi.waitFor(() => expect(refuse).toBeDefined())
    expect(active()).toBe('L21')
    refuse!()
    await new Promise((resolve) => setTimeout(resolve))
    expect(active()).toBe('L21')
    playApi({ 'GET /api/v1/lessons': lessonsOf })
    await shown.press('ArrowDown')
    await vi.waitFor(() => expect(active()).toBe('L20'))
  })

  it('goes on as the list is moved', async () => {
    await vi.waitFor(() => expect(offered()).toHaveLength(11))
    shown.find('[role=listbox]').dispatchEvent(new Event('scroll'))
    await vi.waitFor(() => expect(offered()).toHaveLength(31))
    shown.find('[role=listbox]').dispatchEvent(new Event('scroll'))
    await vi.waitFor(() => expect(offered()).toHaveLength(31))
    expect(calls.map(({ query }) => query.get('before'))).toEqual([null, '41', '21'])
  })

  it('looks on the server for what was written', async () => {
    await vi.waitFor(() => expect(offered()).toHaveLength(11))
    box().value = 'L3'
    box().dispatchEvent(new Event('input'))
    await vi.waitFor(() => expect(shown.find('[role=status]').textContent).not.toBe(''))
    expect(calls.at(-1)!.query.get('q')).toBe('L3')
    expect(chosen).not.toHaveBeenCalled()
  })
})
