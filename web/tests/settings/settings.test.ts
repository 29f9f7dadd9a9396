// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest'

beforeEach(() => {
  localStorage.clear()
  vi.resetModules()
  document.documentElement.removeAttribute('data-type')
  document.documentElement.removeAttribute('style')
})

const fresh = async () => (await import('@/settings/settings')).useSettings()
const root = document.documentElement

describe('large type', () => {
  it('is off until somebody wants it, and shows at once', async () => {
    const settings = await fresh()
    expect(settings.largeType.value).toBeNull()
    expect(root.dataset['type']).toBeUndefined()
    settings.setLargeType(true)
    expect(root.dataset['type']).toBe('large')
    expect(root.style.getPropertyValue('--type-size')).toBe('20pt')
  })

  it.each([
    [24, 24],
    [12, 18],
    [90, 30],
  ])('%i pt is %i pt, and is there again after a reload', async (wanted, pt) => {
    ;(await fresh()).setLargeType(wanted)
    vi.resetModules()
    const again = await fresh()
    expect(again.largeType.value).toBe(pt)
    again.setLargeType(false)
    expect(root.dataset['type']).toBeUndefined()
    again.setLargeType(true)
    expect(again.largeType.value).toBe(pt)
  })

  it('is not taken from what is no size', async () => {
    localStorage.setItem('airclass.large-type', 'huge')
    expect((await fresh()).largeType.value).toBeNull()
  })
})

describe('saving data', () => {
  it('follows the phone until it is chosen here', async () => {
    vi.stubGlobal('navigator', { languages: ['zh'], connection: { saveData: true } })
    const settings = await fresh()
    expect(settings.dataSaver.value).toBe(true)
    settings.setDataSaver(false)
    vi.resetModules()
    expect((await fresh()).dataSaver.value).toBe(false)
    vi.unstubAllGlobals()
  })
})
