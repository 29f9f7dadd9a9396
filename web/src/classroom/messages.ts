// The messages of the classroom socket, and a reader that trusts nothing.
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

export type ServerMessage = Welcome | Ack | Retry | LessonChange | { type: 'pong' }

/** Reads one message; null for unknown types and for anything that is not well formed. */
export function readMessage(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const message = value as Record<string, unknown>
  switch (message['type']) {
    case 'welcome':
      return isWelcome(message) ? (value as Welcome) : null
    case 'ack':
      return isAck(message) ? (value as Ack) : null
    case 'retry':
      return isCount(message['after_ms']) ? (value as Retry) : null
    case 'lesson':
      return isLessonChange(message) ? (value as LessonChange) : null
    case 'pong':
      return { type: 'pong' }
    default:
      return null
  }
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isWelcome(message: Record<string, unknown>): boolean {
  const states: unknown[] = ['planned', 'open', 'live', 'ended', 'cancelled']
  const counts = ['length_ms', 'accepted_ms', 'earned_ms', 'last_seq']
  return states.includes(message['state']) && counts.every((key) => isCount(message[key]))
}

function isAck(message: Record<string, unknown>): boolean {
  const seqs = message['seqs']
  return (
    Array.isArray(seqs) &&
    seqs.every(isCount) &&
    isCount(message['accepted_ms']) &&
    isCount(message['earned_ms'])
  )
}

function isLessonChange(message: Record<string, unknown>): boolean {
  const states: unknown[] = ['open', 'live', 'ended', 'cancelled']
  return states.includes(message['state']) && isCount(message['length_ms'])
}
