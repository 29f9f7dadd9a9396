// @vitest-environment jsdom
import { nextTick } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import ScanDialog from '@/pages/steward/ScanDialog.vue'
import { haveModals, show, type Shown } from '../../component'

/** The browser's question whether the page may, as long as nobody has answered. */
let allow: (() => void)[]
let stopped: number
let shown: Shown

beforeEach(async () => {
  haveModals()
  HTMLMediaElement.prototype.play = () => Promise.resolve()
  await loadCatalogue('steward')
  allow = []
  stopped = 0
  const stream = (): object => ({ getTracks: () => [{ stop: () => (stopped += 1) }] })
  const getUserMedia = (): Promise<object> => new Promise((resolve) => allow.push(() => resolve(stream())))
  Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia }, configurable: true })
  vi.stubGlobal('BarcodeDetector', class {
    static getSupportedFormats = (): Promise<string[]> => Promise.resolve(['qr_code'])
    detect = (): Promise<object[]> => Promise.resolve([])
  })
  shown = show(ScanDialog, { open: false, scanned: () => Promise.resolve(true) })
  shown.props['open'] = true
  await vi.waitFor(() => expect(allow).toHaveLength(1))
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
  Reflect.deleteProperty(navigator, 'mediaDevices')
})

it('lets go of a camera that is allowed when the page was left', async () => {
  shown.remove()
  allow[0]!()
  await vi.waitFor(() => expect(stopped).toBe(1))
})

it('holds one camera when the dialog was shut and opened again meanwhile', async () => {
  shown.props['open'] = false
  await nextTick()
  shown.props['open'] = true
  await vi.waitFor(() => expect(allow).toHaveLength(2))
  for (const one of allow) one()
  await vi.waitFor(() => expect(stopped).toBe(1))
  shown.props['open'] = false
  await vi.waitFor(() => expect(stopped).toBe(2))
})
