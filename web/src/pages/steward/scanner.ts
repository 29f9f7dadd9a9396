// Codes seen by the phone's camera: by the browser's own detector, else by jsQR, which is
// fetched only then.

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>
}
type DetectorClass = {
  new (options: { formats: string[] }): Detector
  getSupportedFormats?(): Promise<string[]>
}

const LOOK_EVERY_MS = 150
/** As many pixels across as a code needs; more only make a phone warm. */
const WIDTH = 640

type Read = (video: HTMLVideoElement) => Promise<string | null>

async function ownReader(): Promise<Read | null> {
  const known = (window as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  if (known === undefined) return null
  const formats = (await known.getSupportedFormats?.()) ?? []
  if (!formats.includes('qr_code')) return null
  const detector = new known({ formats: ['qr_code'] })
  return async (video) => (await detector.detect(video))[0]?.rawValue ?? null
}

async function loadedReader(): Promise<Read> {
  const { default: jsQR } = await import('jsqr')
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return (video) => {
    if (context === null || video.videoWidth === 0) return Promise.resolve(null)
    canvas.width = Math.min(WIDTH, video.videoWidth)
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth)
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height)
    return Promise.resolve(jsQR(data, width, height)?.data ?? null)
  }
}

/** The code of a member's card in what was read; null: it is none. */
export function cardIn(text: string): string | null {
  return /\bAC[A-Z2-7]{16}\b/.exec(text.toUpperCase())?.[0] ?? null
}

/** Shows the camera in `video` and tells what it sees. Returns: how to stop. Throws the
 *  browser's error when there is no camera, or it is refused. */
export async function scan(video: HTMLVideoElement, seen: (text: string) => void): Promise<() => void> {
  // Not there on plain HTTP.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) throw new DOMException('no cameras here', 'NotSupportedError')
  const stream = await devices.getUserMedia({ video: { facingMode: 'environment' }, audio: false })
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const stop = (): void => {
    stopped = true
    clearTimeout(timer)
    stream.getTracks().forEach((track) => track.stop())
    video.srcObject = null
  }
  try {
    video.srcObject = stream
    await video.play()
    const read = (await ownReader()) ?? (await loadedReader())
    const look = async (): Promise<void> => {
      const text = await read(video).catch(() => null)
      if (stopped) return
      if (text !== null && text !== '') seen(text)
      timer = setTimeout(() => void look(), LOOK_EVERY_MS)
    }
    void look()
    return stop
  } catch (error) {
    stop()
    throw error
  }
}
