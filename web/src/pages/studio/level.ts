// How loud a microphone is, as a level that a person can watch.

const LOOK_MS = 100
/** Speech lies between these. */
export const QUIET_DBFS = -50
export const LOUD_DBFS = -6
const FLOOR_DBFS = -60

/** 0 to 1 on a scale that the ear agrees with. */
export function shareOf(dbfs: number): number {
  return Math.min(1, Math.max(0, (dbfs - FLOOR_DBFS) / -FLOOR_DBFS))
}

export function dbfsOf(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const rms = Math.sqrt(sum / Math.max(1, samples.length))
  return rms > 0 ? Math.max(FLOOR_DBFS * 2, 20 * Math.log10(rms)) : FLOOR_DBFS * 2
}

/** Calls `heard` ten times a second. Returns: ends it. */
export function watchLevel(track: MediaStreamTrack, heard: (dbfs: number) => void): () => void {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 2048
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    // A page that nobody has touched yet is told nothing until somebody does.
    if (context.state === 'suspended') void context.resume().catch(() => undefined)
    analyser.getFloatTimeDomainData(samples)
    heard(dbfsOf(samples))
  }, LOOK_MS)
  return () => {
    clearInterval(timer)
    void context.close().catch(() => undefined)
  }
}
