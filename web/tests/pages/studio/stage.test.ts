// @vitest-environment jsdom
import { markRaw, nextTick, ref, shallowRef } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { i18n, loadCatalogue, setLanguage } from '@/messages'
import type { Health } from '@/pages/studio/health_view'
import StagePanel from '@/pages/studio/StagePanel.vue'
import { show, type Shown } from '../../component'

vi.mock('@/pages/studio/LessonPreview.vue', () => ({ default: { template: '<p />' } }))

let shown: Shown
const state = ref('live')
const hall = ref({ onBreak: false })
const health = ref<Health | null>(null)

beforeEach(async () => {
  await setLanguage('en')
  await loadCatalogue('studio')
  state.value = 'live'
  hall.value = { onBreak: false }
  health.value = null
  const own = { picture: ref(null), video: shallowRef(null), trouble: ref(null), busy: ref(false) }
  shown = show(StagePanel, { room: markRaw({ id: 7, state, rights: ref({ direct: true }), hall, health }), own: markRaw(own) })
})
afterEach(() => shown.remove())

const lead = (): string => shown.find('[data-test=lead]').textContent ?? ''
const notes = (): string[] => shown.findAll('[data-test=stage-note]').map((one) => one.textContent ?? '')

it('says who has the air, before somebody picks a camera that gets none', async () => {
  const { t } = i18n.global
  expect(lead()).toBe(t('studio.stage.from'))
  const led = async (way_in: string): Promise<string> => {
    health.value = { way_in, source_alive: true }
    await nextTick()
    return lead()
  }
  expect(await led('srt')).toBe(t('studio.stage.onAir.encoder'))
  for (const way of ['whip', 'pull', 'file'] as const) expect(await led(way)).toBe(t(`studio.stage.onAir.${way}`))
  state.value = 'open'
  await nextTick()
  expect(lead()).toBe(t('studio.stage.from'))
})

it('tells of a break, and of what waits for the line, where no button moves for it', async () => {
  expect(notes()).toEqual([])
  hall.value = { onBreak: true }
  await nextTick()
  expect(notes()).toEqual([i18n.global.t('studio.stage.break')])
  window.dispatchEvent(new Event('offline'))
  await nextTick()
  expect(notes()).toEqual([i18n.global.t('studio.stage.waiting')])
  window.dispatchEvent(new Event('online'))
})
