// What this computer sends: picked and looked at before it goes live, changed while it is on
// air, and put right when a device or the line is lost.
import { onUnmounted, readonly, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { Problem } from '@/api/problem'
import {
  DeviceError, listDevices, openCamera, openMicrophone, openScreen,
  type Devices, type DeviceTrouble, type Picture,
} from './devices'
import { watchLevel } from './level'
import type { LinkState } from './link'
import { Publishing } from './publishing'

export interface OwnSource {
  /** Null: this computer sends nothing and shows nothing. */
  picture: Readonly<Ref<Picture | null>>
  video: Readonly<ShallowRef<MediaStreamTrack | null>>
  hasSound: Readonly<Ref<boolean>>
  muted: Readonly<Ref<boolean>>
  /** Of the microphone; it is heard here while muted, too. */
  dbfs: Readonly<Ref<number>>
  devices: Readonly<ShallowRef<Devices>>
  camera: Readonly<Ref<string>>
  microphone: Readonly<Ref<string>>
  trouble: Readonly<Ref<DeviceTrouble | null>>
  soundTrouble: Readonly<Ref<DeviceTrouble | null>>
  link: Readonly<Ref<LinkState>>
  problem: Readonly<ShallowRef<Problem | null>>
  busy: Readonly<Ref<boolean>>
  choose(picture: Picture): Promise<void>
  chooseCamera(id: string): Promise<void>
  chooseMicrophone(id: string): Promise<void>
  setMuted(muted: boolean): void
  goLive(): void
  /** Off air; the picture stays to be looked at. */
  stopSending(): void
  /** Lets go of the devices too. */
  close(): void
}

const SILENCE = -120

export function useOwnSource(lesson: number): OwnSource {
  const picture = ref<Picture | null>(null)
  const video = shallowRef<MediaStreamTrack | null>(null)
  const audio = shallowRef<MediaStreamTrack | null>(null)
  const hasSound = ref(false)
  const muted = ref(false)
  const dbfs = ref(SILENCE)
  const devices = shallowRef<Devices>({ cameras: [], microphones: [] })
  const camera = ref('')
  const microphone = ref('')
  const trouble = ref<DeviceTrouble | null>(null)
  const soundTrouble = ref<DeviceTrouble | null>(null)
  const link = ref<LinkState>('idle')
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)
  let publishing: Publishing | null = null
  /** What is let go of meanwhile is not taken when the browser gives it at last. */
  let turn = 0
  let stopLevel = (): void => undefined

  function tell(error: unknown, into: Ref<DeviceTrouble | null>): void {
    into.value = error instanceof DeviceError ? error.trouble : 'unknown'
  }

  /** The link keeps up with what is picked. */
  async function follow(): Promise<void> {
    if (publishing === null || video.value === null) return
    await publishing.replace({ video: video.value, audio: audio.value })
  }

  function take(track: MediaStreamTrack, kind: Picture): void {
    video.value?.stop()
    video.value = track
    picture.value = kind
    if (kind === 'camera') camera.value = track.getSettings().deviceId ?? ''
    track.onended = () => void lostPicture(track, kind)
  }

  /** Sharing ended in the browser's own bar, or the camera was unplugged. */
  async function lostPicture(track: MediaStreamTrack, kind: Picture): Promise<void> {
    if (video.value !== track) return
    if (kind === 'screen') await choose('camera')
    else trouble.value = 'gone'
  }

  /** Null: it came too late, and is not used. */
  async function inTime(opening: Promise<MediaStreamTrack>): Promise<MediaStreamTrack | null> {
    const mine = turn
    const late = (): boolean => mine !== turn
    try {
      const track = await opening
      if (!late()) return track
      track.stop()
    } catch (error) {
      if (!late()) throw error
    }
    return null
  }

  async function openPicture(kind: Picture, id = camera.value): Promise<void> {
    busy.value = true
    try {
      const track = await inTime(kind === 'camera' ? openCamera(id) : openScreen())
      if (track === null) return
      take(track, kind)
      trouble.value = null
      await follow()
    } catch (error) {
      tell(error, trouble)
    } finally {
      busy.value = false
    }
  }

  function takeSound(track: MediaStreamTrack | null): void {
    stopLevel()
    audio.value?.stop()
    audio.value = track
    hasSound.value = track !== null
    dbfs.value = SILENCE
    if (track === null) return
    track.enabled = !muted.value
    microphone.value = track.getSettings().deviceId ?? ''
    track.onended = () => {
      if (audio.value === track) soundTrouble.value = 'gone'
    }
    // A muted track is silent everywhere: its level is taken from a copy that is not.
    const heard = track.clone()
    heard.enabled = true
    const stop = watchLevel(heard, (level) => (dbfs.value = level))
    stopLevel = () => {
      stop()
      heard.stop()
    }
  }

  async function openSound(id: string): Promise<void> {
    try {
      const track = await inTime(openMicrophone(id))
      if (track === null) return
      takeSound(track)
      soundTrouble.value = null
    } catch (error) {
      tell(error, soundTrouble)
    }
    await follow()
  }

  async function refreshDevices(): Promise<void> {
    try {
      devices.value = await listDevices()
    } catch {
      devices.value = { cameras: [], microphones: [] }
    }
  }

  async function choose(kind: Picture): Promise<void> {
    await openPicture(kind)
    // Without a picture nothing is sent, and one trouble at a time is enough.
    if (video.value !== null && audio.value === null) await openSound('')
    await refreshDevices()
  }

  function goLive(): void {
    const { value: picked } = video
    if (picked === null) return
    problem.value = null
    publishing?.close()
    publishing = new Publishing(lesson, { video: picked, audio: audio.value }, (state, why) => {
      link.value = state
      problem.value = state === 'up' ? null : (why ?? problem.value)
    })
    publishing.open()
  }

  function stopSending(): void {
    publishing?.close()
    publishing = null
    link.value = 'idle'
    problem.value = null
  }

  function close(): void {
    turn += 1
    stopSending()
    takeSound(null)
    video.value?.stop()
    video.value = null
    picture.value = null
    trouble.value = null
    soundTrouble.value = null
  }

  const changedDevices = (): void => {
    if (picture.value !== null) void refreshDevices()
  }
  const online = (): void => publishing?.wake()
  const stay = (event: BeforeUnloadEvent): void => {
    if (publishing !== null) event.preventDefault()
  }
  const mediaDevices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices
  mediaDevices?.addEventListener('devicechange', changedDevices)
  window.addEventListener('online', online)
  window.addEventListener('beforeunload', stay)
  window.addEventListener('pagehide', close)
  onUnmounted(() => {
    mediaDevices?.removeEventListener('devicechange', changedDevices)
    window.removeEventListener('online', online)
    window.removeEventListener('beforeunload', stay)
    window.removeEventListener('pagehide', close)
    close()
  })

  return {
    picture: readonly(picture),
    video,
    hasSound: readonly(hasSound),
    muted: readonly(muted),
    dbfs: readonly(dbfs),
    devices,
    camera: readonly(camera),
    microphone: readonly(microphone),
    trouble: readonly(trouble),
    soundTrouble: readonly(soundTrouble),
    link: readonly(link),
    problem,
    busy: readonly(busy),
    choose,
    chooseCamera: (id) => openPicture('camera', id),
    chooseMicrophone: openSound,
    setMuted: (on) => {
      muted.value = on
      if (audio.value !== null) audio.value.enabled = !on
    },
    goLive,
    stopSending,
    close,
  }
}
