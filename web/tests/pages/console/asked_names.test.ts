import { describe, expect, it, vi } from 'vitest'
import { askedNames } from '@/pages/console/parts/asked_names'

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

describe('names that are asked for', () => {
  it('are asked for once, together, and are no numbers until then', async () => {
    const ask = vi.fn(async (ids: readonly number[]) => ids.map((id) => [id, `Branch ${id}`] as const))
    const { of } = askedNames(ask, 100)
    expect([of(1), of(2), of(1), of(null)]).toEqual(['…', '…', '…', ''])
    await later()
    expect([of(1), of(2)]).toEqual(['Branch 1', 'Branch 2'])
    expect(ask.mock.calls).toEqual([[[1, 2]]])
  })

  it('are asked for in several goes when there are many', async () => {
    const ask = vi.fn(async (ids: readonly number[]) => ids.map((id) => [id, `Branch ${id}`] as const))
    const { of } = askedNames(ask, 2)
    for (let id = 1; id <= 5; id += 1) of(id)
    await later()
    expect(of(5)).toBe('Branch 5')
    expect(ask.mock.calls.map(([ids]) => ids)).toEqual([[1, 2], [3, 4], [5]])
  })

  it('stay numbers when nobody knows them or nothing comes', async () => {
    const ask = vi.fn(async (ids: readonly number[]) => {
      if (ids.includes(9)) throw new Error('no line')
      return [[1, 'Branch 1'] as const]
    })
    const { of } = askedNames(ask, 2)
    of(1)
    of(2)
    of(9)
    await later()
    expect([of(1), of(2), of(9)]).toEqual(['Branch 1', '#2', '#9'])
    expect(ask).toHaveBeenCalledTimes(2)
  })
})
