// @vitest-environment jsdom
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { EMPTY_HALL } from '@/classroom/hall'
import { loadCatalogue, setLanguage } from '@/messages'
import RoomAnnouncement from '@/pages/screen/RoomAnnouncement.vue'
import { show, type Shown } from '../../component'

let shown: Shown

beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('screen')
})
beforeEach(() => {
  shown = show(RoomAnnouncement, { hall: EMPTY_HALL, over: false })
})
afterEach(() => shown.remove())

async function announce(texts: string[], over = false): Promise<string> {
  const announcements = texts.map((text, at) => ({ seq: at + 1, kind: 'announcement', wall_ms: 0, text }))
  shown.props['hall'] = { ...EMPTY_HALL, announcements }
  shown.props['over'] = over
  await nextTick()
  return shown.root.textContent
}

it('shows the newest announcement that holds, and none when there is none', async () => {
  expect(await announce(['No lesson on Wednesday'])).toContain('No lesson on Wednesday')
  expect(await announce(['No lesson on Wednesday', 'Bring your cards'])).toBe('AnnouncementBring your cards')
  expect(await announce(['No lesson on Wednesday'])).toContain('No lesson on Wednesday')
  expect(await announce([])).toBe('')
})

it('says no more once the lesson is over', async () => {
  expect(await announce(['Bring your cards'], true)).toBe('')
})

it('writes only what is long smaller, so that it leaves room for the picture', async () => {
  const size = async (chars: number): Promise<number> => {
    await announce(['x'.repeat(chars)])
    return Number(shown.find('[data-test=announcement]').style.getPropertyValue('--size'))
  }
  expect(await size(5)).toBe(4)
  expect(await size(150)).toBe(4)
  expect(await size(300)).toBeGreaterThanOrEqual(3.2)
  expect(await size(1000)).toBeLessThan(2)
})
