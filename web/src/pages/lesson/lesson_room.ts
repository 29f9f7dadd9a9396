// One lesson as its page sees it: what the API says, what the classroom socket says, and
// the way from the player to the server's record.
import { computed, onMounted, onUnmounted, ref, type ComputedRef, type Ref } from 'vue'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import type { LessonState, OpenLesson } from '@/api/call_types'
import { leaveForSignIn } from '@/app/router'
import { BeatRecorder } from '@/beats/recorder'
import { Classroom, type LineState } from '@/classroom/classroom'
import { ClientLease } from '@/classroom/client_id'
import { deliverLeftovers } from '@/classroom/leftovers'
import { Outbox } from '@/classroom/outbox'
import { socketOrigin, storageOrNull } from '@/classroom/surroundings'

/** A lesson that has not begun, or whose first picture is on its way, is asked for again. */
const ASK_PLANNED_MS = 5_000
const ASK_ARRIVING_MS = 1_500
const RENEW_LEASE_MS = 5_000

export type LineText = 'online' | 'connecting' | 'offline' | 'busy'

export interface LessonRoom {
  lesson: Ref<OpenLesson | null>
  missing: Ref<boolean>
  failure: Ref<unknown>
  state: ComputedRef<LessonState>
  /** Its signal has been lost for a while; it goes on by itself. */
  interrupted: ComputedRef<boolean>
  /** The lesson ended while this page was open. */
  endedHere: Ref<boolean>
  lengthMs: Ref<number>
  acceptedMs: Ref<number>
  line: ComputedRef<LineText>
  recorder: BeatRecorder
  load(): Promise<void>
  /** The line is known to be good (media arrives): no need to wait to reconnect. */
  lineIsGood(): void
}

interface RoomState {
  lesson: Ref<OpenLesson | null>
  missing: Ref<boolean>
  failure: Ref<unknown>
  current: Ref<LessonState>
  interrupted: Ref<boolean>
  endedHere: Ref<boolean>
  lengthMs: Ref<number>
  acceptedMs: Ref<number>
  lineState: Ref<LineState>
  everOpen: Ref<boolean>
}

export function useLessonRoom(id: number, memberNumber: string): LessonRoom {
  const room: RoomState = {
    lesson: ref(null),
    missing: ref(false),
    failure: ref(null),
    current: ref('planned'),
    interrupted: ref(false),
    endedHere: ref(false),
    lengthMs: ref(0),
    acceptedMs: ref(0),
    lineState: ref('idle'),
    everOpen: ref(false),
  }
  const load = (): Promise<void> => loadLesson(id, room)
  const { recorder, classroom } = connect(id, memberNumber, room, load)
  askUntilPlayable(room, load)
  return {
    lesson: room.lesson,
    missing: room.missing,
    failure: room.failure,
    state: computed(() => room.current.value),
    interrupted: computed(() => room.interrupted.value && room.current.value === 'live'),
    endedHere: room.endedHere,
    lengthMs: room.lengthMs,
    acceptedMs: room.acceptedMs,
    line: computed(() => lineText(room.lineState.value, room.everOpen.value)),
    recorder,
    load,
    lineIsGood: () => classroom.wake(),
  }
}

function lineText(state: LineState, everOpen: boolean): LineText {
  if (state === 'open') return 'online'
  if (state === 'busy') return 'busy'
  return state === 'waiting' || everOpen ? 'offline' : 'connecting'
}

async function loadLesson(id: number, room: RoomState): Promise<void> {
  try {
    const lesson = await api.get('/api/v1/lessons/{id}', { path: { id } })
    room.lesson.value = lesson
    room.failure.value = null
    room.lengthMs.value = Math.max(room.lengthMs.value, lesson.length_ms)
    room.acceptedMs.value = Math.max(room.acceptedMs.value, lesson.attendance.accepted_ms)
    room.interrupted.value = lesson.interrupted
    enterState(room, lesson.state)
  } catch (error) {
    if (error instanceof Problem && error.status === 404) room.missing.value = true
    else room.failure.value = error
  }
}

