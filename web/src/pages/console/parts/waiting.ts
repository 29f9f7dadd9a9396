// What waits for an administrator. It is counted up to a page of it.
import { api } from '@/api/client'
import { areaBranch } from '../area'
import { given } from './given'

export const COUNTED = 100

export function countText(n: number): string {
  return n >= COUNTED ? `${COUNTED}+` : String(n)
}

/** How many corrections and appeals are open. */
export async function openCases(): Promise<{ corrections: number; appeals: number }> {
  const query = given({ branch: areaBranch.value, limit: COUNTED })
  const { corrections } = await api.get('/api/v1/corrections', { query: { ...query, open: 1 } })
  const { appeals } = await api.get('/api/v1/appeals/open', { query })
  return { corrections: corrections.length, appeals: appeals.length }
}
