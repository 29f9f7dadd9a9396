// @vitest-environment jsdom
import { markRaw, nextTick, ref, shallowRef } from 'vue'
import { expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import StudioBar from '@/pages/studio/StudioBar.vue'
import type { LinkState } from '@/pages/studio/link'
import { show, type Shown } from '../../component'

const lesson = { id: 7, title: 'L', planned_at: null, started_at: null }

function barOf(state: string, link = ref<LinkState>('idle')): Shown {
  const room = markRaw({
    id: 7, lesson: shallowRef(lesson), state: ref(state), rights: ref({ direct: true }), now: ref(0),
    hall: ref({ onBreak: false }), health: ref(null), classroom: { line: ref('open') },
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
