import type { PageRoute } from '@/app/page_routes'

export const routes: PageRoute[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./SignInPage.vue'),
    meta: { title: 'signIn.title', open: true },
  },
]
