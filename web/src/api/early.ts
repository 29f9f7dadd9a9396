// What the first script asks for while the pages' code is on its way. The first question of
// the client for the same thing has that answer; on a weak line it is there by then.
interface Asked {
  answer: Promise<Response>
  abort: AbortController
}
const asked = new Map<string, Asked>()

export function askEarly(address: string): void {
  const abort = new AbortController()
  const headers = { Accept: 'application/json' }
  const answer = fetch(address, { headers, credentials: 'same-origin', cache: 'no-store', signal: abort.signal })
  answer.catch(() => undefined) // whoever takes it is told
  asked.set(address, { answer, abort })
}

/** Its answer, once; `signal` stops waiting for it. */
export function takeEarly(address: string, signal: AbortSignal): Promise<Response> | undefined {
  const early = asked.get(address)
  if (early === undefined) return undefined
  asked.delete(address)
  signal.addEventListener('abort', () => early.abort.abort())
  return early.answer
}

/** Something is being changed, the session perhaps: what was answered before holds no more. */
export function forgetEarly(): void {
  asked.clear()
}
