import { api } from '@/api/client'
import { askedNames } from './asked_names'

export const { of: branchName, learn: learnBranch } = askedNames(async (ids) => {
  const { branches } = await api.get('/api/v1/branch-names', { query: { ids: ids.join(',') } })
  return branches.map(({ id, name }) => [id, name] as const)
}, 100)
