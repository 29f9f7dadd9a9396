// Names of branches by number. A name is asked for when it is first shown, a few at a time.
import { shallowReactive } from 'vue'
import { api } from '@/api/client'

const AT_ONCE = 4

const names = shallowReactive(new Map<number, string>())
const wanted: number[] = []
const asked = new Set<number>()
let running = 0

async function ask(id: number): Promise<void> {
  try {
    names.set(id, (await api.get('/api/v1/branches/{id}', { path: { id } })).name)
  } catch {
    // One that may not be looked at, or a lost line: the number stands for it.
    names.set(id, `#${id}`)
  }
}

function goOn(): void {
  while (running < AT_ONCE) {
    const id = wanted.shift()
    if (id === undefined) return
    running += 1
    void ask(id).finally(() => {
      running -= 1
      goOn()
    })
  }
}

/** Empty for none; the number until the name is there. */
export function branchName(id: number | null | undefined): string {
  if (id === null || id === undefined) return ''
  const name = names.get(id)
  if (name !== undefined) return name
  if (!asked.has(id)) {
    asked.add(id)
    wanted.push(id)
    queueMicrotask(goOn)
  }
  return `#${id}`
}

/** A name that another answer told. */
export function learnBranch(id: number, name: string): void {
  asked.add(id)
  if (names.get(id) !== name) names.set(id, name)
}
