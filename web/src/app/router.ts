// Addresses, who may see them, and what happens when the session is gone.
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
import { api } from '@/api/client'
import { forgetEarly } from '@/api/early'
import { storageOrNull } from '@/classroom/surroundings'
import { ensureMember, forgetMember, member, partsOf } from '@/session/session'
import ForbiddenPage from './ForbiddenPage.vue'
import MissingPage from './MissingPage.vue'
import { pageRoutes } from './page_routes'
import { prefetchPage } from './prefetch'
import UnreachablePage from './UnreachablePage.vue'

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    ...pageRoutes,
    {
      path: '/unreachable',
      name: 'unreachable',
      component: UnreachablePage,
      meta: { title: 'trouble.server', open: true },
    },
    {
      path: '/not-allowed',
      name: 'forbidden',
      component: ForbiddenPage,
      meta: { title: 'trouble.forbidden' },
    },
    {
      path: '/:rest(.*)*',
      name: 'missing',
      component: MissingPage,
      meta: { title: 'missing.heading', open: true },
    },
  ],
})

/** The one signed in may open `route`, as far as what they are tells. */
export function mayOpen(route: Pick<RouteLocationNormalized, 'meta'>): boolean {
  const { open, roles } = route.meta
  if (open === true) return true
  const who = member.value
  return who !== null && (roles === undefined || partsOf(who).some((part) => roles.includes(part)))
}

router.beforeEach(async (to) => {
  if (to.meta.open === true) return true
  // Beside the question who it is, not after it: on a weak line each costs a round trip.
  if (to.meta.roles === undefined) prefetchPage(to)
  try {
    if ((await ensureMember()) !== null) return mayOpen(to) || { name: 'forbidden', replace: true }
  } catch {
    forgetEarly() // by the next try it would be old
    if (to.meta.offline === true) return true
    return { name: 'unreachable', query: { to: to.fullPath }, replace: true }
  }
  return { name: 'sign-in', query: to.path === '/' ? {} : { to: to.fullPath }, replace: true }
})

/* A page that was open while the server was updated asks for code that is there no more:
 * the whole page is loaded anew, but not again and again. */
const RELOADED_AT = 'airclass.reloaded-at'
const RELOAD_PAUSE_MS = 10_000

router.onError((_error, to) => {
  const storage = storageOrNull('sessionStorage')
  const last = Number(storage?.getItem(RELOADED_AT) ?? 0)
  if (storage === null || Date.now() - last < RELOAD_PAUSE_MS) {
    void router.replace({ name: 'unreachable', query: { to: to.fullPath } })
    return
  }
  storage.setItem(RELOADED_AT, String(Date.now()))
  location.assign(to.fullPath)
})

/** Signed out elsewhere: sign in, then come back to this page. */
export function leaveForSignIn(): void {
  forgetMember()
  const here = router.currentRoute.value
  if (here.name === 'sign-in') return
  void router.replace({ name: 'sign-in', query: { to: here.fullPath, reason: 'signed-out' } })
}

/** A path of ours to go to, from a query that anybody can have written. */
export function safeTarget(route: RouteLocationNormalized): string {
  const to = route.query['to']
  const ours = typeof to === 'string' && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in')
  return ours ? to : '/'
}

api.onSignedOut = leaveForSignIn
