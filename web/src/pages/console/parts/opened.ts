// The one of a list that a dialog is open about.
import { computed, shallowRef, type ShallowRef, type WritableComputedRef } from 'vue'

export interface Opened<T> {
  opened: ShallowRef<T | null>
  /** For the dialog's `v-model:open`, which only ever shuts it. */
  open: WritableComputedRef<boolean>
}

export function useOpened<T>(): Opened<T> {
  const opened = shallowRef<T | null>(null)
  const open = computed({ get: () => opened.value !== null, set: () => (opened.value = null) })
  return { opened, open }
}
