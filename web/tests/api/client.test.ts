import { describe, expect, it, vi } from 'vitest'
import { ApiClient } from '@/api/client'
import { Problem } from '@/api/problem'

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
  return vi.fn<typeof fetch>(() => Promise.resolve(new Response(text, { status, headers })))
}

function problemBody(name: string, extra: object = {}) {
  const type = `urn:airclass:problem:${name}`
  return { type, title: 'No', title_zh: '不行', status: 0, detail: 'why', ...extra }
}

async function caught(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Problem)) throw new Error(`not a problem: ${String(error)}`)
  return error
}

const MEMBER = { number: '7', name: '王小明', role: 'member' }

describe('requests', () => {
  it('signs in with the header that proves our own page', async () => {
    const send = answering(200, { member: MEMBER })
    expect(await new ApiClient({ fetch: send }).signIn('7', 'x')).toEqual(MEMBER)
    const [path, init] = send.mock.calls[0] ?? []
    expect(path).toBe('/api/v1/session')
    expect(init?.method).toBe('POST')
    expect(init?.headers).toMatchObject({ 'X-Requested-With': 'airclass' })
    expect(JSON.parse(String(init?.body))).toEqual({ number: '7', password: 'x' })
  })

  it('sends no such header and no body with a GET', async () => {
    const send = answering(200, { lessons: [], next: null })
    await new ApiClient({ fetch: send }).lessons()
    const init = send.mock.calls[0]?.[1]
    expect(init?.headers).not.toHaveProperty('X-Requested-With')
    expect(init?.body).toBeUndefined()
  })

  it.each([
    [null, 50, '/api/v1/lessons?limit=50'],
    [12, 20, '/api/v1/lessons?limit=20&before=12'],
  ])('asks for lessons before %s', async (before, limit, path) => {
    const send = answering(200, { lessons: [], next: null })
    await new ApiClient({ fetch: send }).lessons(before, limit)
    expect(send.mock.calls[0]?.[0]).toBe(path)
  })

  it('takes an empty answer to a sign-out', async () => {
    await expect(new ApiClient({ fetch: answering(204, undefined) }).signOut()).resolves.toBe(
      undefined,
    )
  })
})

describe('problems', () => {
  it('reads type, titles, detail and field', async () => {
    const send = answering(400, problemBody('bad-request', { field: 'number' }))
    const problem = await caught(new ApiClient({ fetch: send }).signIn('', ''))
    expect(problem).toMatchObject({
      problem: 'bad-request',
      status: 400,
      title: 'No',
      titleZh: '不行',
      detail: 'why',
      field: 'number',
    })
  })

  it.each([
    ['90', 90],
    ['0', 0],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    ['-3', null],
  ])('reads Retry-After %s', async (value, seconds) => {
    const send = answering(429, problemBody('too-many-attempts'), { 'Retry-After': value })
    const problem = await caught(new ApiClient({ fetch: send }).signIn('7', 'x'))
    expect(problem.retryAfterS).toBe(seconds)
  })

  it.each([
    [502, '<html>bad gateway</html>'],
    [500, ''],
    [400, '{"type":"about:blank"}'],
    [400, 'null'],
    [200, 'not json'],
  ])('makes a problem of %i with a body that is none: %s', async (status, body) => {
    const problem = await caught(new ApiClient({ fetch: answering(status, body) }).lesson(1))
    expect(problem).toMatchObject({ problem: 'unreadable', status })
  })

  it('calls a failed fetch offline', async () => {
    const send = vi.fn<typeof fetch>(() => Promise.reject(new TypeError('failed')))
    const problem = await caught(new ApiClient({ fetch: send }).lesson(1))
    expect(problem).toMatchObject({ problem: 'offline', status: 0 })
  })

  it('gives up on an answer that does not come', async () => {
    vi.useFakeTimers()
    const send: typeof fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
      })
    const work = caught(new ApiClient({ fetch: send }).lesson(1))
    await vi.advanceTimersByTimeAsync(15_000)
    expect((await work).problem).toBe('offline')
    vi.useRealTimers()
  })
})

describe('signed out', () => {
  it('is told once, by any call but those about the session itself', async () => {
    const onSignedOut = vi.fn()
    const client = new ApiClient({ fetch: answering(401, problemBody('signed-out')), onSignedOut })
    await caught(client.signIn('7', 'x'))
    expect(await client.member()).toBeNull()
    expect(onSignedOut).not.toHaveBeenCalled()
    await caught(client.lesson(1))
    expect(onSignedOut).toHaveBeenCalledOnce()
  })

  it('is not what a broken server says', async () => {
    const client = new ApiClient({ fetch: answering(503, problemBody('busy')) })
    expect((await caught(client.member())).status).toBe(503)
  })
})
