import { askEarly } from '@/api/early'
import type { PageRoute } from '@/app/page_routes'

export const routes: PageRoute[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./SignInPage.vue'),
    // What it looks like hangs on it: asked while its code is on its way.
    later: async () => askEarly('/api/v1/session/code'),
    meta: { title: 'signIn.title', open: true },
  },
]
