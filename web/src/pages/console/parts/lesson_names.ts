import { api } from '@/api/client'
import { askedNames } from './asked_names'

export const { of: lessonName } = askedNames(async (id) => (await api.get('/api/v1/lessons/{id}', { path: { id } })).title)
