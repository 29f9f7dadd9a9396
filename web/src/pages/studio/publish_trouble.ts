// Why this computer's picture does not get through, as a text that says what to do.
import { OFFLINE, type Problem } from '@/api/problem'

export type PublishTrouble = 'offline' | 'taken' | 'forbidden' | 'signedOut' | 'codec' | 'full' | 'server'

export function publishTrouble({ problem, status }: Problem): PublishTrouble {
  if (problem === OFFLINE) return 'offline'
  if (status === 409) return 'taken'
  if (status === 401) return 'signedOut'
  if (status === 403 || status === 404) return 'forbidden'
  if (status === 422 || status === 415) return 'codec'
  return status === 429 ? 'full' : 'server'
}
