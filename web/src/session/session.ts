// Who is signed in, as far as this page knows.
import { readonly, ref } from 'vue'
import { api } from '@/api/client'
import type { Member } from '@/api/types'

const current = ref<Member | null>(null)
let asked = false

export const member = readonly(current)

/** The signed-in member, asked of the server once per page. Throws a Problem. */
export async function ensureMember(): Promise<Member | null> {
  if (!asked) {
    current.value = await api.member()
    asked = true
  }
  return current.value
}

export async function signIn(number: string, password: string): Promise<void> {
  current.value = await api.signIn(number, password)
  asked = true
}

export async function signOut(): Promise<void> {
  await api.signOut()
  forgetMember()
}

/** The server knows the session no more. */
export function forgetMember(): void {
  current.value = null
  asked = true
}
