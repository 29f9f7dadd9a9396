import { api } from '@/api/client'
import { askedNames } from './asked_names'

export const { of: branchName, learn: learnBranch } = askedNames(
  async (id) => (await api.get('/api/v1/branches/{id}', { path: { id } })).name,
)
