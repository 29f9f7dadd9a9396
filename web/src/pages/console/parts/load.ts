// One answer of the server, as a component shows it.
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface Loaded<T> {
  value: ShallowRef<T | null>
  busy: Ref<boolean>
  failure: ShallowRef<unknown>
  load(): Promise<void>
}

/** Asks at once, and again at every load(); what was there stays until then. */
export function useLoad<T>(ask: () => Promise<T>): Loaded<T> {
  const value = shallowRef<T | null>(null)
  const busy = ref(false)
  const failure = shallowRef<unknown>(null)
  let turn = 0

  async function load(): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const answer = await ask()
      if (mine !== turn) return
      value.value = answer
      failure.value = null
    } catch (error) {
      if (mine === turn) failure.value = error
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  onScopeDispose(() => (turn = -1))
  void load()
  return { value, busy, failure, load }
}
