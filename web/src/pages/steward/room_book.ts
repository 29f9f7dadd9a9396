// The sign-in of one room in one lesson, with a line and without.
//
// With a line each act is a call of its own, with a key, so that it is done once. Without
// one, or while something of the log is not decided yet that it hangs on, it goes into the
// log (room_log.ts), which is sent as soon as the line is back. What was called and got no
// answer may have been done: signing in and out goes into the log then, where a second time
// changes nothing; a guest is called again by the same key.
import { computed, onMounted, onUnmounted, ref, shallowRef, type ComputedRef, type Ref } from 'vue'
import { api } from '@/api/client'
import { newKey } from '@/api/key'
import { OFFLINE, Problem } from '@/api/problem'
import type { Schema } from '@/api/call_types'
import { keep, readKept } from '@/session/phone_store'
import { append, listEntries, type Act, type Entry, type Room } from './room_log'
import { rollOf, type Person, type Roll, type Sheet } from './roll'
import {
  callGuestLater, dropGuest, guestsToCall, listRefusedGuests, retryGuest, sendAll, sendRoom, type RefusedGuest,
} from './sending'

const REFRESH_MS = 10_000
/** Nobody waits longer for a tap on a name. */
const PATIENCE_MS = 6_000

/** `direct`: the server has it, and says what came of it; `later`: it is in the log. */
export type Outcome = { done: 'direct'; result: Schema<'RollResult'> } | { done: 'later' }

export interface RoomBook {
  roster: Readonly<Ref<readonly Person[]>>
  roll: ComputedRef<Roll>
  /** The sheet or the roster could not be had, and none is kept. */
  failure: Readonly<Ref<unknown>>
  loading: Readonly<Ref<boolean>>
  /** The last question to the server was answered. */
  online: Readonly<Ref<boolean>>
  /** Entries and guests that were not sent, and sent entries that nobody has decided. */
  unsent: ComputedRef<number>
  undecided: ComputedRef<number>
  /** What the phone keeps cannot be read: there may be more that was not sent. */
  unread: Readonly<Ref<boolean>>
  /** Why the log was refused; null when it was not. */
  refused: Readonly<Ref<unknown>>
  /** Those of other rooms of the steward too, which may be offered no more. */
  refusedGuests: Readonly<Ref<readonly RefusedGuest[]>>
  retryGuest(key: string): Promise<void>
  /** The name is forgotten. */
  dropGuest(key: string): Promise<void>
  /** Throws a Problem when the server refuses it. */
  act(act: Act): Promise<Outcome>
  /** Of the room, or lowers it; no log keeps that. Throws a Problem. */
  raiseHand(raised: boolean): Promise<void>
  refresh(): Promise<void>
}

