import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiClient } from '@/api/client'
import { newKey } from '@/api/key'
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

const SESSION = '/api/v1/session'
const LESSON = '/api/v1/lessons/{id}'
const MEMBER = { number: '7', name: '王小明', role: 'member', steward: false, lecturer: false }

const signIn = (client: ApiClient) => client.post(SESSION, { body: { number: '7', password: 'x' } })
const lesson = (client: ApiClient) => client.get(LESSON, { path: { id: 1 } })

afterEach(() => void vi.useRealTimers())

describe('requests', () => {
  it('carry the header that proves our own page when they change something', async () => {
    const send = answering(200, { member: MEMBER })
    expect(await signIn(new ApiClient({ fetch: send }))).toEqual({ member: MEMBER })
    const [path, init] = send.mock.calls[0] ?? []
    expect(path).toBe(SESSION)
    expect(init?.method).toBe('POST')
    expect(init?.headers).toMatchObject({ 'X-Requested-With': 'airclass' })
    expect(JSON.parse(String(init?.body))).toEqual({ number: '7', password: 'x' })
  })

  it('carry no such header and no body when they only ask', async () => {
    const send = answering(200, { lessons: [], next: null })
    await new ApiClient({ fetch: send }).get('/api/v1/lessons')
    const init = send.mock.calls[0]?.[1]
    expect(init?.headers).not.toHaveProperty('X-Requested-With')
    expect(init?.body).toBeUndefined()
  })

  it('put what they ask for into the address', async () => {
    const send = answering(200, { lessons: [], next: null })
    const client = new ApiClient({ fetch: send })
    await client.get('/api/v1/lessons', { query: { limit: 20, before: 12 } })
    expect(send.mock.calls[0]?.[0]).toBe('/api/v1/lessons?limit=20&before=12')
    expect(client.address('/api/v1/verify/{code}', { path: { code: 'a/b ?' } })).toBe(
      '/api/v1/verify/a%2Fb%20%3F',
    )
  })

  it('send a file as it is', async () => {
    const send = answering(200, { handout: 1, media_type: 'image/png' })
    const file = new Blob(['x'])
    const path = { id: 1 }
    const options = { path, query: { title: '讲义' }, body: file }
    await new ApiClient({ fetch: send }).post('/api/v1/lessons/{id}/handouts', options)
    const [address, init] = send.mock.calls[0] ?? []
    expect(address).toBe('/api/v1/lessons/1/handouts?title=%E8%AE%B2%E4%B9%89')
    expect(init?.body).toBe(file)
    expect(init?.headers).toMatchObject({ 'Content-Type': 'application/octet-stream' })
  })

  it('name a write that may be sent again', async () => {
    const send = answering(200, { lessons: [] })
    const key = newKey()
    await new ApiClient({ fetch: send }).post('/api/v1/lessons', { body: { title: 'x', key } })
    expect(JSON.parse(String(send.mock.calls[0]?.[1]?.body))).toEqual({ title: 'x', key })
    expect(key).toMatch(/^[0-9a-f]{32}$/)
    expect(newKey()).not.toBe(key)
  })

  it('bring a file that is made for them, or say why there is none', async () => {
    const print = (client: ApiClient) =>
      client.postFile('/api/v1/branches/{id}/cards', { path: { id: 3 }, body: { reason: 'r' } })
    const file = await print(new ApiClient({ fetch: answering(200, '%PDF') }))
    expect(await file.text()).toBe('%PDF')
    const refusal = print(new ApiClient({ fetch: answering(422, problemBody('invalid-field', { field: 'reason' })) }))
    expect((await caught(refusal)).field).toBe('reason')
  })

  it('take an empty answer', async () => {
    const client = new ApiClient({ fetch: answering(204, undefined) })
    await expect(client.delete(SESSION)).resolves.toBe(undefined)
  })
})

