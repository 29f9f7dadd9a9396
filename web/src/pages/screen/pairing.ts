// A screen that nobody knows yet: the code that it shows until somebody lets it in.
//
// A code is asked for at most once a minute from an address, so it outlives a reload.
import { onUnmounted, ref, type Ref } from 'vue'
import { Problem } from '@/api/problem'
import { storageOrNull } from '@/classroom/surroundings'
import { screenApi } from './screen_api'

const STORED_AS = 'airclass.pairing'
const CLAIM_EVERY_MS = 3_000
const ASK_AGAIN_MS = 5_000

interface Pairing {
  code: string
  secret: string
  /** Wall clock, ms. */
  until: number
}

export interface UsedPairing {
  /** Eight letters and digits; empty while none is there. */
  code: Readonly<Ref<string>>
  failure: Readonly<Ref<unknown>>
}

export function usePairing(paired: () => void): UsedPairing {
  const code = ref('')
  const failure = ref<unknown>(null)
  let pairing = readStored()
  let gone = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function step(): Promise<number> {
    if (pairing === null || pairing.until <= Date.now()) {
      const { code, secret, expires_in_s } = await screenApi.post('/api/v1/screens/pairing')
      pairing = { code, secret, until: Date.now() + expires_in_s * 1000 }
      store(pairing)
    }
    code.value = pairing.code
    const { secret } = pairing
    const { state } = await screenApi.post('/api/v1/screens/pairing/claim', { body: { secret } })
    failure.value = null
    if (state === 'paired') {
      store(null)
      gone = true
      paired()
    }
    return CLAIM_EVERY_MS
  }

  async function go(): Promise<void> {
    let wait = ASK_AGAIN_MS
    try {
      wait = await step()
    } catch (error) {
      failure.value = error
      const known = error instanceof Problem ? error : null
      // The server was started anew, or the code is too old: another one.
      if (known?.status === 404) {
        pairing = null
        store(null)
        wait = 0
      }
      wait = known?.retryAfterS != null ? known.retryAfterS * 1000 : wait
      if (pairing === null) code.value = ''
    }
    if (!gone) timer = setTimeout(() => void go(), wait)
  }

  void go()
  onUnmounted(() => {
    gone = true
    clearTimeout(timer)
  })
  return { code, failure }
}

function readStored(): Pairing | null {
  try {
    const text = storageOrNull('localStorage')?.getItem(STORED_AS) ?? null
    const value = text === null ? null : (JSON.parse(text) as Pairing)
    return typeof value?.secret === 'string' && typeof value.code === 'string' ? value : null
  } catch {
    return null
  }
}

function store(pairing: Pairing | null): void {
  try {
    const storage = storageOrNull('localStorage')
    if (pairing === null) storage?.removeItem(STORED_AS)
    else storage?.setItem(STORED_AS, JSON.stringify(pairing))
  } catch {
    // Full or switched off: the code then lasts as long as the page.
  }
}
