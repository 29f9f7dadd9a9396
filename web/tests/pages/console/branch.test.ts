// @vitest-environment jsdom
// A branch is closed when somebody is sure, and opened again.
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import { areaAt, loadAreas } from '@/pages/console/area'
import BranchDialog from '@/pages/console/branches/BranchDialog.vue'
import { askMember } from '@/session/session'
import { haveModals, show, type Shown } from '../../component'
import { playApi, problem, type Call } from '../../fake_api'

const branch = { id: 3, name: 'B', kind: 'village', parent: 2, closed: false, path: ['A', 'B'], branches: 0, sites: 0, members: 0 }
let shown: Shown
let calls: Call[]
let answer: unknown

beforeAll(async () => {
  haveModals()
  await loadCatalogue('console')
})
beforeEach(async () => {
  answer = branch
  calls = playApi({
    'GET /api/v1/session': { member: { number: '5001', name: 'F', role: 'staff' }, must_change_password: false },
    'GET /api/v1/grants/own': { grants: [{ role: 'staff', branch: 2, name: 'Town' }] },
    'PATCH /api/v1/branches/3': () => answer,
  })
  await askMember()
  await loadAreas()
  areaAt.value = 0
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

async function open(row: object): Promise<void> {
  shown = show(BranchDialog, { branch: null, 'onUpdate:branch': (now: unknown) => (shown.props['branch'] = now) })
  shown.props['branch'] = row
  await vi.waitFor(() => shown.find('dialog[open] form'))
}
const send = (): boolean => shown.find('dialog[open] form').dispatchEvent(new Event('submit', { cancelable: true }))
const bodies = (): unknown[] => calls.filter(({ what }) => what.startsWith('PATCH')).map(({ body }) => body)

it('is closed after a question, which says why it cannot be', async () => {
  await open(branch)
  answer = problem(409, 'exists', { field: 'closed', reason: 'branch-in-use' })
  shown.find('[data-test=close-branch]').click()
  await vi.waitFor(() => expect(shown.findAll('dialog[open] [data-test=branch-rename]')).toEqual([]))
  expect(bodies()).toEqual([])
  send()
  await vi.waitFor(() => shown.find('dialog[open] [data-test=form-failure]'))
  answer = { ...branch, closed: true }
  send()
  await vi.waitFor(() => expect(bodies()).toEqual([{ closed: true }, { closed: true }]))
  await vi.waitFor(() => shown.find('dialog[open] [data-test=branch-rename]')) // until the list takes it away
})

it('is opened again', async () => {
  await open({ ...branch, closed: true })
  expect(shown.findAll('[data-test=branch-rename], [data-test=link]')).toEqual([])
  send()
  await vi.waitFor(() => expect(bodies()).toEqual([{ closed: false }]))
})
