import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiClient } from '@/api/client'
import { askEarly } from '@/api/early'

const json = (body: object): Promise<Response> => Promise.resolve(new Response(JSON.stringify(body)))
const later = vi.fn(() => json({ member: 'later' }))
const client = new ApiClient({ fetch: later as unknown as typeof fetch })

beforeEach(() => {
  later.mockClear()
  vi.stubGlobal('fetch', () => json({ member: 'early' }))
  askEarly('/api/v1/session')
})
afterEach(() => vi.unstubAllGlobals())

it('what was asked for early answers the first question', async () => {
  expect(await client.get('/api/v1/session')).toEqual({ member: 'early' })
  expect(await client.get('/api/v1/session')).toEqual({ member: 'later' })
})

it('and none after something was changed', async () => {
  await client.delete('/api/v1/session')
  expect(await client.get('/api/v1/session')).toEqual({ member: 'later' })
})

it('and none that is old', async () => {
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 31_000)
  expect(await client.get('/api/v1/session')).toEqual({ member: 'later' })
  vi.restoreAllMocks()
})

it('and none that failed meanwhile', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no line')))
  askEarly('/api/v1/session')
  await Promise.resolve()
  expect(await client.get('/api/v1/session')).toEqual({ member: 'later' })
})

it('is not waited for longer than any other answer', async () => {
  vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
    }))
  askEarly('/api/v1/session')
  await expect(client.get('/api/v1/session', { timeoutMs: 10 })).rejects.toMatchObject({ status: 0 })
})
