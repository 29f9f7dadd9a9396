// The one client of the HTTP API. Addresses, options and answers have the types of
// docs/api.yaml; every failure is thrown as a Problem.
import type { AnswerOf, Arguments, CallOptions, Method, Operation, PathOf } from './call_types'
import { forgetEarly, takeEarly } from './early'
import { Problem } from './problem'

const TIMEOUT_MS = 15_000

export interface ApiClientOptions {
  fetch?: typeof fetch
  /** The session is gone (any 401 except the answer to a call about the session). */
  onSignedOut?: () => void
  onLine?: (answered: boolean) => void
}

interface Options extends CallOptions {
  path?: Record<string, string | number>
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
}

/** A proxy says that there is no server behind it. */
const GATEWAY_ALONE = [502, 504]

/** Calls that a 401 to says nothing about a session that was there. */
const ABOUT_SESSION = ['/api/v1/session', '/api/v1/session/code']

export class ApiClient {
  onSignedOut: () => void
  /** Whether somebody was there to answer, after each call that was not given up. */
  onLine: (answered: boolean) => void
  private readonly send: typeof fetch

  constructor(options: ApiClientOptions = {}) {
    this.send = options.fetch ?? ((input, init) => fetch(input, init))
    this.onSignedOut = options.onSignedOut ?? (() => undefined)
    this.onLine = options.onLine ?? (() => undefined)
  }

  get<P extends PathOf<'get'>>(path: P, ...[options]: Arguments<Operation<'get', P>>) {
    return this.call<AnswerOf<Operation<'get', P>>>('get', path, options)
  }

  post<P extends PathOf<'post'>>(path: P, ...[options]: Arguments<Operation<'post', P>>) {
    return this.call<AnswerOf<Operation<'post', P>>>('post', path, options)
  }

  put<P extends PathOf<'put'>>(path: P, ...[options]: Arguments<Operation<'put', P>>) {
    return this.call<AnswerOf<Operation<'put', P>>>('put', path, options)
  }

  patch<P extends PathOf<'patch'>>(path: P, ...[options]: Arguments<Operation<'patch', P>>) {
    return this.call<AnswerOf<Operation<'patch', P>>>('patch', path, options)
  }

  delete<P extends PathOf<'delete'>>(path: P, ...[options]: Arguments<Operation<'delete', P>>) {
    return this.call<AnswerOf<Operation<'delete', P>>>('delete', path, options)
  }

  /** A file that is made by a POST; for those of a GET a link with address() is better. */
  async postFile<P extends PathOf<'post'>>(
    path: P,
    ...[options]: Arguments<Operation<'post', P>>
  ): Promise<Blob> {
    const { response, body } = await this.exchange('post', path, options ?? {}, readFile)
    if (response.ok && body instanceof Blob) return body
    return this.refused(path, response, body)
  }

  /** Where a GET of a file leads, for a link with `download`: the browser brings the cookie. */
  address<P extends PathOf<'get'>>(path: P, ...[options]: Arguments<Operation<'get', P>>): string {
    return addressOf(path, options ?? {})
  }

  private async call<T>(method: Method, path: string, options: Options = {}): Promise<T> {
    const { response, body } = await this.exchange(method, path, options, readJson)
    if (response.status === 204) return undefined as T
    if (response.ok) {
      if (body === undefined) throw Problem.unreadable(response.status)
      return body as T
    }
    return this.refused(path, response, body)
  }

  private refused(path: string, response: Response, body: unknown): never {
    const problem = Problem.fromAnswer(response.status, body, response.headers.get('Retry-After'))
    if (isSignedOut(problem) && !ABOUT_SESSION.includes(path)) this.onSignedOut()
    throw problem
  }

  /** The time-out covers the body too: a weak line may die between the two. */
  private async exchange(
    method: Method,
    path: string,
    options: Options,
    read: (response: Response) => Promise<unknown>,
  ): Promise<{ response: Response; body: unknown }> {
    const { body, signal } = options
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    const timer = setTimeout(stop, options.timeoutMs ?? TIMEOUT_MS)
    if (signal?.aborted === true) stop()
    signal?.addEventListener('abort', stop)
    try {
      if (method !== 'get') forgetEarly()
      const address = addressOf(path, options)
      const response = await (takeEarly(address, abort.signal) ??
        this.send(address, {
          method: method.toUpperCase(),
          headers: headersOf(method, options),
          credentials: 'same-origin',
          cache: 'no-store',
          signal: abort.signal,
          ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
        }))
      const exchanged = { response, body: await read(response) }
      this.onLine(!GATEWAY_ALONE.includes(response.status))
      return exchanged
    } catch (error) {
      if (signal?.aborted !== true) this.onLine(false)
      throw Problem.offline(error)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    }
  }
}

/** A wrong password is refused by 401 as well, and the session stays. */
function isSignedOut({ status, problem }: Problem): boolean {
  return status === 401 && problem !== 'sign-in-refused'
}

function addressOf(path: string, { path: places = {}, query = {} }: Options): string {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(places[name])),
  )
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) asked.set(name, String(value))
  }
  const text = asked.toString()
  return text === '' ? address : `${address}?${text}`
}

function headersOf(method: Method, { body }: Options): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'get') headers['X-Requested-With'] = 'airclass'
  if (body instanceof Blob) headers['Content-Type'] = 'application/octet-stream'
  else if (body !== undefined) headers['Content-Type'] = 'application/json'
  return headers
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined // an error page of a proxy
  }
}

/** A refusal is told as JSON here too. */
function readFile(response: Response): Promise<unknown> {
  return response.ok ? response.blob() : readJson(response)
}

export const api = new ApiClient()
