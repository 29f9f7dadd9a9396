import { shallowReactive } from 'vue'
import { api } from '@/api/client'
import { askedNames } from './asked_names'
import { when } from './shown'

const times = shallowReactive(new Map<number, string | null>())

export const { of: lessonName } = askedNames(async ([id]) => {
  const { title, started_at, planned_at } = await api.get('/api/v1/lessons/{id}', { path: { id: id! } })
  times.set(id!, started_at ?? planned_at)
  return [[id!, title] as const]
}, 1)

/** When it was, or is to be, held; known with its name, empty until then. */
export const lessonTime = (id: number): string => when(times.get(id))

/** Both of them in one line. */
export const lessonNameAndTime = (id: number): string => [lessonName(id), lessonTime(id)].filter((part) => part !== '').join(' · ')
