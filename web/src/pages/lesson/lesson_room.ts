// One lesson as its page sees it: what the API says, what the classroom socket says, and
// the way from the player to the server's record.
import { computed, onMounted, onUnmounted, ref, watch, type ComputedRef, type Ref } from 'vue'
import type { LessonState, OpenLesson } from '@/api/call_types'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import type { BeatRecorder } from '@/beats/recorder'
import type { LineState } from '@/classroom/classroom'
import { useClassroom, type UsedClassroom } from '@/room/use_classroom'

// Thousands may wait in a lesson. That it begins, and all else that becomes of it, is told by
// the socket, to all at once: what only the API knows is asked for at a time of one's own.
// The other waits are this long to twice as long.
const ASK_WITHIN_MS = 3_000
/** The first picture is on its way. */
const ASK_ARRIVING_MS = 1_200
/** The socket tells nothing of another hour or title. */
const ASK_PLAN_MS = 60_000
/** Nobody tells anything, or the API has not answered yet. */
const ASK_UNHEARD_MS = 2_500

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
  /** What happens in it: chat, questions, polls, prompts; and how to take part. */
  classroom: UsedClassroom
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
  }
  const classroom = useClassroom({
    lesson: id,
    who: memberNumber,
    lessonIs: (state, lengthMs, interrupted) => {
      const changed = state !== room.current.value
      room.lengthMs.value = Math.max(room.lengthMs.value, lengthMs)
      room.interrupted.value = interrupted
      enterState(room, state)
      if (changed) askAgain()
    },
  })
  const load = (): Promise<void> => loadLesson(id, room, classroom)
  watch(classroom.missing, (missing) => (room.missing.value ||= missing))
  const askAgain = askUntilKnown(room, classroom.line, load)
  return {
    lesson: room.lesson,
    missing: room.missing,
    failure: room.failure,
    state: computed(() => room.current.value),
    interrupted: computed(() => room.interrupted.value && room.current.value === 'live'),
    endedHere: room.endedHere,
    lengthMs: room.lengthMs,
    acceptedMs: classroom.acceptedMs,
    line: computed(() => lineText(classroom.line.value, classroom.everOpen.value)),
    recorder: classroom.recorder,
    classroom,
    load,
    lineIsGood: () => classroom.wake(),
  }
}

function lineText(state: LineState, everOpen: boolean): LineText {
  if (state === 'open') return 'online'
  if (state === 'busy') return 'busy'
  return state === 'waiting' || everOpen ? 'offline' : 'connecting'
}

async function loadLesson(id: number, room: RoomState, { acceptedMs }: UsedClassroom): Promise<void> {
  try {
    const lesson = await api.get('/api/v1/lessons/{id}', { path: { id } })
    room.lesson.value = lesson
    room.failure.value = null
    room.lengthMs.value = Math.max(room.lengthMs.value, lesson.length_ms)
    acceptedMs.value = Math.max(acceptedMs.value, lesson.attendance.accepted_ms)
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

/** How long to wait before the API is asked again; null: it has told all. */
function waitMs({ lesson: { value: lesson }, current: { value: state } }: RoomState, hears: boolean): number | null {
  const known = lesson?.state === state
  const over = state === 'ended' || state === 'cancelled'
  if (known && (lesson.media !== null || over)) return null
  const longer = 1 + Math.random()
  if (lesson === null || !hears) return ASK_UNHEARD_MS * longer
  if (!known && state !== 'open') return ASK_WITHIN_MS * Math.random()
  return (state === 'live' ? ASK_ARRIVING_MS : ASK_PLAN_MS) * longer
}

/** Asks at once, and until there is something to play or all is over. Returns: to be called
 *  when there is more to know. */
function askUntilKnown(room: RoomState, line: Readonly<Ref<LineState>>, load: () => Promise<void>): () => void {
  const hears = computed(() => line.value === 'open' || line.value === 'busy')
  let timer: ReturnType<typeof setTimeout> | undefined
  let gone = false

  function askAgain(): void {
    clearTimeout(timer)
    const wait = gone || room.missing.value ? null : waitMs(room, hears.value)
    if (wait !== null) timer = setTimeout(() => void ask(), wait)
  }
  async function ask(): Promise<void> {
    await load()
    askAgain()
  }

  watch(hears, askAgain)
  onMounted(() => void ask())
  onUnmounted(() => {
    gone = true
    clearTimeout(timer)
  })
  return askAgain
}
