// Whether there is room for tables, or records stand one below the other.
import { onScopeDispose, ref, type Ref } from 'vue'

const ROOM = '(min-width: 1000px)'

export function useWide(): Ref<boolean> {
  const query = typeof matchMedia === 'function' ? matchMedia(ROOM) : null
  const wide = ref(query?.matches ?? true)
  const follow = (): void => void (wide.value = query?.matches ?? true)
  query?.addEventListener?.('change', follow)
  onScopeDispose(() => query?.removeEventListener?.('change', follow))
  return wide
}
