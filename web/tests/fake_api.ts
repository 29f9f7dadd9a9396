// The server's part of the HTTP API, played by a test through `fetch`.
import { vi } from 'vitest'

export interface Call {
  /** `GET /api/v1/lessons/1`, without the query. */
  what: string
  query: URLSearchParams
  headers: Record<string, string>
  body: unknown
}

export type Played = unknown | ((call: Call) => unknown)

/** To be thrown, or given, by a route: a problem document. */
export function problem(status: number, name: string, more: object = {}): Response {
  const type = `urn:airclass:problem:${name}`
  const body = { type, title: name, title_zh: name, status, ...more }
  return new Response(JSON.stringify(body), { status })
}

/** No line. */
export const noLine = (): never => {
  throw new TypeError('failed to fetch')
}

/** `routes`: by `GET /api/v1/...`; what is not there is 404. Returns the calls so far. End
 *  it with `vi.unstubAllGlobals()`. */
export function playApi(routes: Record<string, Played>): Call[] {
  const calls: Call[] = []
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    const url = new URL(address, 'http://airclass.test')
    const call: Call = {
      what: `${init.method ?? 'GET'} ${url.pathname}`,
      query: url.searchParams,
      headers: init.headers as Record<string, string>,
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : init.body,
    }
    calls.push(call)
    const played = routes[call.what]
    if (played === undefined) return problem(404, 'not-found')
    const answer = typeof played === 'function' ? await (played as (call: Call) => unknown)(call) : played
    if (answer instanceof Response) return answer.clone()
    return answer === null
      ? new Response(null, { status: 204 })
      : new Response(JSON.stringify(answer), { status: 200 })
  })
  return calls
}
