// @vitest-environment jsdom
// What an administrator decides: leave, appeals, entries that are taken back, the end of a year.
import { nextTick } from 'vue'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { toasts } from '@/look/toasts'
import { loadCatalogue } from '@/messages'
import AppealsSection from '@/pages/console/appeals/AppealsSection.vue'
import { loadAreas } from '@/pages/console/area'
import LeavesSection from '@/pages/console/leaves/LeavesSection.vue'
import LedgerSection from '@/pages/console/ledger/LedgerSection.vue'
import { askMember } from '@/session/session'
import { haveModals, show, type Shown } from '../../component'
import { playApi, type Call, type Played } from '../../fake_api'

const entry = (n: number, kind: string) => ({
  entry: n, kind, study: 'group', member: 4, number: '1004', name: 'N*n', lesson: 7, earned_ms: 1_800_000, home: null, host: null,
  lesson_year: 2026, year: 2026, reference: null, actor: null, actor_name: null, approver: null, approver_name: null, reason: null,
  evidence: null, created_at: '2026-11-01T10:00:00Z', hash: '00',
})
const appeal = {
  id: 9, member: '1004', member_id: 4, name: 'N*n', lesson: 7, text: 'I was there', opened_at: '2026-11-01T10:00:00Z',
  answer: null, answered_at: null, entry: null,
}
const leave = { id: 8, lesson: 7, member: 4, number: '1004', name: 'N*n', state: 'asked', reason: 'ill', asked_at: '2026-11-01T10:00:00Z', answer: '', decided_at: null }
const routes: Record<string, Played> = {
  'GET /api/v1/session': { member: { number: '6001', name: 'A', role: 'administrator' }, must_change_password: false },
  'GET /api/v1/grants/own': { grants: [{ role: 'administrator', branch: null, name: null }] },
  'GET /api/v1/lessons/7': { title: 'L', started_at: null, planned_at: null },
  'GET /api/v1/ledger': { entries: [entry(42, 'ADJUST'), entry(41, 'AUTO')], next: null },
}
let shown: Shown

beforeAll(async () => {
  haveModals()
  await loadCatalogue('console')
  playApi(routes)
  await askMember()
  await loadAreas()
  vi.unstubAllGlobals()
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
  history.replaceState(null, '')
})

const submit = (): boolean => shown.find('dialog form').dispatchEvent(new Event('submit', { cancelable: true }))
const said = (): string | undefined => toasts.value.at(-1)?.text
const bodyOf = (calls: readonly Call[], what: string): unknown => calls.find((call) => call.what === what)?.body

async function write(selector: string, text: string): Promise<void> {
  const field = shown.find<HTMLInputElement>(selector)
  field.value = text
  field.dispatchEvent(new Event('input'))
  await nextTick()
}

async function openRow(): Promise<void> {
  await vi.waitFor(() => shown.find('tr[data-row]'))
  shown.find('tr[data-row]').click()
  await vi.waitFor(() => shown.find('dialog[open]'))
}

it.each([
  ['approve', 'Grant it', 'Leave is granted.'],
  ['refuse', 'Refuse it', 'Leave is refused.'],
])('the button on leave says what it does, and the page what was done: %s', async (way, button, done) => {
  const calls = playApi({ ...routes, 'GET /api/v1/leaves/open': { leaves: [leave], next: null }, [`POST /api/v1/leaves/8/${way}`]: leave })
  shown = show(LeavesSection)
  await openRow()
  if (way === 'refuse') {
    shown.find('[data-test=refuse]').click()
    await nextTick()
    await write('[data-test=refusal]', 'why')
  }
  expect(shown.find('[data-test=form-submit]').textContent).toBe(button)
  submit()
  await vi.waitFor(() => expect(said()).toBe(done))
  expect(calls.filter(({ what }) => what.startsWith('POST'))).toHaveLength(1)
})

