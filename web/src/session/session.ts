// Who is signed in, as far as this page knows.
import { readonly, ref } from 'vue'
import type { Schema } from '@/api/call_types'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'

export type SignedIn = Schema<'Session'>['member']
export type Role = SignedIn['role']

const current = ref<SignedIn | null>(null)
let asked = false

export const member = readonly(current)

/** The signed-in member, asked of the server once per page. Throws a Problem. */
export async function ensureMember(): Promise<SignedIn | null> {
  if (!asked) {
    current.value = await whoIsSignedIn()
    asked = true
  }
  return current.value
}

async function whoIsSignedIn(): Promise<SignedIn | null> {
  try {
    return (await api.get('/api/v1/session')).member
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null
    throw error
  }
}

/** With a password, or a code that was sent to the member's phone. Throws a Problem. */
export async function signIn(number: string, secret: { password: string } | { code: string }): Promise<void> {
  const { member } = await api.post('/api/v1/session', { body: { number, ...secret } })
  current.value = member
  asked = true
}

export async function signOut(): Promise<void> {
  await api.delete('/api/v1/session')
  forgetMember()
}

/** The server knows the session no more. */
export function forgetMember(): void {
  current.value = null
  asked = true
}
