// @vitest-environment jsdom
import { defineComponent, h, nextTick } from 'vue'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import AskCorrection from '@/pages/console/corrections/AskCorrection.vue'
import MemberTask from '@/pages/console/members/MemberTask.vue'
import FormDialog from '@/pages/console/parts/FormDialog.vue'
import ReportsSection from '@/pages/console/reports/ReportsSection.vue'
import { haveModals, show, type Shown } from '../../component'
import { noLine, playApi, type Call } from '../../fake_api'

let shown: Shown

beforeAll(async () => {
  haveModals()
  await loadCatalogue('console')
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

const file = { id: 4, number: '1004', name: 'N', kind: 'member', home: 1, host: 2 }
const submit = (): boolean => shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))

async function write(selector: string, text: string): Promise<void> {
  const field = shown.find<HTMLInputElement>(selector)
  field.value = text
  field.dispatchEvent(new Event('input'))
  await nextTick()
}

/** Takes the first of what the combo box at `at` offers. */
async function choose(at: number, text: string): Promise<void> {
  shown.findAll('input[role=combobox]')[at]!.focus()
  const field = shown.findAll<HTMLInputElement>('input[role=combobox]')[at]!
  field.value = text
  field.dispatchEvent(new Event('input'))
  await vi.waitFor(() => expect(shown.findAll('[role=option]').some((one) => one.textContent?.includes(text))).toBe(true))
  shown.find('[role=option]').click()
  await nextTick()
  await nextTick()
}

it('a form stays while what it began is under way', async () => {
  let done = (): void => undefined
  const run = (): Promise<void> => new Promise((resolve) => (done = resolve))
  const Form = defineComponent({
    props: ['open', 'setOpen'],
    setup: (props) => () =>
      h(FormDialog, { open: props.open, 'onUpdate:open': props.setOpen, title: 'T', submit: 'S', run }, () => h('input')),
  })
  shown = show(Form, { open: true, setOpen: (now: boolean) => (shown.props['open'] = now) })
  await vi.waitFor(() => expect(shown.find<HTMLDialogElement>('dialog').open).toBe(true))
  submit()
  await nextTick()
  shown.find('[data-test=close-dialog]').click()
  shown.find('.foot button').click()
  shown.find('dialog').dispatchEvent(new Event('cancel', { cancelable: true }))
  expect(shown.props['open']).toBe(true)
  done()
  await vi.waitFor(() => expect(shown.props['open']).toBe(false))
})

it('a member leaves a branch when that is said, not by an empty field', async () => {
  const calls = playApi({ 'POST /api/v1/members/4/memberships': { ...file, host: null }, 'GET /api/v1/branches': { branches: [], next: null } })
  shown = show(MemberTask, { task: 'move', file })
  await vi.waitFor(() => shown.find('input[role=combobox]'))
  expect(shown.find<HTMLFormElement>('form').checkValidity()).toBe(false)
  shown.find('[data-test=leave]').click()
  await nextTick()
  expect(shown.find<HTMLFormElement>('form').checkValidity()).toBe(true)
  submit()
  await vi.waitFor(() => expect(calls.find(({ what }) => what.startsWith('POST'))?.body).toEqual({ side: 'host', branch: null }))
})

it('what is asked of a member begins with what is set for the year', async () => {
  const year = new Date().getFullYear()
  const set = { duty: 'committee', exempt: true }
  const calls = playApi({
    'GET /api/v1/standings': ({ query }: Call) => ({ standings: query.get('year') === String(year) ? [set] : [], next: null }),
    'POST /api/v1/members/4/standings': null,
  })
  shown = show(MemberTask, { task: 'standing', file })
  const duty = (): string => shown.find<HTMLSelectElement>('[data-test=duty]').value
  const exempt = (): boolean => shown.find<HTMLInputElement>('[data-test=exempt]').checked
  await vi.waitFor(() => expect([duty(), exempt()]).toEqual(['committee', true]))
  await write('[data-test=standing-year]', String(year + 1))
  await vi.waitFor(() => expect([duty(), exempt()]).toEqual(['member', false]))
  await write('[data-test=standing-year]', String(year))
  await vi.waitFor(() => expect(duty()).toBe('committee'))
  await write('[data-test=reason]', 'why')
  submit()
  await vi.waitFor(() => expect(calls.find(({ what }) => what.startsWith('POST'))?.body).toEqual({ year, ...set, reason: 'why' }))
})

it('what is asked of a member has to be chosen while nobody knows what is set', async () => {
  const calls = playApi({ 'GET /api/v1/standings': noLine })
  shown = show(MemberTask, { task: 'standing', file })
  await vi.waitFor(() => shown.find('[data-test=reason]'))
  await write('[data-test=reason]', 'why')
  await vi.waitFor(() => expect(calls).toHaveLength(1))
  expect(shown.find<HTMLSelectElement>('[data-test=duty]').value).toBe('')
  expect(shown.find<HTMLFormElement>('form').checkValidity()).toBe(false)
})

it('who has no phone is told of in words, not as a secret', async () => {
  playApi({ 'POST /api/v1/members/4/unmask': { id: 4, number: '1004', name: 'Nan', phone: null, identity: null } })
  shown = show(MemberTask, { task: 'unmask', file })
  await vi.waitFor(() => shown.find('dialog[open] form'))
  submit()
  await vi.waitFor(() => expect(shown.findAll('[data-test=told]').map((one) => one.textContent)).toEqual(['Nan']))
  expect(shown.findAll('dd').map(({ className }) => className)).toEqual(['secret', ''])
})

