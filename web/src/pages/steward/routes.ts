import type { PageRoute } from '@/app/page_routes'

export const routes: PageRoute[] = [
  {
    path: '/steward',
    name: 'steward',
    component: () => import('./StewardPage.vue'),
    meta: {
      title: 'steward.title',
      // Not by role: whoever is the steward of a room may have none.
      nav: 'steward',
      navFor: ['steward', 'secretary', 'staff', 'administrator'],
      offline: true,
    },
  },
]
