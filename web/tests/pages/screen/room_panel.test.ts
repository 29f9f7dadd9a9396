// @vitest-environment jsdom
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { loadCatalogue, setLanguage } from '@/messages'
import RoomPanel from '@/pages/screen/RoomPanel.vue'
import { show, type Shown } from '../../component'

let shown: Shown

beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('screen')
})
beforeEach(() => {
  const code = { digits: '123456', url: 'http://a/room/1/2', left_ms: 1000, signed_in: 7, guests: 0 }
  shown = show(RoomPanel, { site: 'Hall', code, over: false, lost: false, brief: false, roomy: true })
})
afterEach(() => shown.remove())

it.each([true, false])('says what the digits are for (brief: %s)', async (brief) => {
  shown.props['brief'] = brief
  await nextTick()
  expect(shown.find('[data-test=digits]').textContent).toBe('123456')
  expect(shown.root.textContent).toContain('six digits')
})

it('says which room it is when the lesson is over, and counts nobody, since all are out', async () => {
  shown.props['over'] = true
  await nextTick()
  expect(shown.root.textContent).toBe('Hall')
})
