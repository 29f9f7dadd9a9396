// One lesson as its page sees it: what the API says, what the classroom socket says, and
// the way from the player to the server's record.
import { computed, onMounted, onUnmounted, ref, watch, type ComputedRef, type Ref } from 'vue'
import type { LessonState, OpenLesson } from '@/api/call_types'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import type { BeatRecorder } from '@/beats/recorder'
import type { LineState } from '@/classroom/classroom'
import { useClassroom, type UsedClassroom } from '@/room/use_classroom'

/** A lesson that has not begun, or whose first picture is on its way, is asked for again. */
const ASK_PLANNED_MS = 5_000
const ASK_ARRIVING_MS = 1_500

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
      if (changed) void load()
    },
  })
  const load = (): Promise<void> => loadLesson(id, room, classroom)
  watch(classroom.missing, (missing) => (room.missing.value ||= missing))
  askUntilPlayable(room, load)
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
