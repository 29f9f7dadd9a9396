import { describe, expect, it } from 'vitest'
import { EMPTY_HALL, hallAfter, hallAfterOwn, type Hall } from '@/classroom/hall'
import { readMessage, type HallMessage } from '@/classroom/messages'

/** The hall after messages, each read as it would come over the line. */
function after(...messages: object[]): Hall {
  return messages.reduce<Hall>((hall, message) => {
    const read = readMessage(JSON.stringify(message))
    if (read === null) throw new Error(`not taken: ${JSON.stringify(message)}`)
    return hallAfter(hall, read as HallMessage)
  }, EMPTY_HALL)
}

let next = 0
function event(kind: string, fields: object = {}): { seq: number } {
  return Object.assign({ seq: ++next }, { kind, wall_ms: 0, media_ms: 0 }, fields)
}
const events = (...list: { seq: number }[]): object => ({
  type: 'events',
  events: list,
  seq: list[list.length - 1]?.seq ?? 0,
})

const STATE = {
  type: 'state',
  seq: 40,
  chat: { open: false, slow_s: 30 },
  lines: [event('chat', { text: 'before' })],
  announcements: [],
  questions: [{ seq: 7, text: 'why?', state: 'asked', votes: 2 }],
  polls: [],
  handouts: [{ seq: 9, title: 'notes', pinned: true, url: 'https://a.example/' }],
  hands: [],
}

describe('the state', () => {
  it('makes what was had void, but not who is there', () => {
    const presence = { type: 'presence', members: 3, devices: 4, heads: 5, rooms: [], branches: [] }
    const hall = after(events(event('chat', { text: 'old' })), presence, STATE)
    expect(hall.lines.map(({ text }) => text)).toEqual(['before'])
    expect(hall.seq).toBe(40)
    expect(hall.chat).toEqual({ open: false, slow_s: 30 })
    expect(hall.muted).toBeNull()
    expect(hall.presence?.members).toBe(3)
  })
})

