// @vitest-environment jsdom
import { defineComponent, h, nextTick } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import { findLessons, findSites } from '@/pages/console/parts/choice'
import MultiPicker from '@/pages/console/parts/MultiPicker.vue'
import SearchPicker from '@/pages/console/parts/SearchPicker.vue'
import { show, type Shown } from '../../component'
import { playApi, type Call } from '../../fake_api'

/** Lessons 60 to 1, the newest first; of 30 to 59 only 45 was not cancelled. */
const stateOf = (id: number): string => (id >= 30 && id < 60 && id !== 45 ? 'cancelled' : 'ended')
const lessonsOf = ({ query }: Call): object => {
  const from = Number(query.get('before') ?? 61) - 1
  const page = Array.from({ length: Math.min(20, from) }, (_, back) => from - back)
  const lessons = page.map((id) => ({ id, title: `L${id}`, state: stateOf(id), started_at: null, planned_at: null }))
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

  it('tells lessons of one name by their hours, in the list and once one is chosen', async () => {
    const held = { id: 7, title: 'L', state: 'ended', started_at: new Date(2024, 0, 5, 0, 30).toISOString(), planned_at: null }
    playApi({ 'GET /api/v1/lessons': { lessons: [held], next: null } })
    const { choices } = await findLessons('L')
    expect(choices).toEqual([{ id: 7, text: 'L · 5 Jan 2024, 00:30' }])
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

describe('what was chosen', () => {
  let shown: Shown
  const sent = vi.fn((event: Event) => event.preventDefault())
  const one = { id: 60, text: 'L60' }
  const box = (): HTMLInputElement => shown.find<HTMLInputElement>('input')
  const type = async (text: string): Promise<void> => {
    box().value = text
    box().dispatchEvent(new Event('input'))
    await nextTick()
  }
  const offered = (): HTMLElement[] => shown.findAll('[role=option]')

  beforeEach(async () => {
    await loadCatalogue('console')
    playApi({ 'GET /api/v1/lessons': lessonsOf })
    const Form = defineComponent({
      props: ['lesson', 'take'],
      setup: (props) => () =>
        h('form', { onSubmit: sent }, h(SearchPicker, {
          label: 'Lesson', find: findLessons, modelValue: props.lesson, 'onUpdate:modelValue': props.take,
        })),
    })
    shown = show(Form, { lesson: one, take: (now: unknown) => (shown.props['lesson'] = now) })
  })
  afterEach(() => {
    shown.remove()
    vi.unstubAllGlobals()
    sent.mockClear()
  })

  it('is so no more when other text is written, which stays and cannot be sent', async () => {
    expect(box().checkValidity()).toBe(true)
    box().focus()
    await type('L6')
    expect(shown.props['lesson']).toBeNull()
    expect(box().value).toBe('L6')
    expect(box().checkValidity()).toBe(false)
    box().blur()
    await nextTick()
    expect(box().value).toBe('L6')
    expect(box().getAttribute('aria-invalid')).toBe('true')
    await type('')
    expect(box().checkValidity()).toBe(true)
    expect(box().getAttribute('aria-invalid')).toBeNull()
  })

  it('goes with its text when the form is begun anew', async () => {
    shown.props['lesson'] = null
    await nextTick()
    expect(box().value).toBe('')
  })

  it('is looked for by Enter, and neither sent nor taken of the list of before', async () => {
    box().focus()
    await vi.waitFor(() => expect(offered()).toHaveLength(11))
    await type('L3')
    const pressed = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })
    box().dispatchEvent(pressed)
    expect(pressed.defaultPrevented).toBe(true)
    await vi.waitFor(() => expect(offered()).toHaveLength(0))
    expect(shown.props['lesson']).toBeNull()
  })

  it('is one of several, which leaves the field empty for the next', async () => {
    shown.remove()
    shown = show(MultiPicker, {
      label: 'Lessons', find: findLessons, modelValue: [], 'onUpdate:modelValue': (now: unknown) => (shown.props['modelValue'] = now),
    })
    box().focus()
    await vi.waitFor(() => expect(offered()).toHaveLength(11))
    offered()[0]!.click()
    await vi.waitFor(() => expect(shown.props['modelValue']).toHaveLength(1))
    await vi.waitFor(() => expect(box().value).toBe(''))
    expect(box().checkValidity()).toBe(true)
  })
})

it('a room is offered with its branch, though the name of that comes late', async () => {
  await loadCatalogue('console')
  let answer = (_: object): void => undefined
  playApi({
    'GET /api/v1/sites': { sites: [{ id: 3, name: 'Hall', branch: 31 }], next: null },
    'GET /api/v1/branch-names': () => new Promise<object>((resolve) => (answer = resolve)),
  })
  const shown = show(SearchPicker, { label: 'Room', find: findSites, modelValue: null })
  shown.find('input').focus()
  const more = (): string | null => shown.find('[role=option] .more').textContent
  await vi.waitFor(() => expect(more()).toBe('…'))
  answer({ branches: [{ id: 31, name: 'B' }] })
  await vi.waitFor(() => expect(more()).toBe('B'))
  shown.remove()
  vi.unstubAllGlobals()
})
