// @vitest-environment jsdom
import { markRaw, nextTick, ref, shallowRef } from 'vue'
import { expect, it, vi } from 'vitest'
import { i18n, loadCatalogue } from '@/messages'
import StudioBar from '@/pages/studio/StudioBar.vue'
import type { LinkState } from '@/pages/studio/link'
import { show, type Shown } from '../../component'

const lesson = { id: 7, title: 'L', planned_at: null, started_at: null }

function barOf(state: string, link = ref<LinkState>('idle'), onBreak = false): Shown {
  const room = markRaw({
    id: 7, lesson: shallowRef(lesson), state: ref(state), rights: ref({ direct: true }), now: ref(0),
    hall: ref({ onBreak }), health: ref(null), classroom: { line: ref('open') },
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
  expect(live.findAll('[data-test=break-text]')).toEqual([])
  live.remove()
  const resting = barOf('live', ref('idle'), true)
  expect(primary(resting)).toEqual(['break'])
  resting.find('[data-test=break-text]')
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
