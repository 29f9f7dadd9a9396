// Whether the server can be reached, as the calls of the API find it: the browser knows of its
// own cable at most. Once a call found nobody the server is asked until it answers, since a
// page may have nothing to ask for itself.
import { computed, ref } from 'vue'
import { api } from '@/api/client'
import { BackOff } from '@/classroom/backoff'

/** Longer than a stopped server takes to come back, in which it is not asked all the time. */
const ASK_AFTER_MS = 3_000
const ASK_TIMEOUT_MS = 8_000

const unplugged = ref(!navigator.onLine)
const lost = ref(false)
const waits = new BackOff()
let asking: ReturnType<typeof setTimeout> | undefined

/** What is wrong with the line, as far as the page can tell. */
export const lineTrouble = computed(() => (unplugged.value ? 'offline' : lost.value ? 'server' : null))

function heard(answered: boolean): void {
  clearTimeout(asking)
  asking = undefined
  lost.value = !answered
  if (answered) waits.reset()
  else askLater()
}

function askLater(): void {
  asking = setTimeout(ask, ASK_AFTER_MS + waits.next())
}

/** Any answer will do, also that nobody is signed in; the client tells heard() of it. */
function ask(): void {
  if (document.visibilityState === 'hidden') askLater()
  else api.get('/api/v1/session', { timeoutMs: ASK_TIMEOUT_MS }).catch(() => undefined)
}

api.onLine = heard
window.addEventListener('offline', () => (unplugged.value = true))
window.addEventListener('online', () => (unplugged.value = false))
