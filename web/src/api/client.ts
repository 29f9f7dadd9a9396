// The one client of the HTTP API. Every failure is thrown as a Problem.
import { Problem } from './problem'
import type { Lesson, LessonPage, Member } from './types'

const BASE = '/api/v1'
const TIMEOUT_MS = 15_000

export interface ApiClientOptions {
  fetch?: typeof fetch
  /** The session is gone (any 401 except the answer to a sign-in). */
  onSignedOut?: () => void
}

interface Call {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  body?: unknown
  /** A 401 to this call says nothing about a session. */
  signingIn?: boolean
}

export class ApiClient {
  onSignedOut: () => void
  private readonly send: typeof fetch

  constructor(options: ApiClientOptions = {}) {
    this.send = options.fetch ?? ((input, init) => fetch(input, init))
    this.onSignedOut = options.onSignedOut ?? (() => undefined)
  }

  async signIn(number: string, password: string): Promise<Member> {
    const answer = await this.call<{ member: Member }>({
      method: 'POST',
      path: '/session',
      body: { number, password },
      signingIn: true,
    })
    return answer.member
  }

  /** The signed-in member, or null when nobody is. */
  async member(): Promise<Member | null> {
    try {
      const call: Call = { method: 'GET', path: '/session', signingIn: true }
      return (await this.call<{ member: Member }>(call)).member
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    }
  }

  async signOut(): Promise<void> {
    await this.call({ method: 'DELETE', path: '/session', signingIn: true })
  }

  lessons(before: number | null = null, limit = 50): Promise<LessonPage> {
    const query = new URLSearchParams({ limit: String(limit) })
    if (before !== null) query.set('before', String(before))
    return this.call<LessonPage>({ method: 'GET', path: `/lessons?${query.toString()}` })
  }

  lesson(id: number): Promise<Lesson> {
    return this.call<Lesson>({ method: 'GET', path: `/lessons/${id}` })
  }

  private async call<T>(call: Call): Promise<T> {
    const { response, body } = await this.exchange(call)
    if (response.status === 204) return undefined as T
    if (response.ok) {
      if (body === undefined) throw Problem.unreadable(response.status)
      return body as T
    }
    if (response.status === 401 && call.signingIn !== true) this.onSignedOut()
    throw Problem.fromAnswer(response.status, body, response.headers.get('Retry-After'))
  }

  /** The time-out covers the body too: a weak line may die between the two. */
  private async exchange(call: Call): Promise<{ response: Response; body: unknown }> {
    const headers: Record<string, string> = { Accept: 'application/json' }
    if (call.method !== 'GET') headers['X-Requested-With'] = 'airclass'
    if (call.body !== undefined) headers['Content-Type'] = 'application/json'
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS)
    try {
      const response = await this.send(BASE + call.path, {
        method: call.method,
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: abort.signal,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      })
      return { response, body: await readJson(response) }
    } catch (error) {
      throw Problem.offline(error)
    } finally {
      clearTimeout(timer)
    }
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined // an error page of a proxy
  }
}

export const api = new ApiClient()
