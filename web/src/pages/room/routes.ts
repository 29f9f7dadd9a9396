import type { PageRoute } from '@/app/page_routes'

// What the QR code on a room's screen opens.
export const routes: PageRoute[] = [
  {
    path: '/room/:lesson(\\d{1,15})/:site(\\d{1,15})',
    name: 'room',
    component: () => import('./RoomPage.vue'),
    props: (route) => ({
      lesson: Number(route.params['lesson']),
      site: Number(route.params['site']),
      digits: /^\d{6}$/.exec(String(route.query['digits'] ?? ''))?.[0] ?? '',
    }),
    meta: { title: 'roomEntry.title', header: 'back' },
  },
]
