// Keys of the lesson page: space or K play and pause, arrows move 15 seconds and turn the
// volume, M mutes, F fills the screen, L goes back to live.
import { onMounted, onUnmounted, type Ref } from 'vue'
import type { Player } from '@/player/player'

const STEP_S = 15
const VOLUME_STEP = 0.1

interface KeyboardOptions {
  player: Readonly<Ref<Player | null>>
  toggleFullscreen(): void
  /** A key was used: show the controls. */
  used(): void
}

/** Whether the focused element has its own use for the key. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('input, textarea, select, [role=menu], [role=tablist]') !== null) return true
  if (target.matches('[role=tabpanel]') && key !== 'k') return true // it scrolls
  return (key === ' ' || key === 'Enter') && target.closest('button, a, label') !== null
}

export function useKeyboard(options: KeyboardOptions): void {
  function actionOf(key: string, player: Player): (() => void) | null {
    const { volume } = player.state
    switch (key) {
      case ' ':
      case 'k':
        return () => player.toggle()
      case 'ArrowLeft':
        return () => player.skip(-STEP_S)
      case 'ArrowRight':
        return () => player.skip(STEP_S)
      case 'ArrowUp':
        return () => player.setVolume(Math.min(1, volume + VOLUME_STEP))
      case 'ArrowDown':
        return () => player.setVolume(Math.max(0, volume - VOLUME_STEP))
      case 'm':
        return () => player.toggleMuted()
      case 'f':
        return options.toggleFullscreen
      case 'l':
        return () => player.toLive()
      default:
        return null
    }
  }

  function pressed(event: KeyboardEvent): void {
    const player = options.player.value
    if (player === null || event.ctrlKey || event.altKey || event.metaKey) return
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    if (isTaken(event.target, key)) return
    const action = actionOf(key, player)
    if (action === null) return
    event.preventDefault()
    options.used()
    action()
  }

  onMounted(() => document.addEventListener('keydown', pressed))
  onUnmounted(() => document.removeEventListener('keydown', pressed))
}
