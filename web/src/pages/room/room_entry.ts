// Being signed in at a room by one's own phone: what the server knows, and the acts.
import { computed, ref, shallowRef } from 'vue'
import type { Answer, OpenLesson } from '@/api/call_types'
import { api } from '@/api/client'
import { newKey } from '@/api/key'
import { Problem } from '@/api/problem'

/** So long before its hour a room may fill, as the server has it. */
const OPENS_BEFORE_MS = 2 * 3_600_000

export type Stay = Answer<'/api/v1/lessons/{id}/rooms/{site}/stay'>

/** Throws Problems. */
export function useRoomEntry(place: { lesson: number; site: number }) {
  const path = { id: place.lesson, site: place.site }
  const lesson = shallowRef<OpenLesson | null>(null)
  const known = shallowRef<Stay | null>(null)
  const working = ref(false)
  /** When it was last looked. */
  const now = ref(Date.now())
  /** The same digits are sent under the same key: a lost answer signs nobody in twice. */
  const keys = new Map<string, string>()

  /** Nobody can be signed in yet. */
  const early = computed(() => {
    const { state, planned_at } = lesson.value ?? {}
    return state === 'planned' && planned_at != null && Date.parse(planned_at) - now.value > OPENS_BEFORE_MS
  })
  const inside = computed(() => known.value?.stay != null && known.value.stay.out_at === null)

  async function look(): Promise<void> {
    const [opened, stay] = await Promise.all([
      api.get('/api/v1/lessons/{id}', { path: { id: place.lesson } }),
      api.get('/api/v1/lessons/{id}/rooms/{site}/stay', { path }),
    ])
    lesson.value = opened
    known.value = stay
    now.value = Date.now()
  }

  async function act(work: () => Promise<unknown>): Promise<void> {
    working.value = true
    try {
      await work()
      await look()
    } finally {
      working.value = false
    }
  }

  function enter(digits: string): Promise<void> {
    const key = keys.get(digits) ?? newKey()
    keys.set(digits, key)
    return act(async () => {
      try {
        await api.post('/api/v1/lessons/{id}/rooms/{site}/enter', { path, body: { digits, key } })
      } catch (error) {
        // Whoever was refused and then comes with the same digits tries anew.
        if (error instanceof Problem && error.status > 0) keys.delete(digits)
        throw error
      }
    })
  }

  async function leave(): Promise<void> {
    await act(() => api.post('/api/v1/lessons/{id}/rooms/{site}/leave', { path }))
    keys.clear()
  }

  return { lesson, known, early, inside, working, look, enter, leave }
}