/** A lesson goes planned, open, live, ended and never back; answers may overtake each
 *  other. One that is cancelled has not begun. */
const ORDER: Record<LessonState, number> = { planned: 0, open: 1, live: 2, cancelled: 2, ended: 3 }

function enterState(room: RoomState, state: LessonState): void {
  if (ORDER[state] < ORDER[room.current.value]) return
  if (room.current.value === 'live' && state === 'ended') room.endedHere.value = true
  room.current.value = state
}

function askUntilPlayable(room: RoomState, load: () => Promise<void>): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let gone = false

  async function ask(): Promise<void> {
    await load()
    if (gone || room.missing.value) return
    const lesson = room.lesson.value
    const over = room.current.value === 'ended' || room.current.value === 'cancelled'
    if (lesson !== null && (lesson.media !== null || over)) return
    const planned = room.current.value === 'planned'
    timer = setTimeout(() => void ask(), planned ? ASK_PLANNED_MS : ASK_ARRIVING_MS)
  }

  onMounted(() => void ask())
  onUnmounted(() => {
    gone = true
    clearTimeout(timer)
  })
}

function connect(
  id: number,
  memberNumber: string,
  room: RoomState,
  load: () => Promise<void>,
): { recorder: BeatRecorder; classroom: Classroom } {
  const local = storageOrNull('localStorage')
  const stores = { local, session: storageOrNull('sessionStorage') }
  const lease = ClientLease.claim(stores, Date.now())
  const outbox = new Outbox(local, { member: memberNumber, lesson: id, client: lease.client })
  const classroom = new Classroom({
    lesson: id,
    client: lease.client,
    outbox,
    origin: socketOrigin(),
    events: {
      line: (state) => {
        room.lineState.value = state
        if (state === 'open') room.everOpen.value = true
        if (state === 'signed-out') leaveForSignIn()
        if (state === 'missing') room.missing.value = true
      },
      totals: ({ acceptedMs }) => {
        room.acceptedMs.value = acceptedMs
      },
      lesson: (state, lengthMs, interrupted) => {
        const changed = state !== room.current.value
        room.lengthMs.value = Math.max(room.lengthMs.value, lengthMs)
        room.interrupted.value = interrupted
        enterState(room, state)
        if (changed) void load()
      },
      pending: () => undefined,
    },
  })
  const recorder = new BeatRecorder((stretch) => classroom.record(stretch), {
    visible: document.visibilityState === 'visible',
    mode: 'video',
  })
  followPage(classroom, recorder, lease)
  onMounted(() => {
    classroom.start()
    if (local === null) return
    const now = Date.now()
    const options = { member: memberNumber, lesson: id, local, origin: socketOrigin(), now }
    onPageGone(deliverLeftovers(options))
  })
  const gone: (() => void)[] = []
  const onPageGone = (run: () => void): void => void gone.push(run)
  onUnmounted(() => {
    gone.forEach((run) => run())
    classroom.stop()
    lease.release()
  })
  return { recorder, classroom }
}

/** Phones freeze and kill pages without a word, so every hiding is taken for the last. */
function followPage(classroom: Classroom, recorder: BeatRecorder, lease: ClientLease): void {
  const shown = (): void => {
    const visible = document.visibilityState === 'visible'
    recorder.setVisible(visible)
    if (visible) classroom.wake()
  }
  const hidden = (): void => {
    recorder.jump()
    lease.release()
  }
  const back = (): void => {
    lease.renew(Date.now())
    classroom.wake()
  }
  const online = (): void => classroom.wake()
  const renewal = setInterval(() => lease.renew(Date.now()), RENEW_LEASE_MS)
  document.addEventListener('visibilitychange', shown)
  window.addEventListener('pagehide', hidden)
  window.addEventListener('pageshow', back)
  window.addEventListener('online', online)
  onUnmounted(() => {
    clearInterval(renewal)
    document.removeEventListener('visibilitychange', shown)
    window.removeEventListener('pagehide', hidden)
    window.removeEventListener('pageshow', back)
    window.removeEventListener('online', online)
  })
}
