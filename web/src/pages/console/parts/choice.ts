// What can be chosen in a SearchPicker, and where it is looked for.
import { api } from '@/api/client'
import { areaBranch } from '../area'
import { branchName } from './branch_names'
import { given } from './given'
import { lessonText } from './shown'

export interface Choice {
  id: number
  text: string
  /** Tells it from others of that name. */
  more?: string
  /** A member's number. */
  number?: string
}

/** A page of what can be chosen; `next` goes on from there. */
export interface Found {
  choices: Choice[]
  next: number | null
}

/** Looks for what has `text` in it; `from` is the `next` of the page before. */
export type Find = (text: string, from?: number) => Promise<Found>

const PAGE = 20

/** Those below what is looked after, or, before anything was written, directly below. */
export const findBranches: Find = async (q, after) => {
  const { branches, next } = await api.get('/api/v1/branches', { query: given({ branch: areaBranch.value, limit: PAGE, q, after }) })
  const below = branches.map(({ id, name, path }) => ({ id, text: name, more: path.slice(0, -1).join(' / ') }))
  return { choices: q === '' && after === undefined ? [...(await ownBranch()), ...below] : below, next }
}

async function ownBranch(): Promise<Choice[]> {
  const id = areaBranch.value
  if (id === undefined) return []
  const { name } = await api.get('/api/v1/branches/{id}', { path: { id } })
  return [{ id, text: name }]
}

export const findMembers: Find = async (q, after) => {
  if (q === '') return { choices: [], next: null }
  const { members, next } = await api.get('/api/v1/members', { query: given({ branch: areaBranch.value, q, limit: PAGE, after }) })
  return { choices: members.map(({ id, number, name }) => ({ id, text: `${name} ${number}`, number })), next }
}

export const findCourses: Find = async (q, before) => {
  const { courses, next } = await api.get('/api/v1/courses', { query: given({ q, limit: PAGE, before }) })
  return { choices: courses.map(({ id, title }) => ({ id, text: title })), next }
}

export const findLessons: Find = async (q, before) => {
  const { lessons, next } = await api.get('/api/v1/lessons', { query: given({ q, limit: PAGE, before }) })
  const choices = lessons
    .filter(({ state }) => state !== 'cancelled')
    .map((lesson) => ({ id: lesson.id, text: lessonText(lesson) }))
  return { choices, next }
}

/** The rooms whose sign-in one runs. */
export const findSites: Find = async (q, after) => {
  const { sites, next } = await api.get('/api/v1/sites', { query: given({ q, limit: PAGE, after }) })
  // A name may come later.
  return { choices: sites.map(({ id, name, branch }) => ({ id, text: name, get more() { return branchName(branch) } })), next }
}
