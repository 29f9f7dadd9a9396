import { expect, it } from 'vitest'
import { firstPageAt } from '@/app/first_page'
import type { PageModule } from '@/app/page_routes'

const component = () => Promise.reject(new Error('not fetched here'))
const route = (path: string, meta = {}) => ({ path, component, meta: { title: 'x', ...meta } })
const MODULES = {
  '../pages/member/routes.ts': { routes: [route('/'), route('/credit/:id(\\d{1,15})')] },
  '../pages/lesson/routes.ts': { routes: [route('/lesson/:id(\\d{1,15})')] },
  '../pages/console/routes.ts': { routes: [route('/console', { roles: ['steward'] })] },
  '../pages/sign-in/routes.ts': { routes: [route('/sign-in', { open: true })] },
} as unknown as Record<string, PageModule>

it.each([
  ['/', 'member', {}],
  ['/lesson/17', 'lesson', { id: '17' }],
  ['/credit/3/', 'member', { id: '3' }],
])('%s is a page to fetch at once', (path, page, params) => {
  expect(firstPageAt(path, MODULES)).toMatchObject({ page, params })
})

it.each(['/lesson/x', '/nowhere', '/console', '/sign-in'])('%s is left to the router', (path) => {
  expect(firstPageAt(path, MODULES)).toBeNull()
})
