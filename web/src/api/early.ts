// What the first script asks for while the pages' code is on its way. The first question of
// the client for the same thing has that answer; on a weak line it is there by then.
interface Asked {
  answer: Promise<Response>
  abort: AbortController
  atMs: number
}
/** Older than this, it tells of the past; a weak line needs half of it for the pages' code. */
const GOOD_MS = 30_000

const asked = new Map<string, Asked>()

export function askEarly(address: string): void {
  const abort = new AbortController()
  const headers = { Accept: 'application/json' }
  const answer = fetch(address, { headers, credentials: 'same-origin', cache: 'no-store', signal: abort.signal })
  const early = { answer, abort, atMs: performance.now() }
  asked.set(address, early)
  answer.catch(() => {
    // Whoever took it is told; else it is asked anew.
    if (asked.get(address) === early) asked.delete(address)
  })
}

/** Its answer, once; `signal` stops waiting for it. */
export function takeEarly(address: string, signal: AbortSignal): Promise<Response> | undefined {
  const early = asked.get(address)
  if (early === undefined) return undefined
  asked.delete(address)
  if (performance.now() - early.atMs > GOOD_MS) {
    early.abort.abort()
    return undefined
  }
  signal.addEventListener('abort', () => early.abort.abort())
  return early.answer
}

/** Something is being changed, the session perhaps, or the page was not opened: what was
 *  answered before holds no more. Nor does it hold a connection, as what nobody reads would. */
export function forgetEarly(): void {
  for (const { abort } of asked.values()) abort.abort()
  asked.clear()
}
