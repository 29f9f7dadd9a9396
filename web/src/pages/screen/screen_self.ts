// What the screen is and what it can show, asked again and again for as long as it stands.
//
//   asking ──200──▶ known        asked every few seconds; keeps what it knows without a line
//          ──401──▶ stranger     shows a code (pairing.ts); asking again once it is let in,
//                                and with another code if it is a stranger still
//          ──403──▶ occupied     somebody is signed in on this browser as a member
import { onUnmounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { Problem } from '@/api/problem'
import { screenApi, type ScreenSelf } from './screen_api'

const ASK_EVERY_MS = 5_000

export type ScreenState = 'asking' | 'known' | 'stranger' | 'occupied'

export interface UsedScreen {
  state: Readonly<Ref<ScreenState>>
  self: Readonly<ShallowRef<ScreenSelf | null>>
  /** The last question was not answered. */
  lost: Readonly<Ref<boolean>>
  askNow(): void
}

export function useScreenSelf(): UsedScreen {
  const state = ref<ScreenState>('asking')
  const self = shallowRef<ScreenSelf | null>(null)
  const lost = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = 0

  async function ask(): Promise<void> {
    clearTimeout(timer)
    const mine = ++asking
    try {
      const answer = await screenApi.get('/api/v1/screens/self')
      if (mine !== asking) return
      self.value = answer
      state.value = 'known'
      lost.value = false
    } catch (error) {
      if (mine !== asking) return
      const status = error instanceof Problem ? error.status : 0
      lost.value = status !== 401 && status !== 403
      if (status === 401) {
        state.value = 'stranger'
        self.value = null
        return // it is asked about by its code
      }
      if (status === 403) state.value = 'occupied'
    }
    timer = setTimeout(() => void ask(), ASK_EVERY_MS)
  }

  function askNow(): void {
    if (state.value === 'stranger') state.value = 'asking'
    void ask()
  }

  const online = (): void => void ask()
  window.addEventListener('online', online)
  void ask()
  onUnmounted(() => {
    asking += 1
    clearTimeout(timer)
    window.removeEventListener('online', online)
  })
  return { state, self, lost, askNow }
}
