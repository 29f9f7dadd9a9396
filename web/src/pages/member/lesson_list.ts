// The newest lessons, kept fresh and sorted for the screen; older ones are in the library.
import { computed, onMounted, onUnmounted, ref, type ComputedRef, type Ref } from 'vue'
import { api } from '@/api/client'
import type { LessonPage, LessonState, Lesson } from '@/api/call_types'
import { isMissed, missedOf } from '@/api/missed'

const REFRESH_MS = 15_000
const PAGE_SIZE = 50
const MOST_PAGES = 6

export interface LessonList {
  loaded: Ref<boolean>
  failure: Ref<unknown>
  live: ComputedRef<Lesson[]>
  planned: ComputedRef<Lesson[]>
  /** Of the last days, and never begun. */
  missed: ComputedRef<Lesson[]>
  ended: ComputedRef<Lesson[]>
  refresh(): Promise<void>
}

/** Newer answers replace older ones of the same lesson; newest lesson first. */
export function mergeLessons(
  known: readonly Lesson[],
  fresh: readonly Lesson[],
): Lesson[] {
  const byId = new Map(known.map((lesson) => [lesson.id, lesson]))
  for (const lesson of fresh) byId.set(lesson.id, lesson)
  return [...byId.values()].sort((a, b) => b.id - a.id)
}

/** It has not begun, or will not: what a plan consists of. */
function hasNotBegun(lesson: Lesson | undefined): boolean {
  return lesson !== undefined && lesson.state !== 'live' && lesson.state !== 'ended'
}

/** That a lesson is cancelled is worth telling until its day is over. */
export function isAhead(lesson: Lesson, now: Date): boolean {
  if (!hasNotBegun(lesson) || isMissed(lesson, now.getTime())) return false
  if (lesson.state !== 'cancelled' || lesson.planned_at === null) return true
  return new Date(lesson.planned_at) >= new Date(now.getFullYear(), now.getMonth(), now.getDate())
}

function lessonsBefore(before: number | null): Promise<LessonPage> {
  const query = { limit: PAGE_SIZE, ...(before === null ? {} : { before }) }
  return api.get('/api/v1/lessons', { query })
}

/** The newest lessons, as far as a plan of many lessons ahead could hide one that is live:
 *  pages are taken until one ends with a lesson that has begun. */
async function newest(): Promise<LessonPage> {
  const page = await lessonsBefore(null)
  for (let n = 1; n < MOST_PAGES && page.next !== null; n++) {
    if (!hasNotBegun(page.lessons[page.lessons.length - 1])) break
    const older = await lessonsBefore(page.next)
    page.lessons.push(...older.lessons)
    page.next = older.next
  }
  return page
}

export function useLessonList(): LessonList {
  const all = ref<Lesson[]>([])
  const loaded = ref(false)
  const failure = ref<unknown>(null)
  let timer: ReturnType<typeof setInterval> | undefined

  async function refresh(): Promise<void> {
    try {
      const page = await newest()
      all.value = mergeLessons(all.value, page.lessons)
      loaded.value = true
      failure.value = null
    } catch (error) {
      failure.value = error
    }
  }

  function refreshIfShown(): void {
    if (document.visibilityState === 'visible') void refresh()
  }

  onMounted(() => {
    void refresh()
    timer = setInterval(refreshIfShown, REFRESH_MS)
    document.addEventListener('visibilitychange', refreshIfShown)
  })
  onUnmounted(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', refreshIfShown)
  })

  const inState = (state: LessonState) =>
    computed(() => all.value.filter((lesson) => lesson.state === state))
  return {
    loaded,
    failure,
    live: inState('live'),
    planned: computed(() => all.value.filter((lesson) => isAhead(lesson, new Date()))),
    missed: computed(() => missedOf(all.value, Date.now())),
    ended: inState('ended'),
    refresh,
  }
}
