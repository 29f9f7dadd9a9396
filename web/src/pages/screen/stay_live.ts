// A hall goes along with the lesson. Where its picture stood it would go on, as a member's
// does, and be that much late for the rest of the day: for questions, for the lecturer who
// calls on it, for the end. What went by is in the replay.
import { watch, type ShallowRef } from 'vue'
import type { Player, PlayerState } from '@/player/player'

/** A weak line plays 8 s behind on purpose (player/settings.ts); this far is fallen behind. */
export const BEHIND_S = 15

export function hasFallenBehind({ phase, live, edge, position }: PlayerState): boolean {
  return phase === 'playing' && live && edge - position > BEHIND_S
}

export function useStayLive(
  player: Readonly<ShallowRef<Player | null>>,
  state: Readonly<ShallowRef<PlayerState | null>>,
): void {
  watch(
    () => state.value !== null && hasFallenBehind(state.value),
    (behind) => {
      if (behind) player.value?.toLive()
    },
  )
}
