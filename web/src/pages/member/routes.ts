import type { PageRoute } from '@/app/page_routes'

const lessonsAsk = ['/api/v1/lessons?limit=50', '/api/v1/record']

export const routes: PageRoute[] = [
  {
    path: '/',
    name: 'lessons',
    component: () => import('./LessonsPage.vue'),
    meta: { title: 'lessons.title', nav: 'member', asks: lessonsAsk },
  },
  {
    // The link of a branch, on a notice board: the list, at the lesson to come to.
    path: '/branch/:id(\\d{1,15})',
    name: 'branch',
    component: () => import('./LessonsPage.vue'),
    props: (route) => ({ branch: Number(route.params['id']) }),
    meta: { title: 'lessons.title', asks: lessonsAsk },
  },
  {
    path: '/library',
    name: 'library',
    component: () => import('./LibraryPage.vue'),
    meta: { title: 'library.title' },
  },
  {
    path: '/credit',
    name: 'credit',
    component: () => import('./CreditPage.vue'),
    meta: { title: 'year.title' },
  },
  {
    path: '/credit/:id(\\d{1,15})',
    name: 'record',
    component: () => import('./RecordPage.vue'),
    props: (route) => ({ id: Number(route.params['id']) }),
    meta: { title: 'record.title' },
  },
]
