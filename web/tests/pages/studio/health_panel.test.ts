// @vitest-environment jsdom
import { computed, markRaw, nextTick, ref } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { loadCatalogue, setLanguage } from '@/messages'
import HealthPanel from '@/pages/studio/HealthPanel.vue'
import { judge, type Health } from '@/pages/studio/health_view'
import { show, type Shown } from '../../component'
import { playApi } from '../../fake_api'

let shown: Shown
const health = ref<Health | null>(null)
const picture = ref<string | null>(null)

beforeEach(async () => {
  await setLanguage('en')
  await loadCatalogue('studio')
  playApi({ 'GET /api/v1/lessons/7/health': { series: {} } })
  health.value = null
  picture.value = null
  const room = markRaw({ id: 7, state: ref('live'), health, judged: computed(() => judge(health.value)) })
  shown = show(HealthPanel, { room, own: markRaw({ picture }) })
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

it('blames no encoder for a line that is lost here', async () => {
  shown.find('[data-test=faults]')
  window.dispatchEvent(new Event('offline'))
  await nextTick()
  expect(shown.find('[data-test=judged]').textContent).toContain('may be old')
  expect(shown.findAll('[data-test=faults]')).toEqual([])
  window.dispatchEvent(new Event('online'))
  await nextTick()
  shown.find('[data-test=faults]')
})

it('shows one level: not that of the signal beside that of this computer', async () => {
  health.value = { way_in: 'whip', source_alive: true }
  await nextTick()
  shown.find('[data-test=level]')
  picture.value = 'camera'
  await nextTick()
  expect(shown.findAll('[data-test=level]')).toEqual([])
})
