import type { PageRoute } from '@/app/page_routes'

export const routes: PageRoute[] = [
  {
    path: '/',
    name: 'lessons',
    component: () => import('./LessonsPage.vue'),
    meta: { title: 'lessons.title', nav: 'member' },
  },
]
