// @vitest-environment jsdom
import { markRaw, nextTick, ref, shallowRef } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { EMPTY_HALL, type Hall } from '@/classroom/hall'
import type { Doing } from '@/classroom/doings'
import { loadCatalogue, setLanguage } from '@/messages'
import HallPanel from '@/pages/studio/HallPanel.vue'
import { show, type Shown } from '../../component'
import { playApi } from '../../fake_api'

let shown: Shown
let doings: Doing[]
/** Of the next doing: whether it was done. */
let answer: (done: boolean) => void
const hall = shallowRef<Hall>(EMPTY_HALL)
const state = ref('live')

beforeEach(async () => {
  await setLanguage('en')
  await loadCatalogue('studio')
  doings = []
  state.value = 'live'
  const room = markRaw({
    id: 7, hall, state, rights: ref({ direct: true, moderate: true }),
    act: (doing: Doing) => {
      doings.push(doing)
      return new Promise<boolean>((resolve) => (answer = resolve))
    },
    call: (work: () => Promise<unknown>) => work().catch(() => null),
  })
  shown = show(HallPanel, { room })
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

async function tab(name: string): Promise<void> {
  shown.find(`[data-test=tab-${name}]`).click()
  await nextTick()
}

async function write(selector: string, text: string): Promise<void> {
  const field = shown.find<HTMLInputElement>(selector)
  field.value = text
  field.dispatchEvent(new Event('input'))
  await nextTick()
}

const written = (selector: string): string => shown.find<HTMLInputElement>(selector).value
const submit = (): boolean => shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))

it('keeps what is half written while another tab is looked at', async () => {
  await tab('notices')
  await write('[data-test=notice-text]', 'On Wednesday')
  await tab('chat')
  expect(shown.findAll('[data-test=notice-text]')).toEqual([])
  await write('[data-test=chat-text]', 'Can you')
  await tab('notices')
  expect(written('[data-test=notice-text]')).toBe('On Wednesday')
  await tab('chat')
  expect(written('[data-test=chat-text]')).toBe('Can you')
})

it('empties what was sent, though another tab is looked at when it has arrived', async () => {
  await tab('notices')
  await write('[data-test=notice-text]', 'On Wednesday')
  submit()
  await tab('chat')
  answer(true)
  await nextTick()
  await tab('notices')
  await vi.waitFor(() => expect(written('[data-test=notice-text]')).toBe(''))
})

it('keeps what was written while the notice before was on its way', async () => {
  await tab('notices')
  await write('[data-test=notice-text]', 'On Wednesday')
  submit()
  await write('[data-test=notice-text]', 'In the hall')
  answer(true)
  await vi.waitFor(() => expect(shown.findAll('[aria-busy=true]')).toEqual([]))
  expect(written('[data-test=notice-text]')).toBe('In the hall')
})

it('keeps what was written on, without what was sent', async () => {
  await tab('notices')
  await write('[data-test=notice-text]', 'On Wednesday')
  submit()
  await write('[data-test=notice-text]', 'On Wednesday in the hall')
  answer(true)
  await vi.waitFor(() => expect(written('[data-test=notice-text]')).toBe('in the hall'))
})

it('keeps the link that was written while the one before was handed out', async () => {
  await tab('handouts')
  await write('[data-test=handout-title]', 'One')
  await write('[data-test=handout-url]', 'https://example.org/1')
  submit()
  await write('[data-test=handout-url]', 'https://example.org/2')
  answer(true)
  await vi.waitFor(() => expect(shown.findAll('[aria-busy=true]')).toEqual([]))
  expect(written('[data-test=handout-url]')).toBe('https://example.org/2')
  expect(written('[data-test=handout-title]')).toBe('')
})

it('draws no line of the chat while another tab is looked at, and all of them after', async () => {
  let drawn = 0
  const line = (seq: number): Hall['lines'][number] =>
    ({ seq, kind: 'chat', wall_ms: 0, media_ms: 0, name: 'A', get text() { return `line ${(drawn += 1, seq)}` } })
  const said = (...lines: Hall['lines'][number][]): void => void (hall.value = { ...EMPTY_HALL, lines })
  said(line(1))
  await tab('chat')
  expect(shown.findAll('[data-test=line]')).toHaveLength(1)
  await tab('notices')
  drawn = 0
  said(line(1), line(2))
  await nextTick()
  expect(drawn).toBe(0)
  await tab('chat')
  expect(shown.findAll('[data-test=line]')).toHaveLength(2)
  hall.value = EMPTY_HALL
})

