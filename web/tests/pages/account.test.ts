// @vitest-environment jsdom
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { toasts } from '@/look/toasts'
import { loadCatalogue } from '@/messages'
import DeviceList from '@/pages/account/DeviceList.vue'
import OwnCalendar from '@/pages/account/OwnCalendar.vue'
import OwnData from '@/pages/account/OwnData.vue'
import PasswordChange from '@/pages/account/PasswordChange.vue'
import { show, type Shown } from '../component'
import { playApi, problem } from '../fake_api'

let shown: Shown

beforeAll(() => loadCatalogue('account'))
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

const text = (selector: string): string => shown.find(selector).textContent.trim()
const click = (name: string): void => shown.find(`[data-test=${name}]`).click()

vi.mock('vue-router', async (original) => ({ ...(await original<object>()), useRouter: () => ({}) }))

describe('where I am signed in', () => {
  const android = 'Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/86.0 MicroMessenger/8.0'
  const session = (id: number, day: number, more: object = {}): object => ({
    id, current: false, user_agent: android, last_seen_at: '2026-04-20T10:00:00Z', created_at: new Date(2026, 3, day).toISOString(), ...more,
  })

  it('is this device first, and the others told apart by when they were signed in', async () => {
    playApi({
      'GET /api/v1/sessions': { sessions: [session(1, 3), session(2, 4), session(3, 5, { current: true }), session(4, 6, { user_agent: null })] },
      'DELETE /api/v1/sessions/2': null,
    })
    shown = show(DeviceList)
    await vi.waitFor(() => expect(shown.findAll('[data-test=device]')).toHaveLength(4))
    const rows = shown.findAll('[data-test=device]')
    expect(rows.map((row) => row.querySelector('[data-test=here]') !== null)).toEqual([true, false, false, false])
    expect(rows[3]!.querySelector('strong')!.textContent).toBe('Unknown device')
    const ends = shown.findAll('[data-test=end]')
    expect(new Set(ends.map((end) => end.getAttribute('aria-label'))).size).toBe(3)
    ends[1]!.click()
    await vi.waitFor(() => expect(text('dialog p')).toMatch(/Android.*, signed in 4 Apr/))
    click('sure')
    await vi.waitFor(() => expect(toasts.value.at(-1)?.text).toMatch(/Android.*, signed in 4 Apr.* is signed out/))
  })
})

describe('another password', () => {
  const type = (name: string, value: string): void => {
    const input = shown.find<HTMLInputElement>(`[data-test=${name}]`)
    input.value = value
    input.dispatchEvent(new Event('input'))
  }
  const errors = (): string[] => shown.findAll('.error').map((error) => error.textContent.trim())

  it('is told what it lacks, until it is written into', async () => {
    const calls = playApi({})
    shown = show(PasswordChange)
    const answers = async (wanted: string, error: string): Promise<void> => {
      type('wanted', wanted)
      click('change')
      await vi.waitFor(() => expect(errors()[1]).toMatch(error))
    }
    await answers('', 'Enter a new password')
    expect(errors()[0]).toMatch('Enter the password that you have now')
    type('now', 'the one before')
    await vi.waitFor(() => expect(errors()[0]).toBe(''))
    await answers('1234567', 'Too short')
    type('wanted', '12345678')
    await vi.waitFor(() => expect(errors()[1]).toBe(''))
    await answers('长'.repeat(43), 'at most 128')
    await answers('the one before', 'Choose another')
    expect(calls).toEqual([])
  })
})

describe('all that is stored of me', () => {
  const path = 'GET /api/v1/members/me/export'

  it('is given to the browser, and the page says so until it is asked for again', async () => {
    Object.assign(URL, { createObjectURL: () => 'blob:all', revokeObjectURL: () => undefined })
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementationOnce(() => undefined)
    let refused = false
    playApi({ [path]: () => (refused ? problem(429, 'too-many-attempts', { retry_after_s: 60 }) : { person: [] }) })
    shown = show(OwnData)
    expect(text('[data-test=export-told]')).toBe('')
    click('export')
    await vi.waitFor(() => expect(text('[data-test=export-told]')).toMatch(/^Handed to the browser.* airclass-.*\.json /))
    refused = true
    click('export')
    await vi.waitFor(() => expect(text('[data-test=export-told]')).toMatch(/^That was too often/))
  })
})

describe('the address of my calendar', () => {
  it('is changed and ended only by who is sure', async () => {
    let made = 0
    const calls = playApi({
      'POST /api/v1/calendar': () => ({ path: `/calendar/${++made}.ics` }),
      'DELETE /api/v1/calendar': null,
    })
    const did = (): string[] => calls.map(({ what }) => what.split(' ')[0]!)
    shown = show(OwnCalendar)
    click('make-calendar')
    await vi.waitFor(() => expect(text('[data-test=address]')).toContain('/calendar/1.ics'))
    click('renew-calendar')
    await vi.waitFor(() => shown.find('[data-test=calendar-sure]'))
    click('close-dialog')
    await vi.waitFor(() => expect(shown.findAll('[data-test=calendar-sure]')).toEqual([]))
    expect(did()).toEqual(['POST'])
    click('renew-calendar')
    await vi.waitFor(() => click('calendar-sure'))
    await vi.waitFor(() => expect(text('[data-test=address]')).toContain('/calendar/2.ics'))
    click('end-calendar')
    await vi.waitFor(() => shown.find('[data-test=calendar-sure]'))
    expect(did()).toEqual(['POST', 'POST'])
    click('calendar-sure')
    await vi.waitFor(() => expect(did()).toEqual(['POST', 'POST', 'DELETE']))
    await vi.waitFor(() => expect(shown.findAll('[data-test=end-calendar]')).toEqual([]))
  })
})
