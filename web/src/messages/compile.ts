// Fills in what has a name, and chooses the word that goes with a number: "{n} {n|line|lines}".
// That is all that our texts need: the library's own compiler would be 5 KB more of every
// first visit.
interface Values {
  named(name: string): unknown
}

const PLACE = /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g

/** A number and what it counts stay in one line, which may break before any Chinese character. */
const UNIT = /([}\d]) (小时|分钟|学时|[人条行笔个位张节天分秒次台年])/g
const together = (_: string, number: string, unit: string): string =>
  `${number}\u00a0${unit.split('').join('\u2060')}`

export function compile(message: unknown): (values: Values) => string {
  const text = String(message).replace(UNIT, together)
  return ({ named }) =>
    text.replace(PLACE, (_, name: string, one?: string, more?: string) =>
      one === undefined ? String(named(name) ?? '') : Number(named(name)) === 1 ? one : (more ?? ''),
    )
}
