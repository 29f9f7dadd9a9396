// The routes of all pages, as their folders have them.
import type { PageModule } from './page_routes'

export const pageModules = import.meta.glob<PageModule>('../pages/*/routes.ts', { eager: true })

/** The page that has the routes of `path`, `…/pages/NAME/routes.ts`. */
export function pageOf(path: string): string {
  return path.split('/').slice(-2)[0] ?? ''
}
