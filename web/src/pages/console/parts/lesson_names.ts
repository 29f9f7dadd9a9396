import { api } from '@/api/client'
import { askedNames } from './asked_names'

export const { of: lessonName } = askedNames(async ([id]) => {
  const { title } = await api.get('/api/v1/lessons/{id}', { path: { id: id! } })
  return [[id!, title] as const]
}, 1)