it('an appeal is answered beside the record that it is about, with an entry of it', async () => {
  const calls = playApi({ ...routes, 'GET /api/v1/appeals/open': { appeals: [appeal], next: null }, 'POST /api/v1/appeals/9/answer': appeal })
  shown = show(AppealsSection)
  await openRow()
  await vi.waitFor(() => expect(shown.findAll('[data-test=entry]')).toHaveLength(2))
  expect(calls.find(({ what }) => what === 'GET /api/v1/ledger')?.query.toString()).toBe('member=4&lesson=7&limit=200')
  expect(shown.find<HTMLInputElement>('[data-test=no-entry]').checked).toBe(true)
  shown.find('[data-test=entry]').click()
  await write('[data-test=appeal-answer]', 'Corrected')
  submit()
  await vi.waitFor(() => expect(bodyOf(calls, 'POST /api/v1/appeals/9/answer')).toEqual({ answer: 'Corrected', entry: 42 }))
  await vi.waitFor(() => expect(said()).toBe('The answer is sent.'))
})

it('a correction is asked for from an appeal, which comes back with what was written', async () => {
  const calls = playApi({ ...routes, 'GET /api/v1/appeals/open': { appeals: [appeal], next: null }, 'POST /api/v1/corrections': { state: 'open' } })
  shown = show(AppealsSection)
  await openRow()
  await write('[data-test=appeal-answer]', 'Corrected')
  shown.find('[data-test=correct]').click()
  await vi.waitFor(() => shown.find('[data-test=correction-minutes]'))
  expect(shown.findAll('[data-test=appeal-answer]')).toEqual([])
  await write('[data-test=correction-minutes]', '30')
  await write('[data-test=reason]', 'why')
  submit()
  await vi.waitFor(() => expect(shown.find<HTMLTextAreaElement>('[data-test=appeal-answer]').value).toBe('Corrected'))
  expect(bodyOf(calls, 'POST /api/v1/corrections')).toMatchObject({ kind: 'ADJUST', member: '1004', lesson: 7, earned_ms: 1_800_000 })
})

it('the ledger looks for whom and what the page said that led here', async () => {
  history.replaceState({ member: { id: 4, text: 'N*n 1004', number: '1004' }, lesson: { id: 7, text: 'L' } }, '')
  const calls = playApi(routes)
  shown = show(LedgerSection)
  await vi.waitFor(() => shown.find('tr[data-row]'))
  expect(calls.find(({ what }) => what === 'GET /api/v1/ledger')?.query.toString()).toBe('member=4&lesson=7&limit=100')
  expect(shown.findAll<HTMLInputElement>('input[role=combobox]').map(({ value }) => value)).toEqual(['N*n 1004', 'L'])
})

it('an entry is taken back from its dialog', async () => {
  const calls = playApi({ ...routes, 'POST /api/v1/corrections': { state: 'entered' } })
  shown = show(LedgerSection)
  await openRow()
  shown.find('[data-test=void-entry]').click()
  await vi.waitFor(() => shown.find('[data-test=reason]'))
  await write('[data-test=reason]', 'why')
  submit()
  await vi.waitFor(() => expect(bodyOf(calls, 'POST /api/v1/corrections')).toMatchObject({ kind: 'VOID', member: '1004', reference: 42 }))
  await vi.waitFor(() => expect(shown.findAll('dialog[open]')).toEqual([]))
})

it.each([
  [2, 1, ['Waiting now: corrections 2, appeals 1.']],
  [0, 0, []],
])('whoever closes a year is told what still waits: %s corrections, %s appeals', async (corrections, appeals, told) => {
  const calls = playApi({
    ...routes,
    'GET /api/v1/corrections': { corrections: Array.from({ length: corrections }, () => ({})), next: null },
    'GET /api/v1/appeals/open': { appeals: Array.from({ length: appeals }, () => appeal), next: null },
    'POST /api/v1/ledger/close': {},
  })
  const year = new Date().getFullYear() - 1
  shown = show(LedgerSection)
  await vi.waitFor(() => shown.find('[data-test=close-year]'))
  shown.find('[data-test=close-year]').click()
  await vi.waitFor(() => shown.find('[data-test=typed-year]'))
  await vi.waitFor(() => expect(shown.findAll('[data-test=still-open]').map((one) => one.textContent?.trim())).toEqual(told))
  expect(shown.find('[data-test=form-submit]').textContent).toBe(`Close ${year}`)
  await write('[data-test=typed-year]', String(year))
  submit()
  await vi.waitFor(() => expect(bodyOf(calls, 'POST /api/v1/ledger/close')).toEqual({ year }))
  await vi.waitFor(() => expect(said()).toBe(`${year} is closed.`))
})
