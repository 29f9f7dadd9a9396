// The classroom socket: one lesson, one client, kept open through lost lines.
//
// States:
//
//   idle ──start()──▶ connecting ──welcome──▶ open
//                         ▲                     │ close, error, silence
//                         └──── waiting ◀───────┘   (back-off, or at once when the
//                                                    browser says that it is online)
//   any ──stop()──▶ idle;  4401, 4403 ──▶ signed-out;  4404 ──▶ missing   (both final)
//
// Beats go out as they are recorded. What is not acknowledged stays in the outbox and is
// sent again: after every welcome, after a `retry`, and when an answer is overdue. So are
// the things that people do (doings.ts) and answers to prompts. A page that hears gets the
// hall (hall.ts): each time it comes again it names the last event that it has, and is told
// what it missed or how things stand.
import type { Stretch } from '@/beats/recorder'
import { BackOff } from './backoff'
import { Doings, type Doing } from './doings'
import { EMPTY_HALL, hallAfter, hallAfterOwn, type Hall } from './hall'
import {
  readMessage, type Beat, type LessonChange, type Prompt, type PromptClosed, type Refused, type ServerMessage,
  type Welcome,
} from './messages'
import { PromptAnswers } from './prompt_answers'
import type { Outbox } from './outbox'

export type LineState =
  'idle' | 'connecting' | 'open' | 'busy' | 'waiting' | 'signed-out' | 'missing'

export interface Totals {
  acceptedMs: number
  earnedMs: number
}

export interface ClassroomEvents {
  line(state: LineState): void
  totals(totals: Totals): void
  /** From a welcome or a change. */
  lesson(state: 'planned' | LessonChange['state'], lengthMs: number, interrupted: boolean): void
  /** How many beats wait for an acknowledgement. */
  pending(count: number): void
  /** With this the page hears what happens in the lesson. */
  hall?(hall: Hall): void
}

export interface ClassroomOptions {
  lesson: number
  client: string
  outbox: Outbox
  events: ClassroomEvents
  /** The page's origin as a WebSocket address: `wss://host`. */
  origin: string
  open?: (address: string) => WebSocket
  random?: () => number
  /** A clock that only goes on, ms. */
  now?: () => number
}

/** The session is gone, or good for nothing before the password is another one. */
const CLOSES_SIGNED_OUT = [4401, 4403]
const CLOSE_MISSING = 4404
/** A fault of the page, or the lesson is for others: to come again at once is no use. */
const CLOSES_FOR_LONG = [1007, 1008, 1009]
const LONG_MS = 30_000

const PING_EVERY_MS = 20_000
/** Nothing heard for so long: the line is dead, whatever the browser thinks. */
const SILENCE_MS = 32_000
const PROOF_WITHIN_MS = 5_000
const WELCOME_WITHIN_MS = 10_000
/** An acknowledgement takes a group commit, a quarter of a second. */
const ACK_WITHIN_MS = 8_000
/** A message is at most 8 KiB and 64 beats; a beat is at most 140 bytes of JSON. */
const BEATS_PER_MESSAGE = 50
const LONGEST_RETRY_MS = 60_000

const LEAST_RESUME_MS = 1_000
/** A prompt that is still open is told again so soon after the welcome. */
const PROMPT_WITHIN_MS = 3_000

type Timer = ReturnType<typeof setTimeout>
type TimerName = 'connect' | 'ping' | 'silence' | 'resend' | 'resume' | 'answer' | 'prompt'

export class Classroom {
  private state: LineState = 'idle'
  private socket: WebSocket | null = null
  private readonly backOff: BackOff
  private readonly timers = new Map<TimerName, Timer>()
  private readonly doings = new Doings((message) => this.sendIfOpen(message))
  private readonly answers: PromptAnswers
  private hall: Hall = EMPTY_HALL

  constructor(private readonly options: ClassroomOptions) {
    this.backOff = new BackOff(options.random)
    this.answers = new PromptAnswers(options.now ?? (() => performance.now()))
  }

  start(): void {
    if (this.state !== 'idle') return
    this.options.events.pending(this.options.outbox.beats.length)
    this.connect()
  }

