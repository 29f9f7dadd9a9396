// What can be in the way of a whole page, and which of it a failure is.
import { OFFLINE, Problem } from '@/api/problem'

export type Trouble = 'offline' | 'server' | 'forbidden' | 'missing' | 'signedOut'

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Problem)) return 'server'
  if (error.problem === OFFLINE) return 'offline'
  if (error.status === 401) return 'signedOut'
  if (error.status === 403) return 'forbidden'
  return error.status === 404 ? 'missing' : 'server'
}
