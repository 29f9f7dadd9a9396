import type { PageRoute } from '@/app/page_routes'

export const routes: PageRoute[] = [
  {
    path: '/screen',
    name: 'screen',
    component: () => import('./ScreenPage.vue'),
    meta: { title: 'screen.title', open: true, dark: true, ownLine: true, header: 'none' },
  },
]
