// @vitest-environment jsdom
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import { toasts } from '@/look/toasts'
import BranchCalendar from '@/pages/console/parts/BranchCalendar.vue'
import { show, type Shown } from '../../component'
import { playApi, problem } from '../../fake_api'

let shown: Shown

beforeAll(() => loadCatalogue('console'))
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

async function open(): Promise<void> {
  shown = show(BranchCalendar, { open: true, branch: 12, name: 'B', 'onUpdate:open': (on: boolean) => (shown.props['open'] = on) })
  await vi.waitFor(() => shown.find('[data-test=make-calendar]'))
}

it('a branch’s calendar has an address, told once', async () => {
  const calls = playApi({ 'POST /api/v1/branches/12/calendar': { path: '/calendar/12.ics?key=k' } })
  await open()
  expect(calls).toEqual([])
  shown.find('[data-test=make-calendar]').click()
  await vi.waitFor(() => expect(shown.find('[data-test=address]').textContent).toBe(`${location.origin}/calendar/12.ics?key=k`))
  shown.find('[data-test=calendar-code] svg')
  shown.find('[data-test=calendar-close]').click()
  await vi.waitFor(() => expect(shown.find('dialog').hasAttribute('open')).toBe(false))
  shown.props['open'] = true
  await vi.waitFor(() => shown.find('[data-test=make-calendar]'))
  expect(shown.findAll('[data-test=address]')).toEqual([])
})

it('it is ended when that was meant, and a failure is told of', async () => {
  const calls = playApi({ 'DELETE /api/v1/branches/12/calendar': null, 'POST /api/v1/branches/12/calendar': problem(503, 'busy') })
  await open()
  shown.find('[data-test=end-calendar]').click()
  await vi.waitFor(() => shown.find('[data-test=keep-calendar]').click())
  await vi.waitFor(() => shown.find('[data-test=end-calendar]').click())
  await vi.waitFor(() => shown.find('[data-test=calendar-sure]'))
  expect(calls).toEqual([])
  shown.find('[data-test=calendar-sure]').click()
  await vi.waitFor(() => expect(toasts.value.at(-1)?.kind).toBe('done'))
  expect(calls.map(({ what }) => what)).toEqual(['DELETE /api/v1/branches/12/calendar'])
  await vi.waitFor(() => shown.find('[data-test=make-calendar]'))
  expect(shown.findAll('[data-test=end-calendar]')).toEqual([])
  shown.find('[data-test=make-calendar]').click()
  await vi.waitFor(() => expect(toasts.value.at(-1)?.kind).toBe('failed'))
  expect(shown.findAll('[data-test=address]')).toEqual([])
})
