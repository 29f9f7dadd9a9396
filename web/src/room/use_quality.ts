// Tells the server once a minute how well a lesson plays. What cannot be told now is told
// with the next minute.
import { onMounted, onUnmounted, watch, type Ref } from 'vue'
import { api, type ApiClient } from '@/api/client'
import type { Player, PlayerState } from '@/player/player'
import { QualityTally } from '@/player/quality_tally'

/** A little more than the minute that the server asks for. */
const EVERY_MS = 62_000
/** Who leaves sooner has hardly seen anything. */
const LEAST_AT_LEAVING_MS = 20_000
const PHONE_SIDE_PX = 600

export type Device = 'phone' | 'tablet' | 'desktop' | 'screen'

function thisDevice(): Device {
  if (!matchMedia('(pointer: coarse)').matches) return 'desktop'
  return Math.min(screen.width, screen.height) < PHONE_SIDE_PX ? 'phone' : 'tablet'
}

export interface UseQualityOptions {
  lesson: number
  player: Readonly<Ref<Player | null>>
  state: Readonly<Ref<PlayerState | null>>
  audio: () => boolean
  device?: Device
  client?: ApiClient
}

export function useQuality(options: UseQualityOptions): void {
  const { lesson, player, state, audio, device = thisDevice(), client = api } = options
  const tally = new QualityTally(performance.now())
  let timer: ReturnType<typeof setInterval> | undefined

  function look(): void {
    if (player.value !== null && state.value !== null) tally.observe(state.value, player.value, performance.now())
  }

  async function tell(leastMs: number): Promise<void> {
    look()
    const figures = tally.figures(audio())
    if (figures === null || figures.played_ms + figures.stall_ms < leastMs) return
    const delivery = player.value?.hls == null ? 'native' : 'hls'
    try {
      await client.post('/api/v1/lessons/{id}/quality', { path: { id: lesson }, body: { ...figures, delivery, device } })
      tally.forget(figures)
    } catch {
      // It is no loss to the member.
    }
  }

  watch(state, look)
  onMounted(() => (timer = setInterval(() => void tell(0), EVERY_MS)))
  onUnmounted(() => {
    clearInterval(timer)
    void tell(LEAST_AT_LEAVING_MS)
  })
}
