// @vitest-environment jsdom
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { loadCatalogue, setLanguage } from '@/messages'
import RoomBands from '@/pages/screen/RoomBands.vue'
import { show, type Shown } from '../../component'

let shown: Shown

beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('screen')
})
beforeEach(() => {
  shown = show(RoomBands, { silent: false, onBreak: false, lost: false, hand: null })
})
afterEach(() => shown.remove())

it('says nothing while all is well', () => {
  expect(shown.root.textContent).toBe('')
})

it.each([
  ['onBreak', true, 'There is a break'],
  ['silent', true, 'on the computer'],
  ['lost', true, 'your time is kept'],
  ['hand', 'raised', 'has raised its hand'],
  ['hand', 'called', 'asks this room to speak'],
])('%s: %s', async (name, value, text) => {
  shown.props[name] = value
  await nextTick()
  expect(shown.root.textContent).toContain(text)
})
