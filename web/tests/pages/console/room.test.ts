// @vitest-environment jsdom
// What takes something away from a room is done when somebody is sure.
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import { areaAt, loadAreas } from '@/pages/console/area'
import RoomDialog from '@/pages/console/rooms/RoomDialog.vue'
import { askMember } from '@/session/session'
import { haveModals, show, type Shown } from '../../component'
import { playApi, type Call } from '../../fake_api'

const site = { id: 3, branch: 2, name: 'Room' }
const row = { ...site, closed: false, stewards: [{ member: 9, number: '2001', name: 'S*d' }] }
const screen = { screen: 5, name: 'Wall', revoked_at: null, last_seen_at: null }
let shown: Shown
let calls: Call[]

beforeAll(async () => {
  haveModals()
  await loadCatalogue('console')
})
beforeEach(async () => {
  calls = playApi({
    'GET /api/v1/session': { member: { number: '5001', name: 'F', role: 'staff' }, must_change_password: false },
    'GET /api/v1/grants/own': { grants: [{ role: 'staff', branch: 2, name: 'Town' }] },
    'GET /api/v1/sites/3/screens': { screens: [screen] },
    'GET /api/v1/branches/2/sites': { sites: [row], next: null },
    'PATCH /api/v1/sites/3': { ...row, closed: true, stewards: [] },
    'DELETE /api/v1/sites/3/stewards/9': { ...row, stewards: [] },
    'DELETE /api/v1/sites/3/screens/5': null,
  })
  await askMember()
  await loadAreas()
  areaAt.value = 0
  shown = show(RoomDialog, { site: null, 'onUpdate:site': (now: unknown) => (shown.props['site'] = now) })
  shown.props['site'] = site
  await vi.waitFor(() => shown.find('[data-test=revoke]'))
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})
const changes = (): string[] => calls.map(({ what }) => what).filter((what) => !what.startsWith('GET'))

it.each([
  ['revoke', 'DELETE /api/v1/sites/3/screens/5'],
  ['dismiss', 'DELETE /api/v1/sites/3/stewards/9'],
  ['close-room', 'PATCH /api/v1/sites/3'],
])('%s is asked about first, and the room is shown again', async (button, change) => {
  shown.find(`[data-test=${button}]`).click()
  await vi.waitFor(() => shown.find('dialog[open] [data-test=form-submit]'))
  expect(changes()).toEqual([])
  shown.find('dialog[open] form').dispatchEvent(new Event('submit', { cancelable: true }))
  await vi.waitFor(() => expect(changes()).toEqual([change]))
  await vi.waitFor(() => shown.find('dialog[open] [data-test=pair]'))
})

it('is shown when all of it has come, of the one that was opened last', async () => {
  const other = { ...row, id: 4, name: 'Other', stewards: [] }
  const coming: (() => void)[] = []
  playApi({
    'GET /api/v1/sites/3/screens': { screens: [screen] },
    'GET /api/v1/sites/4/screens': { screens: [] },
    'GET /api/v1/branches/2/sites': ({ query }: Call) =>
      new Promise((resolve) => coming.push(() => resolve({ sites: [query.get('after') === '2' ? row : other], next: null }))),
  })
  shown.props['site'] = null
  shown.props['site'] = { ...site }
  await vi.waitFor(() => expect(coming).toHaveLength(1))
  shown.find('dialog[open] p[role=status]')
  expect(shown.findAll('dialog[open] form')).toEqual([])
  shown.props['site'] = null
  await vi.waitFor(() => expect(shown.findAll('dialog[open]')).toEqual([]))
  shown.props['site'] = { ...site, id: 4, name: 'Other' }
  await vi.waitFor(() => expect(coming).toHaveLength(2))
  coming[1]!()
  await vi.waitFor(() => shown.find('dialog[open] [data-test=pair]'))
  coming[0]!()
  await new Promise((resolve) => setTimeout(resolve))
  expect(shown.find('dialog[open] h2').textContent).toBe('Other')
  expect(shown.findAll('dialog[open] [data-test=revoke]')).toEqual([])
})

it('who is not sure goes back to the room, and nothing was done', async () => {
  shown.find('[data-test=close-room]').click()
  await vi.waitFor(() => shown.find('dialog[open] [data-test=form-submit]'))
  shown.find('dialog[open] [data-test=close-dialog]').click()
  await vi.waitFor(() => shown.find('dialog[open] [data-test=pair]'))
  expect(changes()).toEqual([])
})

it('its screens are seen to by a steward who may not read its branch', async () => {
  playApi({ 'GET /api/v1/sites/4/screens': { screens: [{ ...screen, screen: 6 }] } })
  shown.props['site'] = { ...site, id: 4 }
  await vi.waitFor(() => expect(shown.findAll('dialog[open] .warning[role=alert]')).toHaveLength(1))
  expect(shown.findAll('dialog[open] [data-test=revoke]')).toHaveLength(1)
  expect(shown.findAll('dialog[open] [data-test=pair]')).toHaveLength(1)
  expect(shown.findAll('dialog[open] p[role=status]')).toEqual([])
})
