// Asking again and again, as long as the page is looked at.
import { onScopeDispose } from 'vue'

export function poll(step: () => Promise<void>, everyMs: number): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false

  async function turn(): Promise<void> {
    if (!document.hidden) await step().catch(() => undefined)
    if (!ended) timer = setTimeout(() => void turn(), everyMs)
  }
  timer = setTimeout(() => void turn(), everyMs)
  onScopeDispose(() => {
    ended = true
    clearTimeout(timer)
  })
}
