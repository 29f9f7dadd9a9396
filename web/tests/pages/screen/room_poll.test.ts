// @vitest-environment jsdom
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { EMPTY_HALL, type Hall } from '@/classroom/hall'
import type { Poll } from '@/classroom/messages'
import { loadCatalogue, setLanguage } from '@/messages'
import RoomPoll from '@/pages/screen/RoomPoll.vue'
import { show, type Shown } from '../../component'

let shown: Shown

beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('screen')
})
beforeEach(() => {
  vi.useFakeTimers()
  shown = show(RoomPoll, { hall: EMPTY_HALL, waits: false })
})
afterEach(() => {
  shown.remove()
  vi.useRealTimers()
})

const poll = (fields: Partial<Poll>): Poll => ({
  seq: 1, text: 'Loud enough?', options: ['Yes', 'No'], multiple: false, quiz: false, shown: true, closed: false,
  answers: 4, counts: [3, 1], ...fields,
})

async function become(hall: Partial<Hall>): Promise<string> {
  shown.props['hall'] = { ...EMPTY_HALL, ...hall }
  await nextTick()
  return shown.root.textContent
}

it('shows a poll, and for a minute what came of it', async () => {
  const asked = await become({ polls: [poll({})] })
  expect(asked).toContain('“Go to the lesson to answer”')
  expect(asked).toContain('3 people, 75%')
  expect(await become({ polls: [poll({ closed: true })] })).toContain('Poll result')
  vi.advanceTimersByTime(60_000)
  await nextTick()
  expect(shown.root.textContent).toBe('')
})

it('keeps what is not shown to itself, and what was right until the end', async () => {
  const quiz = { quiz: true, correct: [1] }
  const asked = await become({ polls: [poll({ ...quiz, shown: false })] })
  expect(asked).toContain('Loud enough?')
  expect(asked).not.toContain('people')
  expect(asked).not.toContain('Right')
  expect(await become({ polls: [poll({ ...quiz, shown: false, closed: true })] })).toBe('')
  expect(await become({ polls: [poll({ ...quiz, closed: true })] })).toContain('Right')
})

it('waits for what must be seen first', async () => {
  shown.props['waits'] = true
  expect(await become({ polls: [poll({})] })).toBe('')
  shown.props['waits'] = false
  await nextTick()
  expect(shown.root.textContent).toContain('Loud enough?')
})

it('shows no poll that was over before the screen came', async () => {
  expect(await become({ polls: [poll({ closed: true })] })).toBe('')
})

it.each([
  ['a short one', {}, true, true],
  ['a long one', { text: 'long '.repeat(20) }, true, false],
  ['many answers', { options: ['1', '2', '3', '4', '5', '6'] }, true, false],
])('%s leaves room for a large code, or not', async (_, fields, brief, roomy) => {
  shown.remove()
  let given: object = {}
  shown = show(RoomPoll, { hall: EMPTY_HALL, waits: false }, { default: (now) => void (given = now) })
  expect(given).toEqual({ brief: false, roomy: true })
  await become({ polls: [poll(fields)] })
  expect(given).toEqual({ brief, roomy })
})
