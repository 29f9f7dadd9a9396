// @vitest-environment jsdom
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { loadCatalogue, setLanguage } from '@/messages'
import SignInPage from '@/pages/sign-in/SignInPage.vue'
import { show, type Shown } from '../component'
import { noLine, playApi, problem, type Played } from '../fake_api'

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

async function open(codes: Played, query: Record<string, string> = {}, more: Record<string, Played> = {}): Promise<void> {
  playApi({ 'GET /api/v1/session/code': codes, ...more })
  route.query = query
  shown = show(SignInPage)
  await new Promise((done) => setTimeout(done))
}
const has = (name: string): boolean => shown.root.querySelector(`[data-test=${name}]`) !== null

async function submit(fields: Record<string, string>): Promise<void> {
  for (const [field, text] of Object.entries(fields)) {
    const input = shown.find<HTMLInputElement>(`[data-test=${field}]`)
    input.value = text
    input.dispatchEvent(new Event('input'))
  }
  await nextTick()
  shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
}

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

  async function ask(answer: Played): Promise<void> {
    const refused = problem(401, 'sign-in-refused')
    await open({ sent: true }, {}, { 'POST /api/v1/session/code': answer, 'POST /api/v1/session': refused })
    shown.find<HTMLInputElement>('[value=code]').click()
    await vi.waitFor(() => shown.find('[data-test=send-code]'))
    expect([has('code'), has('submit')]).toEqual([false, false])
    await submit({ number: '1001' })
    await vi.waitFor(() => expect(document.activeElement).toBe(shown.find('[data-test=code]')))
  }
  const told = (): string => shown.find('[data-test=sent]').textContent

  it('is asked for first, and then written down', async () => {
    await ask(null)
    expect(told()).toContain('a message is on its way')
    await submit({ code: '123456' })
    await vi.waitFor(() => expect(shown.find('[data-test=failure]').textContent).toContain('code is wrong'))
    expect(told()).toBe('')
  })

  it('that came to a page which was closed meanwhile can still be written down', async () => {
    await ask(problem(429, 'too-many-attempts'))
    expect(told()).toContain('No other code can be sent yet')
  })
})

it('tells who forgot the password whom to ask, when it was tried too often', async () => {
  await open({ sent: false }, {}, { 'POST /api/v1/session': problem(429, 'too-many-attempts') })
  await submit({ number: '1001', password: 'x' })
  await vi.waitFor(() => expect(shown.find('[data-test=failure]').textContent).toMatch(/wait .*ask the staff/))
})

it('says that a session has ended, and does not say that the person ended it', async () => {
  await open({ sent: false }, { reason: 'signed-out' })
  expect(shown.find('.told').textContent).toContain('expired')
})

it('leads to the screen of a room, but not those who come from one', async () => {
  await open({ sent: false })
  expect(has('scan')).toBe(true)
  shown.remove()
  await open({ sent: false }, { to: '/room/1/1?digits=123456' })
  expect(has('scan')).toBe(false)
  expect(shown.root.textContent).toContain('checked in at the room too')
})
