// A lesson's classroom tied to a component: the socket opens with it and closes with it,
// and what the server tells is here as state. Every page that is in a lesson uses this.
import { onMounted, onUnmounted, readonly, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { LessonState } from '@/api/call_types'
import { leaveForSignIn } from '@/app/router'
import { BeatRecorder, type BeatMode } from '@/beats/recorder'
import { Classroom, type LineState } from '@/classroom/classroom'
import { ClientLease } from '@/classroom/client_id'
import type { Doing } from '@/classroom/doings'
import { EMPTY_HALL, type Hall } from '@/classroom/hall'
import { deliverLeftovers } from '@/classroom/leftovers'
import { Outbox } from '@/classroom/outbox'
import { socketOrigin, storageOrNull } from '@/classroom/surroundings'

const RENEW_LEASE_MS = 5_000

export interface UseClassroomOptions {
  lesson: number
  /** Under whom beats are kept: the member's number, or `screen` for a room's screen. */
  who: string
  mode?: BeatMode
  /** The session is gone; by default the sign-in is shown. */
  signedOut?(): void
  /** From a welcome or a change; answers of the API may be older. */
  lessonIs?(state: LessonState, lengthMs: number, interrupted: boolean): void
}

export interface UsedClassroom {
  line: Readonly<Ref<LineState>>
  /** There has been a line since the page was opened. */
  everOpen: Readonly<Ref<boolean>>
  /** There is no such lesson. */
  missing: Readonly<Ref<boolean>>
  acceptedMs: Ref<number>
  earnedMs: Ref<number>
  hall: Readonly<ShallowRef<Hall>>
  /** Fed by the player with what is really played. */
  recorder: BeatRecorder
  /** Resolves with the number of the event that it became; rejects with a Refusal. */
  do(doing: Doing): Promise<number | null>
  promptShown(id: number): void
  answerPrompt(id: number): void
  leavePrompt(id: number): void
  /** The line is known to be good (media arrives): no need to wait to reconnect. */
  wake(): void
}

export function useClassroom(options: UseClassroomOptions): UsedClassroom {
  const line = ref<LineState>('idle')
  const everOpen = ref(false)
  const missing = ref(false)
  const acceptedMs = ref(0)
  const earnedMs = ref(0)
  const hall = shallowRef<Hall>(EMPTY_HALL)
  const { lesson, who } = options

  const local = storageOrNull('localStorage')
  const stores = { local, session: storageOrNull('sessionStorage') }
  const lease = ClientLease.claim(stores, Date.now())
  const outbox = new Outbox(local, { member: who, lesson, client: lease.client })
  const classroom = new Classroom({
    lesson,
    client: lease.client,
    outbox,
    origin: socketOrigin(),
    events: {
      line: (state) => {
        line.value = state
        if (state === 'open') everOpen.value = true
        if (state === 'missing') missing.value = true
        if (state === 'signed-out') (options.signedOut ?? leaveForSignIn)()
      },
      totals: (totals) => {
        acceptedMs.value = totals.acceptedMs
        earnedMs.value = totals.earnedMs
      },
      lesson: (state, lengthMs, interrupted) => options.lessonIs?.(state, lengthMs, interrupted),
      pending: () => undefined,
      hall: (next) => (hall.value = next),
    },
  })
  const recorder = new BeatRecorder((stretch) => classroom.record(stretch), {
    visible: document.visibilityState === 'visible',
    mode: options.mode ?? 'video',
  })
  followPage(classroom, recorder, lease)
  let stopLeftovers = (): void => undefined
  onMounted(() => {
    classroom.start()
    if (local === null) return
    const now = Date.now()
    stopLeftovers = deliverLeftovers({ member: who, lesson, local, origin: socketOrigin(), now })
  })
  onUnmounted(() => {
    stopLeftovers()
    classroom.stop()
    lease.release()
  })
  return {
    line: readonly(line),
    everOpen: readonly(everOpen),
    missing: readonly(missing),
    acceptedMs,
    earnedMs,
    hall,
    recorder,
    do: (doing) => classroom.do(doing),
    promptShown: (id) => classroom.promptShown(id),
    answerPrompt: (id) => classroom.answerPrompt(id),
    leavePrompt: (id) => classroom.leavePrompt(id),
    wake: () => classroom.wake(),
  }
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
  /** Where the cable is out, the socket is asked at once, and not found dead half a minute later. */
  const line = (): void => classroom.wake()
  const renewal = setInterval(() => lease.renew(Date.now()), RENEW_LEASE_MS)
  document.addEventListener('visibilitychange', shown)
  window.addEventListener('pagehide', hidden)
  window.addEventListener('pageshow', back)
  window.addEventListener('online', line)
  window.addEventListener('offline', line)
  onUnmounted(() => {
    clearInterval(renewal)
    document.removeEventListener('visibilitychange', shown)
    window.removeEventListener('pagehide', hidden)
    window.removeEventListener('pageshow', back)
    window.removeEventListener('online', line)
    window.removeEventListener('offline', line)
  })
}
