// @vitest-environment jsdom
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import SystemSection from '@/pages/console/system/SystemSection.vue'
import { show, type Shown } from '../../component'
import { playApi } from '../../fake_api'

let shown: Shown

beforeAll(() => loadCatalogue('console'))
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

it.each([
  [0.7, false],
  [0.3, true],
])('%s of four cores idle: warned of %s', async (idle, warned) => {
  const metrics = [['cores', 4], ['idle_cores', idle]].map(([name, value]) => ({ name: `airclass_machine_cpu_${name}`, labels: {}, value }))
  playApi({
    'GET /api/v1/overview/system': {
      at: '2026-11-01T10:00:00Z', version: '1', disk: { days_left: 5 }, viewers: [], writes_waiting: 2, longest_write_ms: 31, metrics,
    },
  })
  shown = show(SystemSection)
  await vi.waitFor(() => shown.find('#work-heading'))
  expect(shown.findAll('[data-test=cpu-busy]')).toHaveLength(warned ? 1 : 0)
  const text = shown.root.textContent!
  for (const part of [`${idle} of 4 cores`, '2 entries', '31 ms', 'Ask the system administrator']) expect(text).toContain(part)
})
