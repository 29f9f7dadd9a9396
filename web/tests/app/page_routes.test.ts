// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter, type RouteRecordRaw } from 'vue-router'
import { pageRoutes, routesOf, type PageRoute } from '@/app/page_routes'
import { mayOpen, router } from '@/app/router'
import { i18n } from '@/messages'
import { forgetMember, signIn } from '@/session/session'
import { playApi } from '../fake_api'

window.scrollTo = () => undefined // jsdom has none

const names = (routes: readonly RouteRecordRaw[]): unknown[] => routes.map(({ name }) => name)

describe('pages', () => {
  it('are gathered from their folders, each under a name of its own', () => {
    const all = names(pageRoutes)
    expect(all).toEqual(expect.arrayContaining(['lessons', 'lesson', 'sign-in']))
    expect(new Set(all).size).toBe(all.length)
  })

  it('come with their texts and what they want later, children too', async () => {
    const component = { default: { render: () => null } }
    const load = (): Promise<typeof component> => Promise.resolve(component)
    const child: PageRoute = { path: 'inner', name: 'inner', component: load, meta: { title: '' } }
    const later = vi.fn(() => Promise.reject(new Error('no line')))
    const route: PageRoute = { path: '/outer', component: load, later, meta: { title: '' }, children: [child] }
    const routes = routesOf({ '../pages/sign-in/routes.ts': { routes: [route] } })
    const own = createRouter({ history: createMemoryHistory(), routes })
    expect(i18n.global.te('signIn.heading')).toBe(false)
    await own.push('/outer/inner')
    expect(own.currentRoute.value.name).toBe('inner')
    expect(i18n.global.te('signIn.heading')).toBe(true)
    expect(later).toHaveBeenCalledOnce()
  })
})

describe('roles', () => {
  afterEach(() => vi.unstubAllGlobals())

  it.each([
    ['member', {}, 'forbidden'],
    ['lecturer', {}, 'kept'],
    ['member', { lecturer: true }, 'kept'],
    ['member', { steward: true }, 'forbidden'],
  ])('a %s (%o) is led to what is %s', async (role, more, name) => {
    playApi({ 'POST /api/v1/session': { member: { number: '7', name: '', role, ...more } } })
    const meta = { title: '', roles: ['lecturer', 'staff'] as const }
    const remove = router.addRoute({ path: '/kept', name: 'kept', component: { render: () => null }, meta })
    expect(mayOpen({ meta })).toBe(false)
    await signIn('7', { password: 'x' })
    await router.push('/kept')
    expect(router.currentRoute.value.name).toBe(name)
    remove()
    await router.push('/')
    forgetMember()
  })
})
