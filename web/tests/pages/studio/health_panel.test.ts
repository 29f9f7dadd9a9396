// @vitest-environment jsdom
import { markRaw, nextTick, ref } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { loadCatalogue, setLanguage } from '@/messages'
import HealthPanel from '@/pages/studio/HealthPanel.vue'
import { show, type Shown } from '../../component'
import { playApi } from '../../fake_api'

let shown: Shown

beforeEach(async () => {
  await setLanguage('en')
  await loadCatalogue('studio')
  playApi({ 'GET /api/v1/lessons/7/health': { series: {} } })
  shown = show(HealthPanel, { room: markRaw({ id: 7, state: ref('live'), health: ref(null) }) })
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

it('blames no encoder for a line that is lost here', async () => {
  shown.find('[data-test=faults]')
  window.dispatchEvent(new Event('offline'))
  await nextTick()
  expect(shown.find('[role=status]').textContent).toContain('may be old')
  expect(shown.findAll('[data-test=faults]')).toEqual([])
  window.dispatchEvent(new Event('online'))
  await nextTick()
  shown.find('[data-test=faults]')
})