  stop(): void {
    this.doings.stop()
    this.drop()
    this.enter('idle')
  }

  /** Something says that the line may be back (online, page shown): try at once. */
  wake(): void {
    if (this.state === 'waiting') {
      this.backOff.reset()
      this.connect()
    } else if (this.state === 'open' || this.state === 'busy') {
      // A phone that slept has a socket that looks alive: ask, and do not wait long.
      this.ping()
      this.after('silence', PROOF_WITHIN_MS, () => this.closed(1006))
    }
  }

  record(stretch: Stretch): void {
    const beat = this.options.outbox.add(stretch)
    this.options.events.pending(this.options.outbox.beats.length)
    if (this.state === 'open') this.sendBeats([beat])
  }

  /** Resolves with the number of the event that it became, if any; rejects with a Refusal.
   *  Waits for a line as long as it takes. */
  do(doing: Doing): Promise<number | null> {
    return this.doings.do(doing)
  }

  /** The page shows the prompt of the hall, with its sound: its time runs. */
  promptShown(id: number): void {
    this.sendIfOpen(this.answers.shown(id))
  }

  /** The member pressed. Sent until the server has closed the prompt. */
  answerPrompt(id: number): void {
    this.answers.pressed(id)
    this.sendAnswers()
  }

  /** Nothing more is to be seen of it: its time is over, or the answer is on its way. */
  leavePrompt(id: number): void {
    if (this.hall.prompt?.id === id) this.setHall({ ...this.hall, prompt: null })
  }

  private enter(state: LineState): void {
    if (state === this.state) return
    this.state = state
    this.options.events.line(state)
  }

  private connect(): void {
    this.drop()
    this.enter('connecting')
    const { origin, lesson, client, events } = this.options
    const since = events.hall === undefined ? '' : `&since=${this.hall.seq}`
    const open = this.options.open ?? ((address) => new WebSocket(address, 'airclass'))
    const socket = open(`${origin}/classroom?lesson=${lesson}&client=${client}${since}`)
    this.socket = socket
    socket.onmessage = (event: MessageEvent<unknown>) => this.receive(event.data)
    socket.onclose = (event) => this.closed(event.code)
    this.after('silence', WELCOME_WITHIN_MS, () => this.closed(1006))
  }

