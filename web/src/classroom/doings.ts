// What people do in a lesson: chat, questions, votes, hands, polls, announcements,
// hand-outs. Each thing has an id, and is sent again under it, over lost lines too, until
// the server has said `done` or `refused`: it is done once.
import { newKey } from '@/api/key'
import type { Done, RefusalCode, Refused } from './messages'

/** The things, without their ids; docs/protocol.md, "What people do". */
export type Doing =
  | { type: 'chat'; text: string }
  | { type: 'chat-hide'; line: number }
  | { type: 'chat-mode'; open: boolean; slow_s: number }
  | { type: 'chat-mute'; member: number; muted: boolean }
  | { type: 'question'; text: string }
  | { type: 'question-vote'; question: number; vote: boolean }
  | { type: 'question-state'; question: number; state: 'taken' | 'answered' | 'dismissed'; text?: string }
  | { type: 'hand'; raised: boolean }
  | { type: 'hand-state'; hand: number; state: 'called' | 'lowered' }
  | NewPoll
  | { type: 'poll-answer'; poll: number; choices: number[] }
  | { type: 'poll-close'; poll: number }
  | { type: 'poll-show'; poll: number; shown: boolean }
  | { type: 'announcement'; text: string }
  | { type: 'announcement-withdraw'; announcement: number }
  | { type: 'handout'; title: string; url: string }
  | { type: 'handout-change'; handout: number; pinned: boolean; removed: boolean }

export interface NewPoll {
  type: 'poll'
  text: string
  options: string[]
  multiple: boolean
  quiz: boolean
  shown: boolean
  /** Of a quiz: the options that are right. */
  correct?: number[]
}

/** Why something was not done. `closed`: the page left the lesson before an answer. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode | 'closed',
    readonly field: string | null = null,
    readonly afterMs: number | null = null,
    detail = '',
  ) {
    super(detail === '' ? code : `${code}: ${detail}`)
  }
}

interface Pending {
  doing: Doing
  done(seq: number | null): void
  refused(refusal: Refusal): void
}

/** A busy server is asked again after what it says, within these. */
const LEAST_WAIT_MS = 250
const LONGEST_WAIT_MS = 60_000

export class Doings {
  private readonly pending = new Map<string, Pending>()
  private readonly timers = new Set<ReturnType<typeof setTimeout>>()

  /** @send: may lose what it is given while there is no line */
  constructor(private readonly send: (message: object) => void) {}

  /** How many have no answer yet. */
  get waiting(): number {
    return this.pending.size
  }

  /** Resolves with the number of the event that it became, if any. Rejects with a Refusal. */
  do(doing: Doing): Promise<number | null> {
    const id = newKey()
    return new Promise((done, refused) => {
      this.pending.set(id, { doing, done, refused })
      this.send({ ...doing, id })
    })
  }

  /** There is a line again. */
  opened(): void {
    for (const [id, { doing }] of this.pending) this.send({ ...doing, id })
  }

  /** Returns: what was done, when it was ours. */
  answered(message: Done | Refused): Doing | null {
    const id = message.id ?? ''
    const pending = this.pending.get(id)
    if (pending === undefined) return null
    if (message.type === 'refused' && message.code === 'busy') {
      this.later(id, message.after_ms ?? LEAST_WAIT_MS)
      return null
    }
    this.pending.delete(id)
    if (message.type === 'done') {
      pending.done(message.seq ?? null)
      return pending.doing
    }
    const { code, field, after_ms, detail } = message
    pending.refused(new Refusal(code, field ?? null, after_ms ?? null, detail))
    return null
  }

  /** The page leaves the lesson: what has no answer is given up. */
  stop(): void {
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
    for (const { refused } of this.pending.values()) refused(new Refusal('closed'))
    this.pending.clear()
  }

  private later(id: string, afterMs: number): void {
    const wait = Math.min(Math.max(afterMs, LEAST_WAIT_MS), LONGEST_WAIT_MS)
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      const pending = this.pending.get(id)
      if (pending !== undefined) this.send({ ...pending.doing, id })
    }, wait)
    this.timers.add(timer)
  }
}
