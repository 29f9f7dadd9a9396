// Cameras, microphones and the screen, and what is wrong when there is none.

export type Picture = 'camera' | 'screen'

/** Each has a text that says what to do. */
export type DeviceTrouble =
  | 'insecure' | 'unsupported' | 'camera-refused' | 'microphone-refused' | 'no-camera'
  | 'no-microphone' | 'camera-busy' | 'microphone-busy' | 'screen-refused' | 'gone' | 'unknown'

export class DeviceError extends Error {
  constructor(readonly trouble: DeviceTrouble) {
    super(trouble)
  }
}

export interface Devices {
  cameras: MediaDeviceInfo[]
  microphones: MediaDeviceInfo[]
}

const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } }
const SCREEN = { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 15, max: 30 } }
/** A lecture is speech in a room. */
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }

function media(): MediaDevices {
  // Without HTTPS the browser keeps all devices to itself.
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices
  if (devices === undefined) throw new DeviceError(isSecureContext ? 'unsupported' : 'insecure')
  return devices
}

function troubleOf(error: unknown, kind: 'camera' | 'microphone' | 'screen'): DeviceError {
  if (error instanceof DeviceError) return error
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return new DeviceError(`${kind}-refused`)
  if (kind === 'screen') return new DeviceError('unknown')
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return new DeviceError(`no-${kind}`)
  if (name === 'NotReadableError' || name === 'AbortError') return new DeviceError(`${kind}-busy`)
  return new DeviceError('unknown')
}

function one(stream: MediaStream, kind: 'camera' | 'microphone'): MediaStreamTrack {
  const [track] = stream.getTracks()
  if (track === undefined) throw new DeviceError(`no-${kind}`)
  return track
}

function chosen(id: string): { deviceId?: { exact: string } } {
  return id === '' ? {} : { deviceId: { exact: id } }
}

/** @id: '' for the browser's choice. Throws a DeviceError. */
export async function openCamera(id: string): Promise<MediaStreamTrack> {
  try {
    const track = one(await media().getUserMedia({ video: { ...CAMERA, ...chosen(id) } }), 'camera')
    track.contentHint = 'detail'
    return track
  } catch (error) {
    throw troubleOf(error, 'camera')
  }
}

/** @id: '' for the browser's choice. Throws a DeviceError. */
export async function openMicrophone(id: string): Promise<MediaStreamTrack> {
  try {
    return one(await media().getUserMedia({ audio: { ...MICROPHONE, ...chosen(id) } }), 'microphone')
  } catch (error) {
    throw troubleOf(error, 'microphone')
  }
}

/** Asks which screen or window. Throws a DeviceError. */
export async function openScreen(): Promise<MediaStreamTrack> {
  const devices = media()
  if (!('getDisplayMedia' in devices)) throw new DeviceError('unsupported')
  try {
    const track = one(await devices.getDisplayMedia({ video: SCREEN, audio: false }), 'camera')
    track.contentHint = 'detail'
    return track
  } catch (error) {
    throw troubleOf(error, 'screen')
  }
}

/** Their names are known once one of them was opened. */
export async function listDevices(): Promise<Devices> {
  const all = await media().enumerateDevices()
  const of = (kind: MediaDeviceKind): MediaDeviceInfo[] =>
    all.filter((device) => device.kind === kind && device.deviceId !== '')
  return { cameras: of('videoinput'), microphones: of('audioinput') }
}

/** Whether the screen can be shown from here: phones cannot. */
export function canShowScreen(): boolean {
  return 'getDisplayMedia' in ((navigator as { mediaDevices?: object }).mediaDevices ?? {})
}
