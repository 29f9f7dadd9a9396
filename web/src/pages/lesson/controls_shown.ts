// When the controls over the picture are to be seen: always, but while the lesson plays
// and nobody has moved for some seconds.
import { onUnmounted, ref, watch, type ComputedRef, type Ref } from 'vue'
import type { Phase } from '@/player/player'

const REST_MS = 3_500

export interface ControlsShown {
  shown: Ref<boolean>
  menuOpen: Ref<boolean>
  /** Somebody is here. */
  touch(): void
  leave(event: PointerEvent): void
  /** A tap on the picture shows the controls, and puts them away. */
  tapped(): void
}

export function useControlsShown(phase: ComputedRef<Phase>): ControlsShown {
  const shown = ref(true)
  const menuOpen = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  function rest(): void {
    const busy = menuOpen.value || phase.value !== 'playing'
    if (busy) touch()
    else shown.value = false
  }

  function touch(): void {
    shown.value = true
    clearTimeout(timer)
    timer = setTimeout(rest, REST_MS)
  }

  function leave(event: PointerEvent): void {
    if (event.pointerType === 'mouse') rest()
  }

  function tapped(): void {
    if (shown.value) rest()
    else touch()
  }

  watch(phase, touch)
  onUnmounted(() => clearTimeout(timer))
  return { shown, menuOpen, touch, leave, tapped }
}
