import type { PageRoute } from '@/app/page_routes'
import { sections } from './sections'

export const routes: PageRoute[] = [
  {
    path: '/console',
    component: () => import('./ConsolePage.vue'),
    meta: { title: 'console.title', roles: ['secretary', 'staff', 'administrator'], nav: 'console' },
    children: sections.map(({ name, path, component }) => ({
      path,
      name: `console-${name}`,
      component,
      meta: { title: `console.section.${name}` },
    })),
  },
]
