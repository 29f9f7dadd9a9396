// The beats that the server has not acknowledged, kept through reloads and lost lines.
//
// Stored under one key for each member, lesson and client: another member on the same
// phone never sends these. A beat keeps its number and content for ever, since the server
// knows it by (session, client, seq). The one exception: beats that never left the page
// are numbered anew when a welcome shows that the server is already past them, which
// happens after the browser's storage was cleared under a living tab.
import type { Stretch } from '@/beats/recorder'
import type { Beat } from './messages'

/** At least five hours of beats. When full the oldest is dropped. */
const MOST_BEATS = 2_000
const PREFIX = 'airclass.beats.'

interface Stored {
  next: number
  /** Highest number that was ever sent. */
  sent: number
  beats: Beat[]
}

export interface OutboxName {
  member: string
  lesson: number
  client: string
}

export function outboxKey(name: OutboxName): string {
  return `${PREFIX}${encodeURIComponent(name.member)}.${name.lesson}.${name.client}`
}

/** The outboxes that `member` has in `storage`. */
export function listOutboxes(storage: Storage, member: string): OutboxName[] {
  const names: OutboxName[] = []
  const start = `${PREFIX}${encodeURIComponent(member)}.`
  for (let i = 0; i < storage.length; i++) {
    const key = storage.key(i)
    if (key === null || !key.startsWith(start)) continue
    const match = /^(\d{1,15})\.([0-9a-f]{16})$/.exec(key.slice(start.length))
    if (match) names.push({ member, lesson: Number(match[1]), client: match[2] ?? '' })
  }
  return names
}

export class Outbox {
  private state: Stored
  private readonly key: string

  constructor(
    private readonly storage: Storage | null,
    name: OutboxName,
  ) {
    this.key = outboxKey(name)
    this.state = this.load()
  }

  get beats(): readonly Beat[] {
    return this.state.beats
  }

  add(stretch: Stretch): Beat {
    const beat = { seq: this.state.next, ...stretch }
    this.state.next += 1
    this.state.beats.push(beat)
    if (this.state.beats.length > MOST_BEATS) this.state.beats.shift()
    this.save()
    return beat
  }

  markSent(beats: readonly Beat[]): void {
    const highest = Math.max(this.state.sent, ...beats.map((beat) => beat.seq))
    if (highest === this.state.sent) return
    this.state.sent = highest
    this.save()
  }

  acknowledge(seqs: readonly number[]): void {
    const gone = new Set(seqs)
    const kept = this.state.beats.filter((beat) => !gone.has(beat.seq))
    if (kept.length === this.state.beats.length) return
    this.state.beats = kept
    this.save()
  }

  /** The server's highest durable number for this client. */
  welcome(lastSeq: number): void {
    if (lastSeq < this.state.next && lastSeq <= this.state.sent) return
    let next = Math.max(lastSeq, this.state.sent) + 1
    for (const beat of this.state.beats) {
      if (beat.seq > this.state.sent) beat.seq = next++
    }
    this.state.next = next
    this.save()
  }

  /** Forget that this outbox ever was. */
  remove(): void {
    try {
      this.storage?.removeItem(this.key)
    } catch {
      // Storage went away; nothing is left to remove.
    }
  }

  private load(): Stored {
    try {
      const stored = readStored(this.storage?.getItem(this.key) ?? null)
      if (stored) return stored
    } catch {
      // Storage is switched off: the beats live as long as the page.
    }
    return { next: 1, sent: 0, beats: [] }
  }

  private save(): void {
    try {
      this.storage?.setItem(this.key, JSON.stringify(this.state))
    } catch {
      // Full or switched off: the beats live as long as the page.
    }
  }
}

function readStored(text: string | null): Stored | null {
  if (text === null) return null
  try {
    const value = JSON.parse(text) as Stored
    const whole =
      Number.isInteger(value.next) &&
      Number.isInteger(value.sent) &&
      Array.isArray(value.beats) &&
      value.beats.every((beat) => Number.isInteger(beat.seq) && beat.seq < value.next)
    return whole ? value : null
  } catch {
    return null
  }
}