describe('problems', () => {
  it('have type, titles, detail and field', async () => {
    const send = answering(400, problemBody('bad-request', { field: 'number' }))
    expect(await caught(signIn(new ApiClient({ fetch: send })))).toMatchObject({
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
  ])('read Retry-After %s', async (value, seconds) => {
    const send = answering(429, problemBody('too-many-attempts'), { 'Retry-After': value })
    expect((await caught(signIn(new ApiClient({ fetch: send })))).retryAfterS).toBe(seconds)
  })

  it.each([
    [502, '<html>bad gateway</html>'],
    [500, ''],
    [400, '{"type":"about:blank"}'],
    [400, 'null'],
    [200, 'not json'],
  ])('are made of %i with a body that is none: %s', async (status, body) => {
    const problem = await caught(lesson(new ApiClient({ fetch: answering(status, body) })))
    expect(problem).toMatchObject({ problem: 'unreadable', status })
  })

  it('are called offline when fetch fails', async () => {
    const send = vi.fn<typeof fetch>(() => Promise.reject(new TypeError('failed')))
    const problem = await caught(lesson(new ApiClient({ fetch: send })))
    expect(problem).toMatchObject({ problem: 'offline', status: 0 })
  })

  /** Never answers, but can be given up. */
  const silent: typeof fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      const give_up = (): void => reject(new DOMException('', 'AbortError'))
      if (init?.signal?.aborted === true) give_up()
      init?.signal?.addEventListener('abort', give_up)
    })

  it('come of an answer that does not', async () => {
    vi.useFakeTimers()
    const work = caught(lesson(new ApiClient({ fetch: silent })))
    await vi.advanceTimersByTimeAsync(15_000)
    expect((await work).problem).toBe('offline')
  })

  it('come of a call that its page gave up', async () => {
    const client = new ApiClient({ fetch: silent })
    const abort = new AbortController()
    const work = caught(client.get(LESSON, { path: { id: 1 }, signal: abort.signal }))
    abort.abort()
    expect((await work).problem).toBe('offline')
    const late = caught(client.get(LESSON, { path: { id: 1 }, signal: abort.signal }))
    expect((await late).problem).toBe('offline')
  })
})

describe('signed out', () => {
  it('is told by any call but those about the session itself', async () => {
    const onSignedOut = vi.fn()
    const client = new ApiClient({ fetch: answering(401, problemBody('signed-out')), onSignedOut })
    await caught(signIn(client))
    await caught(client.get(SESSION))
    expect(onSignedOut).not.toHaveBeenCalled()
    await caught(lesson(client))
    expect(onSignedOut).toHaveBeenCalledOnce()
  })

  it('is nobody whose password was refused', async () => {
    const onSignedOut = vi.fn()
    const client = new ApiClient({ fetch: answering(401, problemBody('sign-in-refused')), onSignedOut })
    const body = { password: 'wrong', new_password: 'another one' }
    expect(await caught(client.put('/api/v1/password', { body }))).toMatchObject({ problem: 'sign-in-refused' })
    expect(onSignedOut).not.toHaveBeenCalled()
  })
})

describe('the line', () => {
  async function told(send: typeof fetch, signal?: AbortSignal): Promise<boolean[]> {
    const heard: boolean[] = []
    const client = new ApiClient({ fetch: send, onLine: (answered) => heard.push(answered) })
    await client.get(SESSION, signal === undefined ? {} : { signal }).catch(() => undefined)
    return heard
  }
  const nobody = vi.fn<typeof fetch>(() => Promise.reject(new TypeError('failed')))

  it.each([200, 401, 429, 500, 503])('is good when the server says %i', async (status) => {
    expect(await told(answering(status, {}))).toEqual([true])
  })

  it.each([502, 504])('is lost when a proxy alone says %i', async (status) => {
    expect(await told(answering(status, '<html>'))).toEqual([false])
  })

  it('is lost when nobody answers, which says nothing of a call that was given up', async () => {
    expect(await told(nobody)).toEqual([false])
    const given = new AbortController()
    given.abort()
    expect(await told(nobody, given.signal)).toEqual([])
  })
})
