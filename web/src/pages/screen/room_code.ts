// The digits, the QR code and the count of a room, fetched every 10 s (docs/protocol.md).
import { computed, onUnmounted, ref, shallowRef, type ComputedRef } from 'vue'
import { screenApi, type RoomCode } from './screen_api'

const FETCH_EVERY_MS = 10_000
const AGAIN_MS = 3_000
/** The server takes digits for so long after their time. */
const GRACE_MS = 30_000

export interface UsedRoomCode {
  /** null: none is known that would be taken. */
  code: ComputedRef<RoomCode | null>
}

export function useRoomCode(lesson: number, site: number): UsedRoomCode {
  const fetched = shallowRef<RoomCode | null>(null)
  const now = ref(performance.now())
  let until = 0
  let gone = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function fetchCode(): Promise<void> {
    let wait = FETCH_EVERY_MS
    try {
      const answer = await screenApi.get('/api/v1/lessons/{id}/rooms/{site}/code', {
        path: { id: lesson, site },
      })
      fetched.value = answer
      until = performance.now() + answer.left_ms + GRACE_MS
      now.value = performance.now()
      // New digits are shown when their time begins.
      wait = Math.min(wait, answer.left_ms + 100)
    } catch {
      wait = AGAIN_MS
      now.value = performance.now()
    }
    if (!gone) timer = setTimeout(() => void fetchCode(), wait)
  }

  void fetchCode()
  onUnmounted(() => {
    gone = true
    clearTimeout(timer)
  })
  return { code: computed(() => (now.value < until ? fetched.value : null)) }
}
