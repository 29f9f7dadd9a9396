import type { PageRoute } from '@/app/page_routes'

export const routes: PageRoute[] = [
  {
    path: '/lesson/:id(\\d{1,15})',
    name: 'lesson',
    component: () => import('./LessonPage.vue'),
    props: (route) => ({ id: Number(route.params['id']) }),
    meta: { title: 'lesson.title', dark: true, header: 'back' },
  },
]
