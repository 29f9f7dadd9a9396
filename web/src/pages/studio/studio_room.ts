// A lesson as its studio sees it: what the API and the socket say, and what may be done.
import { computed, onMounted, onUnmounted, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { i18n } from '@/messages'
import type { LessonState, OpenLesson } from '@/api/call_types'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import { problemText } from '@/app/problem_text'
import { Refusal, type Doing } from '@/classroom/doings'
import { toast } from '@/look/toasts'
import { useClassroom, type UsedClassroom } from '@/room/use_classroom'
import { member } from '@/session/session'
import { rightsOf, type Rights } from './lesson_rights'
import { evened, judgeRecent, remember, STALE_MS, type Health, type Judged } from './health_view'

export interface StudioRoom {
  id: number
  lesson: ShallowRef<OpenLesson | null>
  missing: Ref<boolean>
  failure: Ref<unknown>
  state: Ref<LessonState>
  rights: ComputedRef<Rights>
  classroom: UsedClassroom
  hall: UsedClassroom['hall']
  /** Null also when nothing has been told for a while. */
  health: ComputedRef<Health | null>
  /** Of what it has been for some seconds. */
  judged: ComputedRef<Judged>
  /** Wall clock, ms; moves once a second. */
  now: Ref<number>
  load(): Promise<void>
  /** Does it, and says so when it failed. Resolves to whether it was done. */
  act(doing: Doing): Promise<boolean>
  /** The same for a call of the API. */
  call<T>(work: () => Promise<T>): Promise<T | null>
}

const REFUSALS = [
  'invalid', 'not-found', 'state', 'muted', 'too-fast', 'limit', 'busy', 'closed',
] as const satisfies readonly Refusal['code'][]

function refusalText(error: unknown): string {
  const { t } = i18n.global
  if (!(error instanceof Refusal)) return problemText(error)
  const code = REFUSALS.find((one) => one === error.code) ?? 'state'
  return t(`studio.refusal.${code}`)
}

export function useStudioRoom(id: number): StudioRoom {
  const lesson = shallowRef<OpenLesson | null>(null)
  const missing = ref(false)
  const failure = ref<unknown>(null)
  const state = ref<LessonState>('planned')
  const now = ref(Date.now())
  const toldAt = ref(0)
  const told = shallowRef<readonly Health[]>([])
  const classroom = useClassroom({
    lesson: id,
    who: member.value?.number ?? '',
    lessonIs: (next) => {
      if (next === state.value) return
      state.value = next
      void load()
    },
  })
  const { hall } = classroom

  /** Answers may overtake each other: that of the last question holds. */
  let turn = 0
  async function load(): Promise<void> {
    const mine = ++turn
    try {
      const found = await api.get('/api/v1/lessons/{id}', { path: { id } })
      if (mine !== turn) return
      lesson.value = found
      state.value = found.state
      failure.value = null
    } catch (error) {
      if (mine !== turn) return
      if (error instanceof Problem && error.status === 404) missing.value = true
      else failure.value = error
    }
  }

  async function call<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work()
    } catch (error) {
      toast(refusalText(error), 'failed')
      return null
    }
  }

  watch(() => hall.value.health, (next) => {
    if (next === null) return
    told.value = remember(recent.value, next)
    toldAt.value = Date.now()
  })
  const recent = computed(() => (now.value - toldAt.value < STALE_MS ? told.value : []))
  watch(classroom.missing, (gone) => (missing.value ||= gone))
  const timer = setInterval(() => (now.value = Date.now()), 1_000)
  onMounted(load)
  onUnmounted(() => clearInterval(timer))
  return {
    id,
    lesson,
    missing,
    failure,
    state,
    rights: computed(() => rightsOf(lesson.value ?? { lecturers: [] }, member.value as never)),
    classroom,
    hall,
    health: computed(() => evened(recent.value)),
    judged: computed(() => judgeRecent(recent.value)),
    now,
    load,
    act: async (doing) => (await call(async () => (await classroom.do(doing), true))) === true,
    call,
  }
}
