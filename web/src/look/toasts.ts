// Short notes of what was done or failed, shown by AppToasts over whatever page is open.
import { readonly, ref } from 'vue'
import { useSettings } from '@/settings/settings'

export interface Toast {
  id: number
  text: string
  kind: 'done' | 'failed'
}

/** Long enough to be read twice. What failed, and everything in large type, stays until it
 *  is put away, or in large type until the next thing was done: nobody is hurried, and a page
 *  is not covered with what was done. */
const SHOWN_MS = 8_000
const MOST = 4

const shown = ref<Toast[]>([])
let last = 0

export const toasts = readonly(shown)

export function closeToast(id: number): void {
  shown.value = shown.value.filter((toast) => toast.id !== id)
}

export function toast(text: string, kind: Toast['kind'] = 'done'): void {
  const id = ++last
  const stays = useSettings().largeType.value !== null
  const others = shown.value.filter((one) => one.text !== text && (!stays || kind === 'failed' || one.kind === 'failed'))
  shown.value = [...others, { id, text, kind }].slice(-MOST)
  if (kind === 'failed' || stays) return
  setTimeout(() => closeToast(id), SHOWN_MS)
}
