// @vitest-environment jsdom
import { nextTick } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { loadCatalogue, setLanguage } from '@/messages'
import EncoderDialog from '@/pages/studio/EncoderDialog.vue'
import { haveModals, show, type Shown } from '../../component'
import { playApi, type Call } from '../../fake_api'

let shown: Shown
let calls: Call[]

beforeEach(async () => {
  haveModals()
  await setLanguage('en')
  await loadCatalogue('studio')
  calls = playApi({ 'POST /api/v1/lessons/7/key': { stream_key: 'k', backup_key: null, srt_url: null, rtmp_url: 'rtmp://a/live/k' } })
  shown = show(EncoderDialog, { open: true, lesson: 7 })
})
async function askForKey(): Promise<void> {
  await vi.waitFor(() => shown.find('[data-test=make-key]').click())
  await vi.waitFor(() => shown.find('[data-test=make-sure]'))
}
const sure = (detail: number): boolean =>
  shown.find('[data-test=make-sure]').dispatchEvent(new MouseEvent('click', { detail }))
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

it('a key is made by who is sure, the first and the next', async () => {
  for (const made of [1, 2]) {
    await askForKey()
    sure(1)
    await vi.waitFor(() => expect(calls).toHaveLength(made))
    await vi.waitFor(() => shown.find('[data-test=copy]'))
  }
})

it('the key that an encoder has is kept by who is not', async () => {
  await askForKey()
  shown.find('[data-test=keep-key]').click()
  await vi.waitFor(() => shown.find('[data-test=make-key]'))
  expect(calls).toHaveLength(0)
})

it('a key is not made by the second click of a double one', async () => {
  await askForKey()
  sure(2)
  await nextTick()
  expect(calls).toHaveLength(0)
  shown.find('[data-test=make-sure]')
})