  /** Lets go of the socket and of every timer. */
  private drop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
    const socket = this.socket
    this.socket = null
    if (socket === null) return
    socket.onmessage = null
    socket.onclose = null
    socket.close()
  }

  private closed(code: number): void {
    this.drop()
    if (CLOSES_SIGNED_OUT.includes(code)) return this.enter('signed-out')
    if (code === CLOSE_MISSING) return this.enter('missing')
    this.enter('waiting')
    const wait = CLOSES_FOR_LONG.includes(code) ? LONG_MS : this.backOff.next()
    this.after('connect', wait, () => this.connect())
  }

  private receive(data: unknown): void {
    const message = readMessage(data)
    if (this.state !== 'connecting') this.heard()
    if (message !== null) this.handle(message)
  }

  private handle(message: ServerMessage): void {
    const { events, outbox } = this.options
    switch (message.type) {
      case 'welcome':
        this.welcomed(message)
        break
      case 'ack':
        outbox.acknowledge(message.seqs)
        // While the server is busy that timer is also the way back to `open`.
        if (outbox.beats.length === 0 && this.state !== 'busy') this.cancel('resend')
        events.pending(outbox.beats.length)
        events.totals({ acceptedMs: message.accepted_ms, earnedMs: message.earned_ms })
        break
      case 'retry':
        this.enter('busy')
        this.after('resend', Math.min(message.after_ms, LONGEST_RETRY_MS), () => this.sendAll())
        break
      case 'lesson':
        events.lesson(message.state, message.length_ms, message.interrupted === true)
        break
      case 'pong':
        break
      case 'gap':
        this.resume()
        break
      case 'done':
      case 'refused':
        this.answered(message)
        break
      case 'prompt':
        this.asked(message)
        break
      case 'prompt-closed':
        this.promptClosed(message)
        break
      default:
        this.setHall(hallAfter(this.hall, message))
    }
  }

  private welcomed(message: Welcome): void {
    const { events, outbox } = this.options
    this.backOff.reset()
    outbox.welcome(message.last_seq)
    this.enter('open')
    this.heard()
    this.schedulePing()
    events.totals({ acceptedMs: message.accepted_ms, earnedMs: message.earned_ms })
    events.lesson(message.state, message.length_ms, message.interrupted === true)
    this.setHall({ ...this.hall, onBreak: message.on_break === true })
    const { prompt } = this.hall
    if (prompt !== null) this.after('prompt', PROMPT_WITHIN_MS, () => this.leavePrompt(prompt.id))
    this.sendAll()
    this.doings.opened()
    this.sendAnswers()
  }

  private asked(prompt: Prompt): void {
    this.cancel('prompt')
    if (this.answers.isPressed(prompt.id)) return
    // It is shown already: the server may not have heard so before the line was lost.
    if (this.hall.prompt?.id === prompt.id && this.answers.isShown(prompt.id)) this.promptShown(prompt.id)
    this.setHall(hallAfter(this.hall, prompt))
  }

  /** One that nobody was shown is closed without an answer, too: nothing follows from it. */
  private promptClosed(message: PromptClosed): void {
    const missed = !message.answered && this.answers.isShown(message.id)
    this.answers.closed(message.id)
    const hall = hallAfter(this.hall, message)
    this.setHall(missed ? { ...hall, missedPrompt: message.id } : hall)
  }

  private answered(message: Extract<ServerMessage, { type: 'done' | 'refused' }>): void {
    if (message.type === 'refused' && message.id === undefined) return this.resumeLater(message)
    const doing = this.doings.answered(message)
    if (doing === null || message.type !== 'done') return
    this.setHall(hallAfterOwn(this.hall, doing, message.seq ?? null))
  }

  private resume(): void {
    if (!this.timers.has('resume')) this.sendIfOpen({ type: 'resume', since: this.hall.seq })
  }

  private resumeLater({ after_ms = 0 }: Refused): void {
    const wait = Math.min(Math.max(after_ms, LEAST_RESUME_MS), LONGEST_RETRY_MS)
    this.after('resume', wait, () => this.resume())
  }

  private setHall(hall: Hall): void {
    this.hall = hall
    this.options.events.hall?.(hall)
  }

  private sendAnswers(): void {
    const messages = this.answers.messages()
    for (const message of messages) this.sendIfOpen(message)
    if (messages.length > 0) this.after('answer', ACK_WITHIN_MS, () => this.sendAnswers())
  }

  private sendAll(): void {
    if (this.state === 'busy') this.enter('open')
    const { beats } = this.options.outbox
    for (let i = 0; i < beats.length; i += BEATS_PER_MESSAGE) {
      this.sendBeats(beats.slice(i, i + BEATS_PER_MESSAGE))
    }
  }

  private sendBeats(beats: readonly Beat[]): void {
    this.options.outbox.markSent(beats)
    this.send({ type: 'beats', beats })
    if (!this.timers.has('resend')) this.after('resend', ACK_WITHIN_MS, () => this.sendAll())
  }

  /** What waits for a line is sent after the next welcome by whoever keeps it. */
  private sendIfOpen(message: object): void {
    if (this.state === 'open' || this.state === 'busy') this.send(message)
  }

  private send(message: object): void {
    const socket = this.socket
    if (socket === null || socket.readyState !== 1) return
    socket.send(JSON.stringify(message))
    this.schedulePing()
  }

  private ping(): void {
    this.send({ type: 'ping' })
  }

  /** "When nothing else was sent": every message sent puts the next ping off. */
  private schedulePing(): void {
    this.after('ping', PING_EVERY_MS, () => this.ping())
  }

  private heard(): void {
    this.after('silence', SILENCE_MS, () => this.closed(1006))
  }

  private after(name: TimerName, ms: number, run: () => void): void {
    this.cancel(name)
    const timer = setTimeout(() => {
      this.timers.delete(name)
      run()
    }, ms)
    this.timers.set(name, timer)
  }

  private cancel(name: TimerName): void {
    const timer = this.timers.get(name)
    if (timer !== undefined) clearTimeout(timer)
    this.timers.delete(name)
  }
}