it('shows the way of the chat that holds, not one that was refused', async () => {
  await tab('chat')
  const select = shown.find<HTMLSelectElement>('[data-test=chat-mode]')
  select.value = 'closed'
  select.dispatchEvent(new Event('change'))
  expect(doings).toEqual([{ type: 'chat-mode', open: false, slow_s: 0 }])
  answer(false)
  await vi.waitFor(() => expect(select.value).toBe('open'))
})

it('hands a file out once, however often it is tried', async () => {
  const keys: (string | null)[] = []
  let there = false
  playApi({
    'POST /api/v1/lessons/7/handouts': ({ query }: { query: URLSearchParams }) => {
      keys.push(query.get('key'))
      if (!there) throw new TypeError('failed to fetch')
      return { handout: 1 }
    },
  })
  await tab('handouts')
  const input = shown.find<HTMLInputElement>('[data-test=handout-file]')
  Object.defineProperty(input, 'files', { value: [new File(['x'], 'costs.pdf')], configurable: true })
  input.dispatchEvent(new Event('change'))
  await vi.waitFor(() => expect(written('[data-test=handout-title]')).toBe('costs'))
  const send = async (n: number): Promise<void> => {
    submit()
    await vi.waitFor(() => expect(keys).toHaveLength(n))
    await vi.waitFor(() => expect(shown.findAll('[aria-busy=true]')).toEqual([]))
  }
  await send(1)
  there = true
  await send(2)
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
  expect(keys[1]).toBe(keys[0])
  await vi.waitFor(() => expect(written('[data-test=handout-title]')).toBe(''))
  input.dispatchEvent(new Event('change'))
  await vi.waitFor(() => expect(written('[data-test=handout-title]')).toBe('costs'))
  await send(3)
  expect(keys[2]).not.toBe(keys[0])
})

it('no more waits for questions when the lesson is over', async () => {
  const waiting = shown.find('#tab-panel').textContent
  state.value = 'ended'
  await nextTick()
  expect(shown.find('#tab-panel').textContent).not.toBe(waiting)
})

const asked = (state: 'asked' | 'taken'): Hall =>
  ({ ...EMPTY_HALL, questions: [{ seq: 3, state, votes: 0, name: 'A', text: 'Why?' }] }) as unknown as Hall

it('ends an answer by word of mouth at one tap, but not at the second of a double one', async () => {
  hall.value = asked('taken')
  await nextTick()
  const done = shown.find('[data-test=question-done]')
  done.dispatchEvent(new MouseEvent('click', { detail: 2 }))
  expect(doings).toEqual([])
  done.dispatchEvent(new MouseEvent('click', { detail: 1 }))
  expect(doings).toEqual([{ type: 'question-state', question: 3, state: 'answered' }])
  hall.value = EMPTY_HALL
})

it('removes a question once that was confirmed', async () => {
  hall.value = asked('asked')
  await nextTick()
  shown.find('[data-test=remove-question]').click()
  await vi.waitFor(() => shown.find('[data-test=remove-no]').click())
  expect(doings).toEqual([])
  shown.find('[data-test=remove-question]').click()
  await vi.waitFor(() => shown.find('[data-test=remove-yes]').click())
  expect(doings).toEqual([{ type: 'question-state', question: 3, state: 'dismissed' }])
  hall.value = EMPTY_HALL
})

it('publishes no answer without words', async () => {
  hall.value = asked('asked')
  await nextTick()
  shown.find('[data-test=answer-question]').click()
  await vi.waitFor(() => shown.find('[data-test=answer-send]').click())
  expect(doings).toEqual([])
  await write('[data-test=answer-text]', 'Because')
  shown.find('[data-test=answer-send]').click()
  expect(doings).toEqual([{ type: 'question-state', question: 3, state: 'answered', text: 'Because' }])
  hall.value = EMPTY_HALL
})

it('keeps a poll that is half written until it was sent', async () => {
  await tab('polls')
  const open = async (): Promise<void> => {
    shown.find('[data-test=new-poll]').click()
    await vi.waitFor(() => shown.find('[data-test=poll-text]'))
  }
  await open()
  await write('[data-test=poll-text]', 'Is it loud')
  shown.find('[data-test=close-dialog]').click()
  await vi.waitFor(() => expect(shown.findAll('[data-test=poll-text]')).toEqual([]))
  await open()
  expect(written('[data-test=poll-text]')).toBe('Is it loud')
  for (const [at, text] of ['Yes', 'No'].entries()) await write(`.option:nth-of-type(${at + 1}) [data-test=poll-option]`, text)
  shown.find('[data-test=poll-put]').click()
  expect(doings).toHaveLength(1)
  answer(true)
  await vi.waitFor(() => expect(shown.findAll('[data-test=poll-text]')).toEqual([]))
  await open()
  expect(written('[data-test=poll-text]')).toBe('')
})
