// The messages of the classroom socket (docs/protocol.md), and a reader that trusts nothing:
// what it lets through has the members that it must have.
import type { Schema } from '@/api/call_types'
import type { Stretch } from '@/beats/recorder'

export interface Beat extends Stretch {
  seq: number
}

export interface Welcome {
  type: 'welcome'
  lesson: number
  state: 'planned' | 'open' | 'live' | 'ended' | 'cancelled'
  length_ms: number
  accepted_ms: number
  earned_ms: number
  last_seq: number
  interrupted?: boolean
  on_break?: boolean
}

export interface Ack {
  type: 'ack'
  seqs: number[]
  accepted_ms: number
  earned_ms: number
}

export interface Retry {
  type: 'retry'
  after_ms: number
}

export interface LessonChange {
  type: 'lesson'
  state: 'open' | 'live' | 'ended' | 'cancelled'
  length_ms: number
  interrupted?: boolean
}

/** Something that happened in the lesson, in order. */
export interface LessonEvent {
  seq: number
  kind: string
  wall_ms: number
  media_ms: number
  name?: string
  /** The member spoke as one of the staff. */
  staff?: boolean
  site?: number
  /** To the staff only. */
  member?: number
  actor?: number
  text?: string
  body?: Record<string, unknown>
}

export interface Question {
  seq: number
  name?: string
  staff?: boolean
  text: string
  state: 'asked' | 'taken' | 'answered'
  votes: number
  answer?: string
  member?: number
}

export interface Poll {
  seq: number
  text: string
  options: string[]
  multiple: boolean
  quiz: boolean
  shown: boolean
  closed: boolean
  /** Of each option; to the staff, and to all once they are shown. */
  counts?: number[]
  answers?: number
  correct?: number[]
}

export interface Handout {
  seq: number
  title: string
  pinned: boolean
  url?: string
  name?: string
  media_type?: string
  bytes?: number
}

export interface Hand {
  seq: number
  state: 'raised' | 'called'
  name?: string
  member?: number
  site?: number
}

export interface ChatMode {
  open: boolean
  slow_s: number
}

export interface Muted {
  member: number
  name: string
}

/** How things stand after event `seq`. */
export interface State {
  type: 'state'
  seq: number
  chat: ChatMode
  lines: LessonEvent[]
  announcements: LessonEvent[]
  questions: Question[]
  polls: Poll[]
  handouts: Handout[]
  hands: Hand[]
  muted?: Muted[]
}

export interface Events {
  type: 'events'
  events: LessonEvent[]
  seq: number
}

export interface OwnAnswer {
  poll: number
  choices: number[]
  /** Once a quiz is closed. */
  right?: boolean
}

export interface Yours {
  type: 'yours'
  muted: boolean
  votes: number[]
  answers: OwnAnswer[]
  hands: number[]
  questions: number[]
}

export interface Tally {
  type: 'tally'
  votes: [question: number, votes: number][]
  polls: { poll: number; answers: number; counts: number[] }[]
}

export type Presence = Schema<'Presence'> & { type: 'presence' }
export type Health = Schema<'Health'> & { type: 'health' }

export interface Prompt {
  type: 'prompt'
  id: number
  limit_ms: number
  left_ms: number
}

export interface PromptClosed {
  type: 'prompt-closed'
  id: number
  answered: boolean
}

export interface Done {
  type: 'done'
  id: string
  seq?: number
}

export type RefusalCode = 'invalid' | 'not-found' | 'state' | 'muted' | 'too-fast' | 'limit' | 'busy'

export interface Refused {
  type: 'refused'
  id?: string
  code: RefusalCode
  field?: string
  detail?: string
  after_ms?: number
}

/** Messages were lost on the way: what was missed is asked for. */
interface Gap {
  type: 'gap'
}

export type HallMessage = State | Events | Yours | Tally | Presence | Health | Prompt | PromptClosed

export type ServerMessage =
  | Welcome | Ack | Retry | LessonChange | { type: 'pong' } | Gap | Done | Refused | HallMessage

type Fields = Record<string, unknown>

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isListOf(value: unknown, check: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(check)
}

const counts =
  (...names: string[]) =>
  (message: Fields): boolean =>
    names.every((name) => isCount(message[name]))

const STATES: unknown[] = ['planned', 'open', 'live', 'ended', 'cancelled']

function isEvent(value: unknown): boolean {
  if (!isRecord(value) || !isCount(value['seq']) || !isText(value['kind'])) return false
  return value['body'] === undefined || isRecord(value['body'])
}

function isItem(value: unknown): boolean {
  return isRecord(value) && isCount(value['seq'])
}

function isPoll(value: unknown): boolean {
  return isItem(value) && isListOf((value as Fields)['options'], isText)
}

function isState(message: Fields): boolean {
  const { chat, muted } = message
  return (
    isCount(message['seq']) &&
    isRecord(chat) &&
    ['lines', 'announcements'].every((name) => isListOf(message[name], isEvent)) &&
    ['questions', 'handouts', 'hands'].every((name) => isListOf(message[name], isItem)) &&
    isListOf(message['polls'], isPoll) &&
    (muted === undefined || isListOf(muted, isRecord))
  )
}

function isYours(message: Fields): boolean {
  const lists = ['votes', 'hands', 'questions'].every((name) => isListOf(message[name], isCount))
  return lists && isListOf(message['answers'], (one) => isRecord(one) && isListOf(one['choices'], isCount))
}

function isTally(message: Fields): boolean {
  const votes = isListOf(message['votes'], (one) => isListOf(one, isCount))
  return votes && isListOf(message['polls'], (one) => isRecord(one) && isListOf(one['counts'], isCount))
}

/** Whether a message of each type that we know is well formed. */
const CHECKS: Record<ServerMessage['type'], (message: Fields) => boolean> = {
  welcome: (message) =>
    STATES.includes(message['state']) &&
    counts('length_ms', 'accepted_ms', 'earned_ms', 'last_seq')(message),
  ack: (message) => isListOf(message['seqs'], isCount) && counts('accepted_ms', 'earned_ms')(message),
  retry: counts('after_ms'),
  lesson: (message) =>
    STATES.includes(message['state']) && message['state'] !== 'planned' && isCount(message['length_ms']),
  pong: () => true,
  gap: () => true,
  done: (message) => isText(message['id']),
  refused: (message) => isText(message['code']),
  state: isState,
  events: (message) => isCount(message['seq']) && isListOf(message['events'], isEvent),
  yours: isYours,
  tally: isTally,
  presence: (message) =>
    counts('members', 'devices', 'heads')(message) &&
    isListOf(message['rooms'], isRecord) &&
    isListOf(message['branches'], isRecord),
  health: () => true,
  prompt: counts('id', 'limit_ms', 'left_ms'),
  'prompt-closed': (message) => isCount(message['id']) && typeof message['answered'] === 'boolean',
}

const TYPES = new Set(Object.keys(CHECKS))

/** Reads one message; null for unknown types and for anything that is not well formed. */
export function readMessage(data: unknown): ServerMessage | null {
  if (!isText(data)) return null
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return null
  }
  if (!isRecord(value) || !isText(value['type']) || !TYPES.has(value['type'])) return null
  return CHECKS[value['type'] as ServerMessage['type']](value) ? (value as unknown as ServerMessage) : null
}
