// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it } from 'vitest'
import { markRaw, ref, shallowRef, type Ref } from 'vue'
import { loadCatalogue, setLanguage } from '@/messages'
import OwnControls from '@/pages/studio/OwnControls.vue'
import { show, type Shown } from '../../component'

let shown: Shown
let microphone: Ref<string>
/** Resolves without having taken the microphone, as when it is in use elsewhere. */
let busy: boolean
let chosen: Promise<void>

beforeEach(async () => {
  await setLanguage('en')
  await loadCatalogue('studio')
  microphone = ref('one')
  busy = false
  const devices = { cameras: [], microphones: ['one', 'two'].map((deviceId) => ({ deviceId, label: deviceId })) }
  const own = {
    picture: ref('camera'), devices: shallowRef(devices), camera: ref(''), microphone, link: ref('idle'),
    problem: shallowRef(null), muted: ref(false), hasSound: ref(true), dbfs: ref(-30), soundTrouble: ref(null),
    busy: ref(false),
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
