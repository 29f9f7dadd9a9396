import type { PageRoute } from '@/app/page_routes'

export const routes: PageRoute[] = [
  {
    path: '/studio',
    name: 'studio',
    component: () => import('./StudioListPage.vue'),
    meta: { title: 'studio.title', roles: ['lecturer', 'secretary', 'staff', 'administrator'], nav: 'studio' },
  },
  {
    // Whoever lectures in it may, whatever their role: the server knows.
    path: '/studio/:id(\\d{1,15})',
    name: 'studio-lesson',
    component: () => import('./StudioPage.vue'),
    props: (route) => ({ id: Number(route.params['id']), camera: route.query['camera'] !== undefined }),
    meta: { title: 'studio.title' },
  },
]
