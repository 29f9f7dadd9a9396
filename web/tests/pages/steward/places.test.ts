import { expect, it } from 'vitest'
import { lessonsInQuestion, type StewardLesson } from '@/pages/steward/places'
import { cardIn } from '@/pages/steward/scanner'

const HOUR = 3_600_000
const now = Date.parse('2026-11-01T12:00:00Z')
const at = (hours: number): string => new Date(now + hours * HOUR).toISOString()
const lesson = (id: number, state: StewardLesson['state'], more: Partial<StewardLesson> = {}): StewardLesson => ({
  id, title: '', state, planned_at: null, started_at: null, ended_at: null, ...more,
})

it('asks about what is live, then what is near', () => {
  const lessons = [
    lesson(1, 'ended', { ended_at: at(-1) }),
    lesson(2, 'planned', { planned_at: at(5) }),
    lesson(3, 'planned', { planned_at: at(2) }),
    lesson(4, 'planned', { planned_at: at(48) }),
    lesson(5, 'open'),
    lesson(6, 'live'),
    lesson(7, 'ended', { ended_at: at(-20) }),
    lesson(8, 'cancelled', { planned_at: at(1) }),
  ]
  expect(lessonsInQuestion(lessons, now).map(({ id }) => id)).toEqual([6, 5, 3, 2, 1])
})

it.each([
  ['ACABCDEFGHIJKLMN22', 'ACABCDEFGHIJKLMN22'],
  [' acabcdefghijklmn22 ', 'ACABCDEFGHIJKLMN22'],
  ['https://x/?card=ACABCDEFGHIJKLMN22', 'ACABCDEFGHIJKLMN22'],
  ['ACABCDEFGHIJKLMN2', null],
  ['https://weixin.qq.com/x', null],
])('in %j the card is %s', (text, card) => {
  expect(cardIn(text)).toBe(card)
})
