// What a source's figures mean for whoever is responsible for it: each measure with how well
// it stands, and what is wrong in the order of how much it matters.
import type { Schema } from '@/api/call_types'

export type Health = Schema<'Health'>
export type Grade = 'good' | 'warn' | 'bad' | 'none'

/** A fault has a text that says what to do. */
export type Fault =
  | 'noSignal' | 'onBackup' | 'sourceFault' | 'noSound' | 'silent' | 'tooLoud' | 'noPicture'
  | 'keyframes' | 'frames' | 'weak' | 'encoderSlow' | 'renditionsDown'

export interface Judged {
  signal: Grade
  bitrate: Grade
  frames: Grade
  keyframes: Grade
  sound: Grade
  renditions: Grade
  faults: Fault[]
}

const KEYFRAMES_MOST_MS = 4_500
const FRAMES_LEAST = 0.85
const WEAK_BPS = 300_000
const SILENT_MS = 10_000
const CLIPPED_DBFS = -1
const LAG_MOST_MS = 2_000
/** A second without a message a second: what was told is old. */
export const STALE_MS = 5_000

/** Seconds whose mean is shown and judged: frames come in bursts. */
const EVENED_OVER = 5
/** Seconds that a fault which comes and goes must stand before it is told. */
const HOLDS = 3
const FLEETING: ReadonlySet<Fault> = new Set(['frames', 'weak', 'tooLoud'])

/** What was told lately, the newest last; the time before the signal was lost is another. */
export function remember(recent: readonly Health[], told: Health): readonly Health[] {
  const goesOn = told.source_alive === true && recent[recent.length - 1]?.source_alive === true
  return goesOn ? [...recent, told].slice(1 - EVENED_OVER - HOLDS) : [told]
}

/** The newest, with the means of the last seconds where single ones say little. */
export function evened(recent: readonly Health[]): Health | null {
  const last = recent[recent.length - 1]
  if (last === undefined) return null
  const some = recent.slice(-EVENED_OVER)
  const mean = (figure: 'source_bps' | 'frames_arrived_per_1000s'): number =>
    some.reduce((sum, one) => sum + (one[figure] ?? 0), 0) / some.length
  return { ...last, source_bps: mean('source_bps'), frames_arrived_per_1000s: mean('frames_arrived_per_1000s') }
}

export function judgeRecent(recent: readonly Health[]): Judged {
  const lately = Array.from({ length: HOLDS }, (_, back) => judge(evened(recent.slice(0, Math.max(0, recent.length - back)))))
  return judge(evened(recent), (fault) => !FLEETING.has(fault) || lately.every(({ faults }) => faults.includes(fault)))
}

export function judge(health: Health | null, stands = (_: Fault): boolean => true): Judged {
  const lost = health === null || health.way_in === '' || health.way_in === undefined || health.source_alive !== true
  if (lost) {
    const faults: Fault[] = health?.source_fault ? ['noSignal', 'sourceFault'] : ['noSignal']
    return { signal: 'bad', bitrate: 'none', frames: 'none', keyframes: 'none', sound: 'none', renditions: 'none', faults }
  }
  const faults: Fault[] = []
  const check = (found: boolean, fault: Fault, grade: Grade = 'warn'): Grade => {
    if (!found || !stands(fault)) return 'good'
    faults.push(fault)
    return grade
  }
  const { audio_codec = '', video_codec = '', audio_silent_ms = 0, audio_peak_dbfs = -120 } = health
  const worst = (...grades: Grade[]): Grade =>
    grades.includes('bad') ? 'bad' : grades.includes('warn') ? 'warn' : 'good'
  const picture = check(video_codec === '', 'noPicture', 'bad')
  const sound = worst(
    check(audio_codec === '', 'noSound', 'bad'),
    check(audio_codec !== '' && audio_silent_ms >= SILENT_MS, 'silent'),
    check(audio_peak_dbfs >= CLIPPED_DBFS, 'tooLoud'),
  )
  const told = health.frames_per_1000s ?? 0
  const came = health.frames_arrived_per_1000s ?? 0
  const renditions = health.renditions ?? []
  return {
    signal: worst(check(health.backup === true, 'onBackup')),
    bitrate: check((health.source_bps ?? 0) < WEAK_BPS && video_codec !== '', 'weak'),
    frames: worst(picture, check(told > 0 && came < told * FRAMES_LEAST, 'frames')),
    keyframes: check((health.keyframe_interval_ms ?? 0) > KEYFRAMES_MOST_MS && health.way_in !== 'whip', 'keyframes'),
    sound,
    renditions: worst(
      check(renditions.length > 0 && !renditions.every(({ alive }) => alive === true), 'renditionsDown', 'bad'),
      check((health.encoder_lag_ms ?? 0) > LAG_MOST_MS, 'encoderSlow'),
    ),
    faults,
  }
}

/** The points of a line in a box of `width` × `height`, for an SVG: at most a point a pixel. */
export function curve(values: readonly number[], most: number, width: number, height: number): string {
  if (values.length < 2 || most <= 0) return ''
  const step = Math.max(1, Math.ceil(values.length / width))
  const kept = values.filter((_, at) => at % step === 0)
  const x = (at: number): string => ((at / (kept.length - 1)) * width).toFixed(1)
  const y = (value: number): string => (height - Math.min(1, Math.max(0, value / most)) * height).toFixed(1)
  return kept.map((value, at) => `${x(at)},${y(value)}`).join(' ')
}
