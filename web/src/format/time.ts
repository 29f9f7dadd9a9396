// How lengths, positions and dates are shown.

/** 65 s as "1:05", 3,725 s as "1:02:05". Never negative. */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0
  const s = String(whole % 60).padStart(2, '0')
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}:${s}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${s}`
}

type Say = (key: 'unit.hours' | 'unit.minutes' | 'unit.lessThanMinute', n: number) => string

/** "1 h 5 min"; whole minutes, counted down. */
export function lengthInWords(ms: number, say: Say): string {
  if (ms <= 0) return say('unit.minutes', 0)
  const minutes = Math.floor(ms / 60_000)
  if (minutes === 0) return say('unit.lessThanMinute', 0)
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours === 0) return say('unit.minutes', rest)
  if (rest === 0) return say('unit.hours', hours)
  return `${say('unit.hours', hours)} ${say('unit.minutes', rest)}`
}

type SaySeconds = (key: 'unit.hours' | 'unit.minutesAnd' | 'unit.seconds', n: string) => string

/** "5 min 03 s", never negative. What runs has the same digits, so that it does not jump. */
export function secondsInWords(ms: number, say: SaySeconds): string {
  const whole = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number): string => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  const rest = `${say('unit.minutesAnd', hours > 0 ? two(minutes) : String(minutes))} ${say('unit.seconds', two(whole % 60))}`
  return hours > 0 ? `${say('unit.hours', String(hours))} ${rest}` : rest
}

function formatted(date: Date, language: string, form: Intl.DateTimeFormatOptions): string {
  const zh = language === 'zh'
  const format = new Intl.DateTimeFormat(zh ? 'zh-CN' : 'en-GB', { month: zh ? 'long' : 'short', ...form })
  // "3月5日" stays in one line.
  return format.format(date).replace(/\d(?=\p{Lo})|\p{Lo}(?=\d)/gu, '$&\u2060')
}

/** A day by itself, of "2026-03-05". */
export function dayInWords(day: string, language: string, year: boolean): string {
  const date = new Date(`${day}T00:00`)
  if (Number.isNaN(date.getTime())) return day
  return formatted(date, language, { ...(year ? { year: 'numeric' } : {}), day: 'numeric' })
}

/** A date and time in the reader's language and own time zone; without the year when that
 *  is the year of `now`. */
export function dateTime(iso: string, language: string, now: Date | null = new Date()): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  const sameYear = date.getFullYear() === now?.getFullYear()
  return formatted(date, language, {
    ...(sameYear ? {} : { year: 'numeric' }),
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
}

/** As papers have it, in whatever language: "2026-03-05 09:07". */
export function printedTime(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${timeOfDay(iso)}`
}

export function timeOfDay(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}
