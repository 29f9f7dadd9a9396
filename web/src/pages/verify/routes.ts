import type { PageRoute } from '@/app/page_routes'

export const routes: PageRoute[] = [
  {
    path: '/verify/:code([0-9A-Za-z-]{1,40})?',
    name: 'verify',
    component: () => import('./VerifyPage.vue'),
    props: (route) => ({ code: String(route.params['code'] ?? '') }),
    meta: { title: 'verify.title', open: true },
  },
]
