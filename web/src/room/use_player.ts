// A Player tied to a component: its state as a ref, its life that of the component.
import { onMounted, onUnmounted, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { BeatRecorder } from '@/beats/recorder'
import { createEngine } from '@/player/create_engine'
import { Player, type PlayerState } from '@/player/player'
import { WakeLock } from '@/player/wake_lock'
import { useSettings } from '@/settings/settings'

/** What measurements and browser tests read. */
interface Probe {
  readonly hls: unknown
  latency(): number | null
  readonly stalls: number
  readonly switches: number
  /** Engines that were made anew because they had lost their way. */
  readonly rebuilds: number
  /** Height of the picture shown, 0 when unknown. */
  readonly level: number
  lessonTime(): number
}

declare global {
  interface Window {
    __airclass?: Probe
  }
}

export interface UsePlayerOptions {
  video: Readonly<Ref<HTMLVideoElement | null>>
  recorder: BeatRecorder
  refreshAddress(): Promise<string | null>
  ready(player: Player): void
}

const SAVE_BANDWIDTH_MS = 30_000
/** As much picture as slides need, for who wants to save data. */
const SPARING_HEIGHT = 360

export function usePlayer(options: UsePlayerOptions): {
  player: ShallowRef<Player | null>
  state: ShallowRef<PlayerState | null>
} {
  const player = shallowRef<Player | null>(null)
  const state = shallowRef<PlayerState | null>(null)
  let saving: ReturnType<typeof setInterval> | undefined
  const { dataSaver } = useSettings()
  let wakeLock: WakeLock | null = null

  onMounted(() => {
    const video = options.video.value
    if (video === null) return
    wakeLock = new WakeLock()
    const made = new Player({
      video,
      createEngine,
      recorder: options.recorder,
      refreshAddress: options.refreshAddress,
      changed: (next) => {
        state.value = next
        wakeLock?.want(next.phase === 'playing' || next.phase === 'buffering')
      },
    })
    player.value = made
    const limit = (): void => made.limitAuto(dataSaver.value ? SPARING_HEIGHT : 0)
    limit()
    watch(dataSaver, limit)
    state.value = made.state
    window.__airclass = probe(made)
    saving = setInterval(() => made.saveBandwidth(), SAVE_BANDWIDTH_MS)
    options.ready(made)
  })

  onUnmounted(() => {
    clearInterval(saving)
    player.value?.destroy()
    wakeLock?.destroy()
    delete window.__airclass
  })
  return { player, state }
}

function probe(player: Player): Probe {
  return {
    get hls() {
      return player.hls
    },
    get stalls() {
      return player.stalls
    },
    get switches() {
      return player.switches
    },
    get rebuilds() {
      return player.rebuilds
    },
    get level() {
      return player.state.height
    },
    latency: () => player.latency,
    lessonTime: () => player.lessonTime,
  }
}
