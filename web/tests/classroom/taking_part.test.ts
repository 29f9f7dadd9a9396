// A page that takes part, against a server that a test plays.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Classroom } from '@/classroom/classroom'
import { Refusal } from '@/classroom/doings'
import type { Hall } from '@/classroom/hall'
import { Outbox } from '@/classroom/outbox'
import { FakeSocket, MemoryStorage } from './fakes'

let sockets: FakeSocket[]
let hall: Hall
let now: number
let classroom: Classroom

beforeEach(() => {
  vi.useFakeTimers()
  sockets = []
  now = 0
  classroom = new Classroom({
    lesson: 1,
    client: '0123456789abcdef',
    outbox: new Outbox(new MemoryStorage(), { member: '7', lesson: 1, client: '0123456789abcdef' }),
    origin: 'wss://host',
    random: () => 1,
    now: () => now,
    open: (address) => {
      const socket = new FakeSocket(address)
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
    events: {
      line: () => undefined,
      totals: () => undefined,
      lesson: () => undefined,
      pending: () => undefined,
      hall: (next) => (hall = next),
    },
  })
  classroom.start()
})

afterEach(() => {
  classroom.stop()
  vi.useRealTimers()
})

interface Sent {
  type: string
  id?: string | number
  since?: number
  after_ms?: number
}

function last(): FakeSocket {
  const socket = sockets[sockets.length - 1]
  if (socket === undefined) throw new Error('no socket was opened')
  return socket
}
const sent = (type: string, socket = last()): Sent[] =>
  (socket.sent as Sent[]).filter((message) => message.type === type)

function cut(): void {
  last().drops()
  vi.advanceTimersByTime(500)
}

const line = (seq: number, text: string): object => ({
  type: 'events',
  events: [{ seq, kind: 'chat', wall_ms: 0, media_ms: 0, text }],
  seq,
})

describe('hearing', () => {
  it('asks for everything at first, and for what was missed after a cut', () => {
    expect(last().address).toMatch(/&since=0$/)
    last().welcomes({ on_break: true })
    last().says(line(12, 'hello'))
    expect(hall.onBreak).toBe(true)
    cut()
    expect(last().address).toMatch(/&since=12$/)
  })

  it('asks anew when messages were lost on the way, not too often', () => {
    last().welcomes()
    last().says(line(12, 'hello'))
    last().says({ type: 'gap' })
    expect(sent('resume')).toEqual([{ type: 'resume', since: 12 }])
    last().says({ type: 'refused', code: 'too-fast', after_ms: 2_000 })
    last().says({ type: 'gap' })
    expect(sent('resume')).toHaveLength(1)
    vi.advanceTimersByTime(2_000)
    expect(sent('resume')).toHaveLength(2)
  })
})

describe('a thing that somebody does', () => {
  it('is done once its commit is told', async () => {
    last().welcomes()
    const said = classroom.do({ type: 'chat', text: 'hello' })
    const [message] = sent('chat')
    expect(message).toMatchObject({ text: 'hello', id: expect.stringMatching(/^[0-9A-Za-z-]{1,36}$/) })
    last().says({ type: 'done', id: message?.id, seq: 44 })
    expect(await said).toBe(44)
  })

  it('waits for a line, and is sent again under its id until it is answered', async () => {
    const said = classroom.do({ type: 'question', text: 'why?' })
    expect(sent('question')).toEqual([])
    last().welcomes()
    const first = sent('question')
    cut()
    last().welcomes()
    expect(sent('question')).toEqual(first)
    last().says({ type: 'done', id: first[0]?.id, seq: 5 })
    expect(await said).toBe(5)
    expect(hall.yours.questions).toEqual([5])
    cut()
    last().welcomes()
    expect(sent('question')).toEqual([])
  })

  it('is tried again while the server is busy', async () => {
    last().welcomes()
    const voted = classroom.do({ type: 'question-vote', question: 5, vote: true })
    const id = sent('question-vote')[0]?.id
    last().says({ type: 'refused', id, code: 'busy', after_ms: 3_000 })
    vi.advanceTimersByTime(3_000)
    expect(sent('question-vote').map((message) => message.id)).toEqual([id, id])
    last().says({ type: 'done', id })
    expect(await voted).toBeNull()
    expect(hall.yours.votes).toEqual([5])
  })

  it('may be refused, with the reason', async () => {
    last().welcomes()
    const said = classroom.do({ type: 'chat', text: '' })
    last().says({ type: 'refused', id: sent('chat')[0]?.id, code: 'invalid', field: 'text', detail: 'x' })
    await expect(said).rejects.toMatchObject({ code: 'invalid', field: 'text' })
    const again = classroom.do({ type: 'chat', text: 'a' })
    last().says({ type: 'refused', id: sent('chat')[1]?.id, code: 'too-fast', after_ms: 900 })
    await expect(again).rejects.toMatchObject({ code: 'too-fast', afterMs: 900 })
  })

  it('is given up when the page leaves', async () => {
    last().welcomes()
    const said = classroom.do({ type: 'chat', text: 'bye' })
    classroom.stop()
    await expect(said).rejects.toBeInstanceOf(Refusal)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a prompt', () => {
  const PROMPT = { type: 'prompt', id: 9, limit_ms: 60_000, left_ms: 60_000 }

  it('is answered with the time since it was shown, until it is closed', () => {
    last().welcomes()
    last().says(PROMPT)
    expect(hall.prompt?.id).toBe(9)
    classroom.promptShown(9)
    expect(sent('prompt-shown')).toHaveLength(1)
    now = 4_200
    classroom.answerPrompt(9)
    now = 9_000
    classroom.answerPrompt(9)
    cut()
    last().welcomes()
    last().says(PROMPT)
    classroom.promptShown(9)
    expect(sent('prompt-answer')).toEqual([{ type: 'prompt-answer', id: 9, after_ms: 4_200 }])
    vi.advanceTimersByTime(8_000)
    expect(sent('prompt-answer')).toHaveLength(2)
    last().says({ type: 'prompt-closed', id: 9, answered: true })
    expect(hall.prompt).toBeNull()
    vi.advanceTimersByTime(20_000)
    expect(sent('prompt-answer')).toHaveLength(2)
  })

  it('stays over a lost line while the server may tell of it again', () => {
    last().welcomes()
    last().says(PROMPT)
    classroom.promptShown(9)
    cut()
    last().welcomes()
    expect(hall.prompt?.id).toBe(9)
    last().says({ ...PROMPT, left_ms: 40_000 })
    expect(sent('prompt-shown')).toHaveLength(1) // it may not have heard so before
    vi.advanceTimersByTime(10_000)
    expect(hall.prompt?.left_ms).toBe(40_000)
    cut()
    last().welcomes()
    vi.advanceTimersByTime(3_000)
    expect([hall.prompt, hall.missedPrompt]).toEqual([null, null])
  })

  it('is not shown again once it was answered and left', () => {
    last().welcomes()
    last().says(PROMPT)
    classroom.promptShown(9)
    classroom.answerPrompt(9)
    classroom.leavePrompt(9)
    cut()
    last().welcomes()
    last().says(PROMPT)
    expect(hall.prompt).toBeNull()
    expect(sent('prompt-answer')).toHaveLength(1)
  })

  it.each([
    ['answered elsewhere', true, true, null],
    ['shown and not answered', true, false, 9],
    ['shown nowhere', false, false, null],
  ])('that was %s is told to be missed accordingly', (_, shown, answered, missed) => {
    last().welcomes()
    last().says(PROMPT)
    if (shown) classroom.promptShown(9)
    last().says({ type: 'prompt-closed', id: 9, answered })
    expect([hall.prompt, hall.missedPrompt]).toEqual([null, missed])
  })

  it('is not answered before it was shown', () => {
    last().welcomes()
    classroom.answerPrompt(9)
    expect(sent('prompt-answer')).toEqual([])
  })
})

it('waits long after a fault of the page', () => {
  last().welcomes()
  last().drops(1008)
  vi.advanceTimersByTime(29_999)
  expect(sockets).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(sockets).toHaveLength(2)
})
