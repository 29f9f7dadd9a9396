// The sound of a screen. A browser that was not started for it (docs/screens.md) plays
// nothing loud before somebody has pressed a key: the picture goes on without sound, a
// large text says so, and any key or tap brings the sound.
import { onMounted, onUnmounted, ref, watch, type Ref, type ShallowRef } from 'vue'
import type { Player, PlayerState } from '@/player/player'

export function useSound(
  player: Readonly<ShallowRef<Player | null>>,
  state: Readonly<ShallowRef<PlayerState | null>>,
): { blocked: Readonly<Ref<boolean>> } {
  const blocked = ref(false)

  watch(
    () => state.value?.blocked === true,
    (now) => {
      if (!now || player.value === null || state.value === null) return
      blocked.value = true
      if (!state.value.muted) player.value.toggleMuted()
      player.value.play()
    },
  )

  function pressed(): void {
    if (!blocked.value || player.value === null) return
    blocked.value = false
    if (state.value?.muted === true) player.value.toggleMuted()
    player.value.play()
  }

  onMounted(() => {
    window.addEventListener('keydown', pressed)
    window.addEventListener('pointerup', pressed)
  })
  onUnmounted(() => {
    window.removeEventListener('keydown', pressed)
    window.removeEventListener('pointerup', pressed)
  })
  return { blocked }
}
