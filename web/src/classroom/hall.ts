// A lesson's hall as a page knows it: chat, questions, polls, hands, hand-outs, who is
// there. A value that is never changed: each message makes the next one, so that whoever
// holds one sees it whole. What it must become is said in docs/protocol.md.
import type { Doing } from './doings'
import type {
  ChatMode, Hand, HallMessage, Handout, Health, LessonEvent, Muted, OwnAnswer, Poll, Presence,
  Prompt, Question, State, Tally, Yours,
} from './messages'

export interface Hall {
  /** Everything up to this event is in here; 0 before the server has told anything. */
  seq: number
  chat: ChatMode
  lines: readonly LessonEvent[]
  announcements: readonly LessonEvent[]
  questions: readonly Question[]
  polls: readonly Poll[]
  handouts: readonly Handout[]
  hands: readonly Hand[]
  /** To the staff; else null. */
  muted: readonly Muted[] | null
  yours: Omit<Yours, 'type'>
  onBreak: boolean
  /** "Are you there?", while it wants an answer. */
  prompt: Prompt | null
  /** The last one that was shown here and closed without an answer that counts. */
  missedPrompt: number | null
  /** To the staff and stewards; null until it is told. */
  presence: Presence | null
  health: Health | null
}

export const EMPTY_HALL: Hall = {
  seq: 0,
  chat: { open: true, slow_s: 0 },
  lines: [],
  announcements: [],
  questions: [],
  polls: [],
  handouts: [],
  hands: [],
  muted: null,
  yours: { muted: false, votes: [], answers: [], hands: [], questions: [] },
  onBreak: false,
  prompt: null,
  missedPrompt: null,
  presence: null,
  health: null,
}

/** The lecturer has called a hand of one's own. */
export function isCalled({ hands, yours }: Hall): boolean {
  return hands.some(({ seq, state }) => state === 'called' && yours.hands.includes(seq))
}

/** What a page keeps of a long lesson; what is older is gone from it. */
const MOST_LINES = 300
const MOST_OTHERS = 200

export function hallAfter(hall: Hall, message: HallMessage): Hall {
  switch (message.type) {
    case 'state':
      return stated(hall, message)
    case 'events':
      return message.events.reduce(afterEvent, { ...hall, seq: Math.max(hall.seq, message.seq) })
    case 'yours': {
      const { type: _, ...yours } = message
      return { ...hall, yours }
    }
    case 'tally':
      return tallied(hall, message)
    case 'presence':
      return { ...hall, presence: message }
    case 'health':
      return { ...hall, health: message }
    case 'prompt':
      return { ...hall, prompt: message }
    case 'prompt-closed':
      return hall.prompt?.id === message.id ? { ...hall, prompt: null } : hall
  }
}

/** What was had is void. Who is there and how the source does is told apart from it. */
function stated(hall: Hall, { type: _, muted, ...state }: State): Hall {
  return { ...hall, ...state, muted: muted ?? null }
}

function tallied(hall: Hall, { votes, polls }: Tally): Hall {
  const votesOf = new Map(votes)
  const tallyOf = new Map(polls.map((one) => [one.poll, one]))
  return {
    ...hall,
    questions: hall.questions.map((question) => {
      const count = votesOf.get(question.seq)
      return count === undefined ? question : { ...question, votes: count }
    }),
    polls: hall.polls.map((poll) => {
      const tally = tallyOf.get(poll.seq)
      return tally === undefined ? poll : { ...poll, counts: tally.counts, answers: tally.answers }
    }),
  }
}

/** An item that comes again, after a `resume`, is what it is: no second one. */
function added<T extends { seq: number }>(list: readonly T[], item: T, most = MOST_OTHERS): T[] {
  return [...list.filter(({ seq }) => seq !== item.seq), item].slice(-most)
}

function without<T extends { seq: number }>(list: readonly T[], seq: unknown): T[] {
  return list.filter((item) => item.seq !== seq)
}

function changed<T extends { seq: number }>(list: readonly T[], seq: unknown, fields: Partial<T>): T[] {
  return list.map((item) => (item.seq === seq ? { ...item, ...fields } : item))
}

type Body = Record<string, unknown>

/** Those of `names` that `from` has. */
function picked(from: object, names: readonly string[]): Body {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))
}

function newPoll({ seq, text = '' }: LessonEvent, body: Body): Poll {
  const options = Array.isArray(body['options']) ? (body['options'] as string[]) : []
  return {
    seq,
    text,
    options,
    multiple: body['multiple'] === true,
    quiz: body['quiz'] === true,
    shown: body['shown'] === true,
    closed: false,
  }
}

function newQuestion(event: LessonEvent): Question {
  const who = picked(event, ['seq', 'name', 'staff', 'member']) as { seq: number }
  return { ...who, text: event.text ?? '', state: 'asked', votes: 0 }
}