it('a report is of nothing while what was written names nothing', async () => {
  playApi({ 'GET /api/v1/branches': { branches: [{ id: 3, name: 'B', path: ['B'] }], next: null } })
  shown = show(ReportsSection)
  const link = shown.find<HTMLAnchorElement>('[data-test=download-csv]')
  const followed = (): boolean => link.dispatchEvent(new Event('click', { cancelable: true }))
  expect(followed()).toBe(true)
  await write('input[role=combobox]', 'B')
  expect(followed()).toBe(false)
  await choose(0, 'B')
  expect(followed()).toBe(true)
  expect(link.search).toContain('branch=3')
})

it.each([
  [false, 90_000],
  [true, -90_000],
])('a correction has minutes without a sign, and says which way: less, %s', async (less, earned_ms) => {
  const calls = playApi({
    'GET /api/v1/members': { members: [{ id: 4, number: '1004', name: 'N' }], next: null },
    'GET /api/v1/lessons': { lessons: [{ id: 7, title: 'L', state: 'ended', started_at: null, planned_at: null }], next: null },
    'POST /api/v1/corrections': { state: 'open' },
  })
  shown = show(AskCorrection, { open: true })
  await vi.waitFor(() => shown.find('[data-test=reason]'))
  await choose(0, '1004')
  await choose(1, 'L')
  if (less) shown.find('[data-test=correction-less]').click()
  await write('[data-test=correction-minutes]', '1.5')
  expect(shown.find<HTMLInputElement>('[data-test=correction-minutes]').min).toBe('0')
  await write('[data-test=reason]', 'why')
  submit()
  await vi.waitFor(() => expect(calls.find(({ what }) => what.startsWith('POST'))?.body).toMatchObject({ kind: 'ADJUST', earned_ms }))
})

it('a correction that is tried again is the same one, until its words change', async () => {
  const members = [{ id: 4, number: '1004', name: 'N' }]
  const lessons = [{ id: 7, title: 'L', state: 'ended', started_at: null, planned_at: null }]
  const calls = playApi({
    'GET /api/v1/members': { members, next: null },
    'GET /api/v1/lessons': { lessons, next: null },
    'POST /api/v1/corrections': noLine,
  })
  const keys = (): unknown[] =>
    calls.filter(({ what }) => what.startsWith('POST')).map(({ body }) => (body as { key?: string }).key)
  shown = show(AskCorrection, { open: true })
  await vi.waitFor(() => shown.find('[data-test=reason]'))
  await choose(0, '1004')
  await choose(1, 'L')
  await write('[data-test=reason]', 'why')
  for (const n of [1, 2]) {
    submit()
    await vi.waitFor(() => expect(keys()).toHaveLength(n))
    await vi.waitFor(() => shown.find('[data-test=form-failure]'))
  }
  await write('[data-test=reason]', 'why not')
  submit()
  await vi.waitFor(() => expect(keys()).toHaveLength(3))
  const [first, again, other] = keys()
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect(again).toBe(first)
  expect(other).not.toBe(first)
})

const entry = (n: number, kind: string, reference: number | null = null) => ({
  entry: n, kind, study: 'group', member: 4, number: '1004', name: 'N*n', lesson: 7, earned_ms: 1_800_000, home: 1, host: null,
  lesson_year: 2026, year: 2026, reference, actor: null, actor_name: null, approver: null, approver_name: null, reason: null,
  evidence: null, created_at: '2026-11-01T10:00:00Z', hash: '00',
})
const about = { member: { id: 4, text: 'N*n 1004', number: '1004' }, lesson: { id: 7, text: 'L' } }
const askedFor = (calls: readonly Call[]): unknown => calls.find(({ what }) => what === 'POST /api/v1/corrections')?.body

it('an entry to be taken back is chosen among those that stand', async () => {
  const calls = playApi({
    'GET /api/v1/ledger': { entries: [entry(43, 'VOID', 41), entry(42, 'ADJUST'), entry(41, 'AUTO')], next: null },
    'POST /api/v1/corrections': { state: 'entered' },
  })
  shown = show(AskCorrection, { open: true, about })
  await vi.waitFor(() => shown.find('[data-test=reason]'))
  expect(shown.findAll('input[role=combobox]')).toEqual([])
  const kind = shown.find<HTMLSelectElement>('[data-test=correction-kind]')
  kind.value = 'VOID'
  kind.dispatchEvent(new Event('change'))
  await vi.waitFor(() => expect(shown.findAll('[data-test=entry]')).toHaveLength(1))
  expect(calls[0]?.query.toString()).toBe('member=4&lesson=7&limit=200')
  await write('[data-test=reason]', 'why')
  expect(shown.find<HTMLFormElement>('form').checkValidity()).toBe(false)
  shown.find('[data-test=entry]').click()
  await nextTick()
  submit()
  await vi.waitFor(() => expect(askedFor(calls)).toMatchObject({ kind: 'VOID', member: '1004', lesson: 7, reference: 42 }))
})

it('taking a known entry back asks for the reason alone', async () => {
  const calls = playApi({ 'POST /api/v1/corrections': { state: 'entered' } })
  shown = show(AskCorrection, { open: true, about, voids: 42 })
  await vi.waitFor(() => shown.find('[data-test=reason]'))
  expect(shown.findAll('form input, form select')).toHaveLength(2) // and the evidence
  await write('[data-test=reason]', 'why')
  submit()
  await vi.waitFor(() => expect(askedFor(calls)).toMatchObject({ kind: 'VOID', member: '1004', lesson: 7, reference: 42 }))
  expect(calls).toHaveLength(1)
})
