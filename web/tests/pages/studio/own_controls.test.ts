// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { markRaw, nextTick, ref, shallowRef, type Ref } from 'vue'
import { loadCatalogue, setLanguage } from '@/messages'
import OwnControls from '@/pages/studio/OwnControls.vue'
import { show, type Shown } from '../../component'

let shown: Shown
let microphone: Ref<string>
/** Resolves without having taken the microphone, as when it is in use elsewhere. */
let busy: boolean
let chosen: Promise<void>
const link = ref('idle')
const stopSending = vi.fn()
const close = vi.fn()

beforeEach(async () => {
  await setLanguage('en')
  await loadCatalogue('studio')
  microphone = ref('one')
  busy = false
  link.value = 'idle'
  stopSending.mockClear()
  close.mockClear()
  const devices = { cameras: [], microphones: ['one', 'two'].map((deviceId) => ({ deviceId, label: deviceId })) }
  const own = {
    picture: ref('camera'), devices: shallowRef(devices), camera: ref(''), microphone, link,
    problem: shallowRef(null), muted: ref(false), hasSound: ref(true), dbfs: ref(-30), soundTrouble: ref(null),
    busy: ref(false), stopSending, close,
    chooseMicrophone: (id: string): Promise<void> =>
      (chosen = Promise.resolve().then(() => {
        if (!busy) microphone.value = id
      })),
  }
  shown = show(OwnControls, { own: markRaw(own), state: 'planned', asOthers: false })
})
afterEach(() => shown.remove())

async function pick(id: string): Promise<string> {
  const select = shown.find<HTMLSelectElement>('[data-test=microphone]')
  select.value = id
  select.dispatchEvent(new Event('change'))
  await chosen
  await Promise.resolve()
  return select.value
}

it('shows the microphone that is taken, not one that could not be', async () => {
  expect(await pick('two')).toBe('two')
  busy = true
  expect(await pick('one')).toBe('two')
})

it('goes off the air once that was confirmed, and leaves the camera on', async () => {
  shown.props['state'] = 'live'
  link.value = 'up'
  await nextTick()
  expect(shown.findAll('[data-test=own-off]')).toEqual([])
  const stop = shown.find('[data-test=own-stop]')
  expect(stop.classList.contains('danger')).toBe(true)
  stop.click()
  await vi.waitFor(() => shown.find('[data-test=stop-no]').click())
  expect(stopSending).not.toHaveBeenCalled()
  stop.click()
  await vi.waitFor(() => shown.find('[data-test=stop-yes]').click())
  expect(stopSending).toHaveBeenCalledOnce()
  expect(close).not.toHaveBeenCalled()
})

it('lets go of a camera that is not sent at one tap', () => {
  shown.find('[data-test=own-off]').click()
  expect(close).toHaveBeenCalledOnce()
})
