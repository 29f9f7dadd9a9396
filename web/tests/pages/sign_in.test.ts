// @vitest-environment jsdom
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadCatalogue, setLanguage } from '@/messages'
import SignInPage from '@/pages/sign-in/SignInPage.vue'
import { show, type Shown } from '../component'
import { noLine, playApi, type Played } from '../fake_api'

const { route } = vi.hoisted(() => ({ route: { query: {} as Record<string, string> } }))
vi.mock('vue-router', async (original) => ({
  ...(await original<object>()),
  useRoute: () => route,
  useRouter: () => ({ replace: vi.fn() }),
}))

let shown: Shown

beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('sign-in')
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

async function open(codes: Played, query: Record<string, string> = {}): Promise<void> {
  playApi({ 'GET /api/v1/session/code': codes })
  route.query = query
  shown = show(SignInPage)
  await new Promise((done) => setTimeout(done))
}
const has = (name: string): boolean => shown.root.querySelector(`[data-test=${name}]`) !== null

describe('a code by text message', () => {
  it('is a way to sign in where the server sends codes', async () => {
    await open({ sent: true })
    expect(has('by-code')).toBe(true)
  })

  it('is none where it sends none', async () => {
    await open({ sent: false })
    expect(has('by-code')).toBe(false)
    expect(has('password')).toBe(true)
  })

  it('may be one where that is not known', async () => {
    await open(noLine)
    expect(has('by-code')).toBe(true)
  })
})

it('leads to the screen of a room, but not those who come from one', async () => {
  await open({ sent: false })
  expect(has('scan')).toBe(true)
  shown.remove()
  await open({ sent: false }, { to: '/room/1/1?digits=123456' })
  expect(has('scan')).toBe(false)
  expect(shown.root.textContent).toContain('checked in at the room too')
})
