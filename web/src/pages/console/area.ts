// What the one signed in keeps: the parts of the county that their roles reach over. They
// look after one of them at a time.
import { computed, ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import type { Answer } from '@/api/call_types'
import { member } from '@/session/session'

export type Keeper = 'secretary' | 'staff' | 'administrator'

export interface Area {
  role: Keeper
  /** null: everywhere. */
  branch: number | null
  name: string | null
}

type Grant = Answer<'/api/v1/grants/own'>['grants'][number]

const HEIGHT: Record<Keeper, number> = { secretary: 1, staff: 2, administrator: 3 }

function isKeeper(role: string): role is Keeper {
  return role in HEIGHT
}

/** One for each branch, with the highest role there; the widest first. */
export function areasOf(grants: readonly Grant[]): Area[] {
  const found = new Map<number | null, Area>()
  for (const { role, branch, name } of grants) {
    if (!isKeeper(role)) continue
    const known = found.get(branch)
    if (known === undefined || HEIGHT[role] > HEIGHT[known.role]) found.set(branch, { role, branch, name })
  }
  return [...found.values()].sort(
    (a, b) => Number(a.branch !== null) - Number(b.branch !== null) || HEIGHT[b.role] - HEIGHT[a.role],
  )
}

const known = shallowRef<readonly Area[]>([])
const chosen = ref(0)
let askedFor: string | null = null

/** Asks the server once for each who signs in. Throws a Problem. */
export async function loadAreas(): Promise<void> {
  const number = member.value?.number ?? null
  if (number === askedFor) return
  known.value = areasOf((await api.get('/api/v1/grants/own')).grants)
  chosen.value = 0
  askedFor = number
}

export const areas = computed(() => known.value)

/** Where in `areas` the one is that is looked after now. */
export const areaAt = chosen

export const area = computed<Area | null>(() => known.value[chosen.value] ?? null)

/** For a query: undefined is everywhere. */
export const areaBranch = computed(() => area.value?.branch ?? undefined)

export const isAdministrator = computed(() => area.value?.role === 'administrator')
export const isStaff = computed(() => area.value?.role === 'staff' || isAdministrator.value)
export const isEverywhere = computed(() => area.value !== null && area.value.branch === null)
