// Beats of pages that are gone: a tab closed without a line, a phone that ran empty. They
// are delivered under the client id that recorded them.
import { Classroom } from './classroom'
import { isLeased } from './client_id'
import { listOutboxes, Outbox, type OutboxName } from './outbox'

/** A delivery that gets no answer for so long is left for the next visit. */
const GIVE_UP_MS = 30_000

export interface LeftoverOptions {
  member: string
  /** Only this lesson's; null: all. */
  lesson: number | null
  local: Storage
  origin: string
  now: number
  open?: (address: string) => WebSocket
}

/** Starts the deliveries. Returns: how to stop them. */
export function deliverLeftovers(options: LeftoverOptions): () => void {
  const { local, member, lesson, now } = options
  const stops = listOutboxes(local, member)
    .filter((name) => lesson === null || name.lesson === lesson)
    .filter((name) => !isLeased(local, name.client, now))
    .map((name) => deliver(name, options))
  return () => stops.forEach((stop) => stop())
}

function deliver(name: OutboxName, options: LeftoverOptions): () => void {
  const outbox = new Outbox(options.local, name)
  if (outbox.beats.length === 0) {
    outbox.remove()
    return () => undefined
  }
  const stop = (): void => {
    clearTimeout(timer)
    classroom.stop()
  }
  const timer = setTimeout(() => stop(), GIVE_UP_MS)
  const classroom = new Classroom({
    lesson: name.lesson,
    client: name.client,
    outbox,
    origin: options.origin,
    ...(options.open ? { open: options.open } : {}),
    events: {
      line: (state) => {
        if (state === 'missing') outbox.remove() // the lesson is no more
        if (state === 'missing' || state === 'signed-out') clearTimeout(timer)
      },
      totals: () => undefined,
      lesson: () => undefined,
      pending: (count) => {
        if (count > 0) return
        outbox.remove()
        stop()
      },
    },
  })
  classroom.start()
  return stop
}