export function useRoomBook(room: Room): RoomBook {
  const roster = shallowRef<readonly Person[]>([])
  const sheet = shallowRef<Sheet | null>(null)
  const entries = shallowRef<readonly Entry[]>([])
  /** Guests who are called again. */
  const called = shallowRef<readonly string[]>([])
  const refusedGuests = shallowRef<readonly RefusedGuest[]>([])
  const failure = ref<unknown>(null)
  const refused = ref<unknown>(null)
  const unread = ref(false)
  const loading = ref(true)
  const online = ref(navigator.onLine)
  const path = { id: room.lesson, site: room.site }
  const name = `${room.lesson}.${room.site}`
  const roll = computed(() => rollOf(sheet.value, entries.value, roster.value, called.value))

  const isOffline = (error: unknown): boolean => error instanceof Problem && error.problem === OFFLINE

  async function fetchRoster(): Promise<void> {
    const members: Person[] = []
    for (let after = 0; ; ) {
      const page = await api.get('/api/v1/lessons/{id}/rooms/{site}/roster', { path, query: { after } })
      members.push(...page.members)
      if (page.next === null) break
      after = page.next
    }
    roster.value = members
    await keep(room.who, `roster.${name}`, members)
  }

  /** What left the log stands in the sheet: both are shown at once, so that nobody is missing in
   *  between. */
  async function fetchSheet(): Promise<void> {
    const fetched = await api.get('/api/v1/lessons/{id}/rooms/{site}', { path })
    await readEntries(() => (sheet.value = fetched))
    await keep(room.who, `sheet.${name}`, fetched)
  }

  async function readEntries(beside = (): unknown => undefined): Promise<void> {
    const kept = await Promise.all([
      listEntries(room), guestsToCall(room), listRefusedGuests(room.who),
    ]).catch(() => null)
    beside()
    unread.value = kept === null
    if (kept !== null) [entries.value, called.value, refusedGuests.value] = kept
  }

  /** The log first: the sheet that comes after it is about the same moment. */
  async function sendLog(): Promise<void> {
    try {
      await sendRoom(room)
      refused.value = null
      unread.value = false
    } catch (error) {
      unread.value = !(error instanceof Problem)
      if (isOffline(error)) throw error
      if (!unread.value) refused.value = error
    }
  }

  let refreshing: Promise<void> | null = null
  function refresh(): Promise<void> {
    refreshing ??= refreshOnce().finally(() => (refreshing = null))
    return refreshing
  }

  async function refreshOnce(): Promise<void> {
    let logIsSent = false
    try {
      await sendLog()
      logIsSent = true
      await fetchSheet()
      if (roster.value.length === 0 || !rosterIsFresh) {
        await fetchRoster()
        rosterIsFresh = true
      }
      online.value = true
      failure.value = null
    } catch (error) {
      // What was sent is not in the log any more, and is in no sheet yet.
      if (!logIsSent || !isOffline(error)) await readEntries()
      online.value = !isOffline(error)
      failure.value = roster.value.length === 0 ? error : null
    } finally {
      loading.value = false
    }
  }
  let rosterIsFresh = false

  /** What the log says of somebody, nobody else can answer. */
  function hangsOnLog(act: Act): boolean {
    if (entries.value.some(({ sent }) => !sent)) return true
    if (act.act === 'out' && 'member' in act) {
      return roll.value.presence.get(act.member)?.late === true && entries.value.length > 0
    }
    return (act.act === 'out' || act.act === 'out-all' || act.act === 'heads') && entries.value.length > 0
  }

  async function call(act: Act, key: string): Promise<Schema<'RollResult'>> {
    const timeoutMs = PATIENCE_MS
    switch (act.act) {
      case 'guest':
        return api.post('/api/v1/lessons/{id}/rooms/{site}/guests', {
          path, body: { name: act.name, key }, timeoutMs,
        })
      case 'heads':
        return api.post('/api/v1/lessons/{id}/rooms/{site}/heads', {
          path, body: { moment: act.moment, heads: act.heads, key }, timeoutMs,
        })
      case 'out-all':
        return api.post('/api/v1/lessons/{id}/rooms/{site}/stays/end', {
          path, body: { all: true, key }, timeoutMs,
        })
      default: {
        const { act: what, ...whom } = act
        const body = { ...whom, key }
        return what === 'in'
          ? api.post('/api/v1/lessons/{id}/rooms/{site}/stays', { path, body, timeoutMs })
          : api.post('/api/v1/lessons/{id}/rooms/{site}/stays/end', { path, body, timeoutMs })
      }
    }
  }

  async function act(what: Act): Promise<Outcome> {
    const key = newKey()
    if (navigator.onLine && online.value && !hangsOnLog(what)) {
      try {
        const result = await call(what, key)
        await fetchSheet().catch(() => undefined)
        return { done: 'direct', result }
      } catch (error) {
        if (!isOffline(error)) throw error
        online.value = false
        if (what.act === 'guest') {
          await callGuestLater(room, what.name, key)
          await readEntries()
          return { done: 'later' }
        }
      }
    }
    await append(room, what)
    await readEntries()
    return { done: 'later' }
  }

  async function raiseHand(raised: boolean): Promise<void> {
    await api.post('/api/v1/lessons/{id}/rooms/{site}/hand', { path, body: { raised } })
    // It is so now, whether or not the line is there for the sheet.
    if (sheet.value !== null) sheet.value = { ...sheet.value, hand: raised ? 'raised' : 'lowered' }
    await fetchSheet().catch(() => undefined)
  }

  async function callAgain(key: string): Promise<void> {
    await retryGuest(key)
    await sendAll(room.who).catch(() => undefined) // told by refresh()
    await refresh()
  }

  async function forget(key: string): Promise<void> {
    await dropGuest(key)
    await readEntries()
  }

  async function open(): Promise<void> {
    await readEntries()
    const [keptRoster, keptSheet] = await Promise.all([
      readKept<Person[]>(room.who, `roster.${name}`),
      readKept<Sheet>(room.who, `sheet.${name}`),
    ])
    if (keptRoster !== null) {
      roster.value = keptRoster
      loading.value = false
    }
    sheet.value ??= keptSheet
    await refresh()
  }

  const back = (): void => void refresh()
  const away = (): void => void (online.value = false)
  const shown = (): void => {
    if (document.visibilityState === 'visible') void refresh()
  }
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => {
    void open()
    timer = setInterval(back, REFRESH_MS)
    window.addEventListener('online', back)
    window.addEventListener('offline', away)
    document.addEventListener('visibilitychange', shown)
  })
  onUnmounted(() => {
    clearInterval(timer)
    window.removeEventListener('online', back)
    window.removeEventListener('offline', away)
    document.removeEventListener('visibilitychange', shown)
  })
  return {
    roster, roll, failure, loading, online, refused, unread, refusedGuests, act, raiseHand, refresh,
    retryGuest: callAgain,
    dropGuest: forget,
    unsent: computed(() => entries.value.filter(({ sent }) => !sent).length + called.value.length),
    undecided: computed(() => entries.value.filter(({ sent }) => sent).length),
  }
}
