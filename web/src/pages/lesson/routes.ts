import type { PageRoute } from '@/app/page_routes'

export const routes: PageRoute[] = [
  {
    path: '/lesson/:id(\\d{1,15})',
    name: 'lesson',
    component: () => import('./LessonPage.vue'),
    // Most of what a weak line has to bring: beside the page, not after it.
    later: () => import('@/player/hls_engine'),
    props: (route) => ({ id: Number(route.params['id']) }),
    meta: { title: 'lesson.title', dark: true, ownLine: true, header: 'back', asks: ['/api/v1/lessons/:id'] },
  },
]
