// Which version of the rules counts on a day, as the server finds it.
import type { Schema } from '@/api/call_types'
import { toLocal } from '../parts/shown'

type Policy = Schema<'Policy'>

export const today = (): string => toLocal(new Date().toISOString()).slice(0, 10)

/** `policies` in the order in which they were added: the latest word on a day counts. */
export function policyOn(policies: readonly Policy[], day: string): Policy | undefined {
  return [...policies].reverse().find(({ valid_from, valid_until }) => valid_from <= day && (valid_until === null || valid_until >= day))
}
