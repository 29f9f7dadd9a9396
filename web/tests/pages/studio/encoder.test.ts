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
  await vi.waitFor(() => shown.find('[data-test=make-key]').click())
  await vi.waitFor(() => shown.find('[data-test=renew-key]').click())
  await nextTick()
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})

it('a key is renewed by who is sure', async () => {
  shown.find('[data-test=renew-sure]').dispatchEvent(new MouseEvent('click', { detail: 1 }))
  await vi.waitFor(() => expect(calls).toHaveLength(2))
  await vi.waitFor(() => shown.find('[data-test=renew-key]'))
})

it('a key is kept by who is not', async () => {
  shown.find('[data-test=keep-key]').click()
  await vi.waitFor(() => shown.find('[data-test=renew-key]'))
  expect(calls).toHaveLength(1)
})

it('a key is not renewed by the second click of a double one', async () => {
  shown.find('[data-test=renew-sure]').dispatchEvent(new MouseEvent('click', { detail: 2 }))
  await nextTick()
  expect(calls).toHaveLength(1)
  shown.find('[data-test=renew-sure]')
})
