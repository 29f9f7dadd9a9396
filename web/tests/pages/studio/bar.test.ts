// @vitest-environment jsdom
import { markRaw, nextTick, ref, shallowRef, type Ref } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { i18n, loadCatalogue } from '@/messages'
import StudioBar from '@/pages/studio/StudioBar.vue'
import { judge } from '@/pages/studio/health_view'
import type { LinkState } from '@/pages/studio/link'
import { show, type Shown } from '../../component'
import { playApi } from '../../fake_api'

afterEach(() => vi.unstubAllGlobals())

const lesson = { id: 7, title: 'L', planned_at: null, started_at: null }

function barOf(state: string | Ref<string>, link = ref<LinkState>('idle'), onBreak = false): Shown {
  const room = markRaw({
    id: 7, lesson: shallowRef(lesson), state: ref(state), rights: ref({ direct: true }), now: ref(0),
    hall: ref({ onBreak }), health: ref(null), classroom: { line: ref('open') },
    judged: ref(judge(null)), call: (work: () => Promise<unknown>) => work(), load: () => Promise.resolve(),
  })
  return show(StudioBar, { room, own: markRaw({ video: ref(null), link }) })
}

it('the link of the lesson is at hand while it can be opened', async () => {
  await loadCatalogue('studio')
  const shown = barOf('live')
  shown.find('[data-test=link]').click()
  await vi.waitFor(() => expect(shown.find('[data-test=address]').textContent).toBe(`${location.origin}/lesson/7`))
  shown.remove()
  const cancelled = barOf('cancelled')
  expect(cancelled.findAll('[data-test=link]')).toEqual([])
  cancelled.remove()
})

it('the studio says that it begins only while it does', async () => {
  await loadCatalogue('studio')
  const link = ref<LinkState>('idle')
  const shown = barOf('planned', link)
  const label = async (state: LinkState): Promise<string> => {
    link.value = state
    await nextTick()
    return shown.find('[data-test=start-end]').textContent?.trim() ?? ''
  }
  const [start, starting] = [await label('idle'), await label('connecting')]
  expect(start).not.toBe(starting)
  expect([await label('lost'), await label('up'), await label('refused')]).toEqual([starting, starting, start])
  shown.remove()
})

const line = (shown: Shown): string => shown.find('[data-test=bar-line]').textContent ?? ''

it('the line is not called open when the cable is out', async () => {
  await loadCatalogue('studio')
  const shown = barOf('live')
  const open = line(shown)
  window.dispatchEvent(new Event('offline'))
  await nextTick()
  expect(line(shown)).toBe(i18n.global.t('studio.line.waiting'))
  window.dispatchEvent(new Event('online'))
  await nextTick()
  expect(line(shown)).toBe(open)
  shown.remove()
  const over = barOf('ended')
  expect(over.findAll('[data-test=bar-line]')).toEqual([])
  over.remove()
})

it('on a break the lesson goes on by the button that stands out', async () => {
  await loadCatalogue('studio')
  const primary = (shown: Shown): unknown[] => shown.findAll('.deeds .primary').map((one) => one.dataset['test'])
  const live = barOf('live')
  expect(primary(live)).toEqual(['start-end'])
  live.remove()
  const resting = barOf('live', ref('idle'), true)
  expect(primary(resting)).toEqual(['break'])
  resting.remove()
})

it('nothing invites to begin without a picture', async () => {
  await loadCatalogue('studio')
  const shown = barOf('planned')
  shown.find('[data-test=start-end]').click()
  await vi.waitFor(() => shown.find('[data-test=confirm]'))
  expect(shown.find('[data-test=confirm]').classList.contains('primary')).toBe(false)
  shown.remove()
})

const disabled = (shown: Shown): unknown[] => shown.findAll('.deeds :disabled').map((one) => one.dataset['test'])

it('offers nothing that a line which is lost would swallow', async () => {
  await loadCatalogue('studio')
  const shown = barOf('live')
  expect(disabled(shown)).toEqual([])
  window.dispatchEvent(new Event('offline'))
  await nextTick()
  expect(disabled(shown)).toEqual(['ask-all', 'break', 'start-end'])
  window.dispatchEvent(new Event('online'))
  await nextTick()
  expect(disabled(shown)).toEqual([])
  shown.remove()
})

it('nobody is asked whether they are there before that was confirmed, or on a break', async () => {
  await loadCatalogue('studio')
  const calls = playApi({ 'POST /api/v1/lessons/7/prompts': { asked: 2 } })
  const shown = barOf('live')
  const tap = async (name: string): Promise<void> => {
    await vi.waitFor(() => shown.find(`[data-test=${name}]`))
    shown.find(`[data-test=${name}]`).click()
    await nextTick()
  }
  await tap('ask-all')
  await tap('not-yet')
  expect(calls).toHaveLength(0)
  await tap('ask-all')
  await tap('confirm')
  await vi.waitFor(() => expect(calls).toHaveLength(1))
  shown.remove()
  const resting = barOf('live', ref('idle'), true)
  expect(disabled(resting)).toEqual(['ask-all'])
  resting.remove()
})

it('what is confirmed is what was asked, though the lesson has begun meanwhile', async () => {
  await loadCatalogue('studio')
  const calls = playApi({ 'POST /api/v1/lessons/7/start': {}, 'POST /api/v1/lessons/7/end': {} })
  const state = ref('planned')
  const shown = barOf(state)
  shown.find('[data-test=start-end]').click()
  await vi.waitFor(() => shown.find('[data-test=confirm]'))
  state.value = 'live'
  await nextTick()
  shown.find('[data-test=confirm]').click()
  await vi.waitFor(() => expect(calls).toHaveLength(1))
  expect(calls[0]?.what).toBe('POST /api/v1/lessons/7/start')
  shown.remove()
})

it('says what is wrong with the signal of a lesson that is live', async () => {
  await loadCatalogue('studio')
  const [live, planned] = [barOf('live'), barOf('planned')]
  const fault = (shown: Shown): string => shown.find('[data-test=bar-fault]').textContent ?? ''
  expect(fault(live)).toContain(i18n.global.t('studio.fault.noSignal'))
  expect(fault(planned)).toBe('')
  live.remove()
  planned.remove()
})
