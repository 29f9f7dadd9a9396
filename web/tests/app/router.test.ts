// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { RouteLocationNormalized } from 'vue-router'
import { leaveForSignIn, router, safeTarget } from '@/app/router'
import { forgetMember, signIn } from '@/session/session'
import { noLine, playApi } from '../fake_api'

window.scrollTo = () => undefined // jsdom has none

const MEMBER = { number: '7', name: '', role: 'member', steward: false, lecturer: false }

describe('where to go after signing in', () => {
  it.each([
    ['/lesson/3', '/lesson/3'],
    ['/lesson/3?x=1', '/lesson/3?x=1'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-in?to=/sign-in', '/'],
    ['', '/'],
    [undefined, '/'],
    [['/a', '/b'], '/'],
  ])('%j leads to %s', (to, target) => {
    expect(safeTarget({ query: { to } } as unknown as RouteLocationNormalized)).toBe(target)
  })
})

describe('who may see what', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('asks strangers to sign in, and remembers where they were going', async () => {
    forgetMember()
    await router.push('/lesson/5')
    expect(router.currentRoute.value.fullPath).toBe('/sign-in?to=/lesson/5')
  })

  it('lets members in', async () => {
    playApi({ 'POST /api/v1/session': { member: MEMBER } })
    await signIn('7', { password: 'x' })
    await router.push('/')
    expect(router.currentRoute.value.name).toBe('lessons')
  })

  it('sends a member who was signed out elsewhere to sign in and back', async () => {
    playApi({ 'POST /api/v1/session': { member: MEMBER } })
    await signIn('7', { password: 'x' })
    await router.push('/?y=1')
    leaveForSignIn()
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('sign-in'))
    expect(router.currentRoute.value.query).toEqual({ to: '/?y=1', reason: 'signed-out' })
  })

  it('shows unknown addresses as such', async () => {
    await router.push('/nowhere/at/all')
    expect(router.currentRoute.value.name).toBe('missing')
  })
})

it('says so when the server cannot be asked who is signed in', async () => {
  vi.resetModules()
  const fresh = await import('@/app/router')
  playApi({ 'GET /api/v1/session': noLine })
  await fresh.router.push('/lesson/5')
  expect(fresh.router.currentRoute.value.fullPath).toBe('/unreachable?to=/lesson/5')
})
