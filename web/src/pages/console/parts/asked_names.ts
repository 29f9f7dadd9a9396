// Names of rows by number. A name is asked for when it is first shown, a few at a time.
import { shallowReactive } from 'vue'

const AT_ONCE = 4

export interface AskedNames {
  /** Empty for none; dots until the name is there, and the number when nobody knows it. */
  of(id: number | null | undefined): string
  /** A name that another answer told. */
  learn(id: number, name: string): void
}

/** `ask` is given up to `most` numbers, and need not know them all. */
export function askedNames(
  ask: (ids: readonly number[]) => Promise<readonly (readonly [number, string])[]>,
  most: number,
): AskedNames {
  const names = shallowReactive(new Map<number, string>())
  const wanted: number[] = []
  const asked = new Set<number>()
  let running = 0

  function learn(id: number, name: string): void {
    asked.add(id)
    if (names.get(id) !== name) names.set(id, name)
  }

  function goOn(): void {
    while (running < AT_ONCE && wanted.length > 0) {
      const ids = wanted.splice(0, most)
      running += 1
      // One that may not be looked at, or a lost line: the number stands for it.
      void ask(ids)
        .catch(() => [])
        .then((found) => {
          const told = new Map(found)
          for (const id of ids) {
            if (told.has(id) || !names.has(id)) learn(id, told.get(id) ?? `#${id}`)
          }
        })
        .finally(() => {
          running -= 1
          goOn()
        })
    }
  }

  function of(id: number | null | undefined): string {
    if (id === null || id === undefined) return ''
    const name = names.get(id)
    if (name !== undefined) return name
    if (!asked.has(id)) {
      asked.add(id)
      wanted.push(id)
      queueMicrotask(goOn)
    }
    return '…'
  }

  return { of, learn }
}
