// What the phone has not sent yet: guests whose call got no answer, which are called again by
// the same key, and logs.
import { api } from '@/api/client'
import { OFFLINE, Problem, UNREADABLE } from '@/api/problem'
import { answerOf, askOwner, inTransaction } from '@/session/phone_store'
import { dropDecided, nameOf, send, type Room } from './room_log'

interface Again {
  key: string
  /** As nameOf() says it. */
  room: string
  name: string
  /** The fields of the Problem by which the server refused it: it is not called again. */
  refusal?: Omit<Problem, keyof Error>
}

/** No answer came, or none that says what was done. */
function isUnanswered(error: unknown): boolean {
  return error instanceof Problem && (error.problem === OFFLINE || error.status >= 500)
}

/** Another call would be answered the same. */
function isForGood({ problem, status }: Problem): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 429 && problem !== UNREADABLE
}

function listAgain(): Promise<Again[]> {
  return inTransaction(['again'], 'readonly', async (store) => (await answerOf(store('again').getAll())) as Again[])
}

/** Names, in the order in which they came. */
export async function guestsToCall(room: Room): Promise<string[]> {
  const name = nameOf(room)
  return (await listAgain())
    .filter((one) => one.room === name && one.refusal === undefined)
    .map((one) => one.name)
}

/** A guest whom the server does not take, until somebody decides what becomes of the name. */
export interface RefusedGuest {
  key: string
  lesson: number
  name: string
  why: Problem
}

/** Of all rooms and lessons of `who`, also of those that are over. */
export async function listRefusedGuests(who: string): Promise<RefusedGuest[]> {
  return (await listAgain()).flatMap(({ key, room, name, refusal }) => {
    const { who: steward, lesson } = roomNamed(room)
    return steward === who && refusal !== undefined
      ? [{ key, lesson, name, why: new Problem({ ...refusal, name: refusal.problem }) }]
      : []
  })
}

/** The next sending calls them again. */
export async function retryGuest(key: string): Promise<void> {
  await inTransaction(['again'], 'readwrite', async (store) => {
    const again = (await answerOf(store('again').get(key))) as Again | undefined
    if (again === undefined) return
    const { refusal: _, ...rest } = again
    await answerOf(store('again').put(rest))
  })
}

export async function dropGuest(key: string): Promise<void> {
  await inTransaction(['again'], 'readwrite', async (store) => {
    await answerOf(store('again').delete(key))
  })
}

export async function callGuestLater(room: Room, name: string, key: string): Promise<void> {
  await keepAgain({ key, room: nameOf(room), name })
}

async function keepAgain(again: Again): Promise<void> {
  await inTransaction(['again'], 'readwrite', async (store) => {
    await answerOf(store('again').put(again))
  })
}

/** Those that are refused for good stay, in listRefusedGuests(): nobody is lost without a
 *  word. What is refused for now is thrown. */
async function callGuests(room: Room): Promise<void> {
  const path = { id: room.lesson, site: room.site }
  let refusal: unknown = null
  for (const again of (await listAgain()).filter((one) => one.room === nameOf(room))) {
    const { key, name } = again
    if (again.refusal !== undefined) continue
    try {
      await api.post('/api/v1/lessons/{id}/rooms/{site}/guests', { path, body: { name, key } })
      await dropGuest(key)
    } catch (error) {
      if (isUnanswered(error)) throw error
      if (error instanceof Problem && isForGood(error)) await keepAgain({ ...again, refusal: { ...error } })
      else refusal = error
    }
  }
  if (refusal !== null) throw refusal
}

/** Guests first: they came before what the log says. A refusal of theirs holds the log up no
 *  longer than the log's own. Throws a Problem, or what the phone's store says when what it
 *  keeps cannot be read. */
export async function sendRoom(room: Room): Promise<void> {
  if ((await askOwner()) !== room.who) return // somebody else has signed in meanwhile
  let refusal: unknown = null
  try {
    await callGuests(room)
  } catch (error) {
    if (isUnanswered(error)) throw error
    refusal = error
  }
  await send(room)
  await dropDecided(room)
  if (refusal !== null) throw refusal
}

/** Of all rooms and lessons of `who`, also of those that are over. Returns the rooms of which
 *  something is left. Throws when what the phone keeps cannot be read. */
export async function sendAll(who: string): Promise<Room[]> {
  for (const room of await listUnsentRooms(who)) await sendRoom(room).catch(() => undefined)
  return listUnsentRooms(who)
}

async function listUnsentRooms(who: string): Promise<Room[]> {
  const logs = await inTransaction(['logs'], 'readonly', async (store) => {
    return (await answerOf(store('logs').getAll())) as { log: string; sent: boolean }[]
  })
  const names = new Set(logs.filter(({ sent }) => !sent).map(({ log }) => log))
  for (const { room, refusal } of await listAgain()) if (refusal === undefined) names.add(room)
  return [...names].map(roomNamed).filter((room) => room.who === who)
}

/** What nameOf() was told. */
function roomNamed(name: string): Room {
  const [who = '', lesson, site] = name.split('.')
  return { who, lesson: Number(lesson), site: Number(site) }
}
