// The sound of "are you there?": two soft tones. A browser that allows no sound yet stays
// silent; the question is on the screen all the same.
type AudioClass = typeof AudioContext

const TONES_HZ = [660, 880]
const TONE_S = 0.35
const LOUDNESS = 0.25

let context: AudioContext | null = null

function audio(): AudioContext | null {
  const { AudioContext: standard, webkitAudioContext: older } = window as unknown as {
    AudioContext?: AudioClass
    webkitAudioContext?: AudioClass
  }
  const Audio = standard ?? older
  if (Audio === undefined) return null
  context ??= new Audio()
  return context
}

/** To be called in a tap: an iPhone lets a page sound only after one in which it began to. */
export function allowRing(): void {
  const made = audio()
  if (made !== null && made.state !== 'running') void made.resume().catch(() => undefined)
}

export function ring(): void {
  const made = audio()
  if (made === null) return
  void made.resume().catch(() => undefined)
  TONES_HZ.forEach((hz, at) => {
    const start = made.currentTime + 0.05 + at * TONE_S
    const tone = made.createOscillator()
    const gain = made.createGain()
    tone.frequency.value = hz
    gain.gain.setValueAtTime(0, start)
    gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.03)
    gain.gain.linearRampToValueAtTime(0, start + TONE_S)
    tone.connect(gain)
    gain.connect(made.destination)
    tone.start(start)
    tone.stop(start + TONE_S)
  })
}
