import type { PageRoute } from '@/app/page_routes'

export const routes: PageRoute[] = [
  {
    path: '/steward',
    name: 'steward',
    component: () => import('./StewardPage.vue'),
    meta: {
      title: 'steward.title',
      // Whoever is the steward of a site may have no role at all.
      nav: 'steward',
      navFor: ['steward', 'secretary', 'staff', 'administrator'],
      offline: true,
    },
  },
]
