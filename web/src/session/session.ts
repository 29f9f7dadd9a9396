// Who is signed in, as far as this page knows.
import { readonly, ref } from 'vue'
import type { Schema } from '@/api/call_types'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import { handOver } from './phone_store'

export type SignedIn = Schema<'Session'>['member']
export type Role = SignedIn['role']

/** What they are: their highest role, and what takes none. */
export function partsOf(who: SignedIn): Role[] {
  return [who.role, ...(who.steward ? (['steward'] as const) : []), ...(who.lecturer ? (['lecturer'] as const) : [])]
}

const current = ref<SignedIn | null>(null)
let asked = false

export const member = readonly(current)

/** The signed-in member, asked of the server once per page. Throws a Problem. Who has to
 *  change their password first is nobody yet: they sign in again, and change it. */
export async function ensureMember(): Promise<SignedIn | null> {
  return asked ? current.value : askMember()
}

/** Asked once more: another may have signed in on another page. Throws a Problem. */
export async function askMember(): Promise<SignedIn | null> {
  current.value = await whoIsSignedIn()
  asked = true
  return current.value
}

async function whoIsSignedIn(): Promise<SignedIn | null> {
  try {
    return membered(await api.get('/api/v1/session'))
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null
    throw error
  }
}

/** Null, when nothing may be done before the password is another one. */
const membered = (session: Schema<'Session'>): SignedIn | null =>
  session.must_change_password ? null : session.member

/** With a password, or a code that was sent to the member's phone. Resolves with whether the
 *  password must be changed before anything else. Throws a Problem. */
export async function signIn(number: string, secret: { password: string } | { code: string }): Promise<boolean> {
  const session = await api.post('/api/v1/session', { body: { number, ...secret } })
  await handOver(session.member.number)
  current.value = membered(session)
  asked = true
  return session.must_change_password
}

/** Bytes, as the server counts. */
const PASSWORD_LEAST = 8
const PASSWORD_MOST = 128

export function mayBePassword(text: string): boolean {
  const bytes = new TextEncoder().encode(text).length
  return bytes >= PASSWORD_LEAST && bytes <= PASSWORD_MOST
}

/** Changes `password` into what it is called with. All sessions end with the old password: a
 *  new one begins with the new. Either answer may be lost, so that a further call signs in
 *  with what the one before has sent, if it can, before it changes anything. Throws a Problem. */
export function passwordChange(number: string, password: string): (wanted: string) => Promise<void> {
  let now = password
  /** May be the password by now. */
  let sent: string | null = null

  return async (wanted) => {
    if (sent !== null && (await opens(number, sent))) now = sent
    if (now === wanted) return
    sent = wanted
    try {
      await api.put('/api/v1/password', { body: { password: now, new_password: wanted } })
    } catch (error) {
      if (error instanceof Problem && error.status >= 400 && error.status < 500) sent = null
      throw error
    }
    await signIn(number, { password: wanted })
  }
}

/** Signs in with this password, unless it is a wrong one. */
async function opens(number: string, password: string): Promise<boolean> {
  try {
    await signIn(number, { password })
    return true
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return false
    throw error
  }
}

export async function signOut(): Promise<void> {
  await api.delete('/api/v1/session')
  forgetMember()
}

/** The server knows the session no more. */
export function forgetMember(): void {
  void handOver(null)
  current.value = null
  asked = true
}