describe('events', () => {
  it('are taken once, though they come again', () => {
    const line = event('chat', { text: 'hello' })
    expect(after(events(line), events(line)).lines).toHaveLength(1)
  })

  it('hide lines, change the mode, withdraw announcements', () => {
    const [line, told] = [event('chat', { text: 'x' }), event('announcement', { text: 'y' })]
    const before = after(events(line, told))
    expect([before.lines.length, before.announcements.length]).toEqual([1, 1])
    const hall = after(
      events(
        line,
        told,
        event('chat-hidden', { body: { line: line.seq } }),
        event('announcement-withdrawn', { body: { announcement: told.seq } }),
        event('chat-mode', { body: { open: true, slow_s: 10 } }),
      ),
    )
    expect([hall.lines, hall.announcements]).toEqual([[], []])
    expect(hall.chat).toEqual({ open: true, slow_s: 10 })
  })

  it('carry a question from asked to its answer, or away', () => {
    const [one, other] = [event('question', { text: 'a', name: 'x' }), event('question', { text: 'b' })]
    const hall = after(
      events(
        one,
        other,
        event('question-state', { text: 'because', body: { question: one.seq, state: 'answered' } }),
        event('question-state', { body: { question: other.seq, state: 'dismissed' } }),
      ),
      { type: 'tally', votes: [[one.seq, 12]], polls: [] },
    )
    expect(hall.questions).toEqual([
      { seq: one.seq, name: 'x', text: 'a', state: 'answered', votes: 12, answer: 'because' },
    ])
  })

  it('carry a quiz from its question to its results, and judge the own answer', () => {
    const quiz = event('poll', { text: '1+1?', body: { options: ['2', '3'], quiz: true, multiple: false, shown: false } })
    const open = after(events(quiz), { type: 'tally', votes: [], polls: [{ poll: quiz.seq, answers: 2, counts: [2, 0] }] })
    expect(open.polls[0]).toMatchObject({ closed: false, answers: 2, counts: [2, 0] })
    const answered = hallAfterOwn(open, { type: 'poll-answer', poll: quiz.seq, choices: [0] }, null)
    expect(answered.yours.answers).toEqual([{ poll: quiz.seq, choices: [0] }])
    const body = { poll: quiz.seq, shown: true, counts: [3, 1], answers: 4, correct: [0] }
    const closed = hallAfter(answered, events(event('poll-closed', { body })) as HallMessage)
    expect(closed.polls[0]).toMatchObject({ closed: true, shown: true, counts: [3, 1], correct: [0] })
    expect(closed.yours.answers).toEqual([{ poll: quiz.seq, choices: [0], right: true }])
  })

  it('carry hands up, called and down, mine too', () => {
    const hand = event('hand', { name: 'A', member: 3 })
    const mine = hallAfterOwn(after(events(hand)), { type: 'hand', raised: true }, hand.seq)
    expect(mine.yours.hands).toEqual([hand.seq])
    const state = (to: string): HallMessage =>
      events(event('hand-state', { body: { hand: hand.seq, state: to } })) as HallMessage
    expect(hallAfter(mine, state('called')).hands).toEqual([
      { name: 'A', member: 3, seq: hand.seq, state: 'called' },
    ])
    const down = hallAfter(mine, state('lowered'))
    expect([down.hands, down.yours.hands]).toEqual([[], []])
  })

  it('bring hand-outs, pin them and take them away', () => {
    const handout = event('handout', { name: 'a lecturer', body: { title: 'notes', pinned: false, name: 'a.pdf', bytes: 9 } })
    const change = (body: object): object => events(event('handout-changed', { body: { handout: handout.seq, ...body } }))
    expect(after(events(handout)).handouts[0]).toEqual({ seq: handout.seq, title: 'notes', pinned: false, name: 'a.pdf', bytes: 9 })
    expect(after(events(handout), change({ pinned: true, removed: false })).handouts[0]?.pinned).toBe(true)
    expect(after(events(handout), change({ pinned: true, removed: true })).handouts).toEqual([])
  })

  it('mute: a member is told of themselves, the staff of all', () => {
    const muted = event('chat-muted', { member: 5, name: 'B', body: { muted: true } })
    expect(after(events(muted)).yours.muted).toBe(true)
    const staff = after({ ...STATE, muted: [] }, events(muted))
    expect(staff.muted).toEqual([{ member: 5, name: 'B' }])
    expect(staff.yours.muted).toBe(false)
  })

  it('tell of a break, and of what we do not know', () => {
    expect(after(events(event('break', { body: { on: true, start_ms: 5 } }))).onBreak).toBe(true)
    const strange = after(events(event('fireworks', { body: { colour: 'red' } })))
    expect(strange).toEqual({ ...EMPTY_HALL, seq: strange.seq })
  })

  it('of a long lesson are kept as far as anybody reads back', () => {
    const lines = Array.from({ length: 1_000 }, () => event('chat', { text: 'x' }))
    const hall = after(events(...lines))
    expect(hall.lines).toHaveLength(300)
    expect(hall.lines[299]?.seq).toBe(hall.seq)
  })
})

describe('prompts', () => {
  it('stand until their own closing', () => {
    const prompt = { type: 'prompt', id: 3, limit_ms: 60_000, left_ms: 60_000 }
    expect(after(prompt, { type: 'prompt-closed', id: 2, answered: false }).prompt?.id).toBe(3)
    expect(after(prompt, { type: 'prompt-closed', id: 3, answered: true }).prompt).toBeNull()
  })
})

describe('what comes over the line', () => {
  it.each([
    { type: 'state', seq: 1 },
    { ...STATE, lines: [{ text: 'no number' }] },
    { ...STATE, polls: [{ seq: 1 }] },
    { type: 'events', events: {}, seq: 1 },
    { type: 'events', events: [{ seq: 1, kind: 'chat', body: 'x' }], seq: 1 },
    { type: 'yours', muted: false, votes: ['1'], answers: [], hands: [], questions: [] },
    { type: 'tally', votes: [[1, 'x']], polls: [] },
    { type: 'presence', members: 1 },
    { type: 'prompt', id: 1 },
    { type: 'constructor' },
    { type: 'toString' },
  ])('is not taken when it is not whole: %j', (message) => {
    expect(readMessage(JSON.stringify(message))).toBeNull()
  })
})
