// @vitest-environment jsdom
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadCatalogue, setLanguage } from '@/messages'
import LateLogs from '@/pages/steward/LateLogs.vue'
import { haveModals, show, type Shown } from '../../component'
import { playApi } from '../../fake_api'

const LOGS = '/api/v1/lessons/7/rooms/3/logs'
let shown: Shown

beforeAll(async () => {
  haveModals()
  await setLanguage('en')
  await loadCatalogue('steward')
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

it('a log is refused only by who is sure, and is told whose it is', async () => {
  const entry = { device: 'd', seq: 1, entry: '{"act":"out-all"}', at: '2026-04-15T11:00:00Z', sender: '2001', state: 'waiting', number: null, name: null }
  const calls = playApi({ [`GET ${LOGS}`]: { entries: [entry, { ...entry, seq: 2 }] }, [`POST ${LOGS}/reject`]: { decided: 2 } })
  const posted = (): unknown[] => calls.filter(({ what }) => what.startsWith('POST')).map(({ what, body }) => [what, body])
  shown = show(LateLogs, { room: { lesson: 7, site: 3 } })
  await vi.waitFor(() => expect(shown.find('h3').textContent).toBe('Sent by the steward with number 2001, 2 entries'))
  shown.find('[data-test=reject]').click()
  await vi.waitFor(() => expect(shown.find('dialog h2').textContent).toBe('Reject 2 entries?'))
  shown.find('[data-test=keep-log]').click()
  await vi.waitFor(() => expect(shown.findAll('[data-test=confirm-reject]')).toEqual([]))
  expect(posted()).toEqual([])
  shown.find('[data-test=reject]').click()
  await vi.waitFor(() => shown.find('[data-test=confirm-reject]').click())
  await vi.waitFor(() => expect(posted()).toEqual([[`POST ${LOGS}/reject`, { device: 'd' }]]))
})
