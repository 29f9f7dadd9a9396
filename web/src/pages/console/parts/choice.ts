// What can be chosen in a SearchPicker, and where it is looked for.
import { api } from '@/api/client'
import { areaBranch } from '../area'
import { branchName } from './branch_names'
import { given } from './given'

export interface Choice {
  id: number
  text: string
  /** Tells it from others of that name. */
  more?: string
  /** A member's number. */
  number?: string
}

const SHOWN = 20

/** Those below what is looked after, or, before anything was written, directly below. */
export async function findBranches(text: string): Promise<Choice[]> {
  const { branches } = await api.get('/api/v1/branches', {
    query: given({ branch: areaBranch.value, limit: SHOWN, q: text === '' ? undefined : text }),
  })
  const below = branches.map(({ id, name, path }) => ({ id, text: name, more: path.slice(0, -1).join(' / ') }))
  return text === '' ? [...(await ownBranch()), ...below] : below
}

async function ownBranch(): Promise<Choice[]> {
  const id = areaBranch.value
  if (id === undefined) return []
  const { name } = await api.get('/api/v1/branches/{id}', { path: { id } })
  return [{ id, text: name }]
}

export async function findMembers(text: string): Promise<Choice[]> {
  if (text === '') return []
  const { members } = await api.get('/api/v1/members', {
    query: given({ branch: areaBranch.value, q: text, limit: SHOWN }),
  })
  return members.map(({ id, number, name }) => ({ id, text: `${name} ${number}`, number }))
}

export async function findCourses(text: string): Promise<Choice[]> {
  const { courses } = await api.get('/api/v1/courses', { query: { limit: 200 } })
  return courses.filter(({ title }) => title.includes(text)).slice(0, SHOWN).map(({ id, title }) => ({ id, text: title }))
}

export async function findLessons(text: string): Promise<Choice[]> {
  const { lessons } = await api.get('/api/v1/lessons', { query: { limit: 100 } })
  return lessons
    .filter(({ title, state }) => state !== 'cancelled' && title.includes(text))
    .slice(0, SHOWN)
    .map(({ id, title, started_at, planned_at }) => ({ id, text: title, more: (started_at ?? planned_at ?? '').slice(0, 10) }))
}

/** The rooms whose sign-in one runs. */
export async function findSites(text: string): Promise<Choice[]> {
  const { sites } = await api.get('/api/v1/sites')
  return sites
    .filter(({ name }) => name.includes(text))
    .slice(0, SHOWN)
    .map(({ id, name, branch }) => ({ id, text: name, more: branchName(branch) }))
}