function questioned(hall: Hall, { text }: LessonEvent, body: Body): Hall {
  const { question, state } = body as { question: number; state: Question['state'] | 'dismissed' }
  if (state === 'dismissed') return { ...hall, questions: without(hall.questions, question) }
  const questions = hall.questions.map((one) => {
    if (one.seq !== question) return one
    const { answer: _, ...rest } = one
    return { ...rest, state, ...(text === undefined ? {} : { answer: text }) }
  })
  return { ...hall, questions }
}

function muting(hall: Hall, { member = 0, name = '' }: LessonEvent, body: Body): Hall {
  const muted = body['muted'] === true
  if (hall.muted === null) return { ...hall, yours: { ...hall.yours, muted } }
  const others = hall.muted.filter((one) => one.member !== member)
  return { ...hall, muted: muted ? [...others, { member, name }] : others }
}

function handChanged(hall: Hall, body: Body): Hall {
  const { hand, state } = body as { hand: number; state: 'called' | 'lowered' }
  if (state === 'called') return { ...hall, hands: changed(hall.hands, hand, { state }) }
  const yours = { ...hall.yours, hands: hall.yours.hands.filter((seq) => seq !== hand) }
  return { ...hall, hands: without(hall.hands, hand), yours }
}

function pollChanged(hall: Hall, body: Body, closed: boolean): Hall {
  const fields = picked(body, ['shown', 'counts', 'answers', 'correct']) as Partial<Poll>
  const polls = changed(hall.polls, body['poll'], closed ? { ...fields, closed } : fields)
  const correct = closed ? fields.correct : undefined
  if (correct === undefined) return { ...hall, polls }
  const judge = (answer: OwnAnswer): OwnAnswer =>
    answer.poll === body['poll'] ? { ...answer, right: sameChoices(answer.choices, correct) } : answer
  return { ...hall, polls, yours: { ...hall.yours, answers: hall.yours.answers.map(judge) } }
}

function sameChoices(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((choice) => other.includes(choice))
}

const OF_HANDOUT = ['title', 'pinned', 'url', 'name', 'media_type', 'bytes']

function afterEvent(hall: Hall, event: LessonEvent): Hall {
  const { seq, kind, body = {} } = event
  switch (kind) {
    case 'chat':
      return { ...hall, lines: added(hall.lines, event, MOST_LINES) }
    case 'chat-hidden':
      return { ...hall, lines: without(hall.lines, body['line']) }
    case 'chat-mode':
      return { ...hall, chat: { ...hall.chat, ...(body as Partial<ChatMode>) } }
    case 'chat-muted':
      return muting(hall, event, body)
    case 'question':
      return { ...hall, questions: added(hall.questions, newQuestion(event)) }
    case 'question-state':
      return questioned(hall, event, body)
    case 'hand': {
      const who = picked(event, ['name', 'member', 'site'])
      return { ...hall, hands: added<Hand>(hall.hands, { ...who, seq, state: 'raised' }, 500) }
    }
    case 'hand-state':
      return handChanged(hall, body)
    case 'poll':
      return { ...hall, polls: added(hall.polls, newPoll(event, body)) }
    case 'poll-closed':
    case 'poll-shown':
      return pollChanged(hall, body, kind === 'poll-closed')
    case 'announcement':
      return { ...hall, announcements: added(hall.announcements, event) }
    case 'announcement-withdrawn':
      return { ...hall, announcements: without(hall.announcements, body['announcement']) }
    case 'handout': {
      const handout = { title: '', pinned: false, ...picked(body, OF_HANDOUT), seq }
      return { ...hall, handouts: added<Handout>(hall.handouts, handout) }
    }
    case 'handout-changed': {
      if (body['removed'] === true) return { ...hall, handouts: without(hall.handouts, body['handout']) }
      return { ...hall, handouts: changed(hall.handouts, body['handout'], { pinned: body['pinned'] === true }) }
    }
    case 'break':
      return { ...hall, onBreak: body['on'] === true }
    default:
      return hall // of a later server
  }
}

/** What this member did is told to nobody again: the page notes it when it is done. */
export function hallAfterOwn(hall: Hall, doing: Doing, seq: number | null): Hall {
  const { yours } = hall
  switch (doing.type) {
    case 'question-vote': {
      const others = yours.votes.filter((question) => question !== doing.question)
      return { ...hall, yours: { ...yours, votes: doing.vote ? [...others, doing.question] : others } }
    }
    case 'question':
      return seq === null ? hall : { ...hall, yours: { ...yours, questions: [...yours.questions, seq] } }
    case 'hand':
      return { ...hall, yours: { ...yours, hands: doing.raised && seq !== null ? [seq] : [] } }
    case 'poll-answer': {
      const others = yours.answers.filter(({ poll }) => poll !== doing.poll)
      return { ...hall, yours: { ...yours, answers: [...others, { poll: doing.poll, choices: doing.choices }] } }
    }
    default:
      return hall
  }
}
