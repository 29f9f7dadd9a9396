// Fetches the page that is opened, its texts and its first data while the shell's code is
// on its way: the router, which is in the shell, would come to it a way there and back
// later. It belongs to the first script, so it knows nothing of what is in the shell.
import { askEarly } from '@/api/early'
import { catalogueFile, files, firstLanguage } from '@/messages/files'
import { pageModules, pageOf } from './page_modules'
import type { PageModule, PageRoute } from './page_routes'

/** Who is signed in: every page but those for everybody asks. */
const SESSION = '/api/v1/session'

export interface FirstPage {
  page: string
  route: PageRoute
  /** What of the path has a name. */
  params: Record<string, string>
}

/** The route for `path`, of those for all who are signed in. Knows of vue-router's patterns
 *  those that our routes use; where it finds none, the router will. */
export function firstPageAt(path: string, modules: Record<string, PageModule>): FirstPage | null {
  for (const [file, { routes }] of Object.entries(modules)) {
    for (const route of routes) {
      if (route.meta?.roles !== undefined || route.meta?.open === true) continue
      const pattern = route.path.replace(/:(\w+)(?:\((.+?)\))?/g, (_, name, own = '[^/]+') => `(?<${name}>${own})`)
      const found = new RegExp(`^${pattern}/?$`).exec(path)
      if (found !== null) return { page: pageOf(file), route, params: { ...found.groups } }
    }
  }
  return null
}

/** What cannot be fetched now is fetched by the router, and told. */
export function fetchFirstPage(): void {
  const first = firstPageAt(location.pathname, pageModules)
  if (first === null) return
  const { page, route, params } = first
  askEarly(SESSION)
  for (const address of route.meta?.asks ?? []) {
    askEarly(address.replace(/:(\w+)/g, (_, name: string) => params[name] ?? ''))
  }
  route.component().catch(() => undefined)
  // The texts are the last small file: what is wanted later begins when the page's code is
  // nearly there, and does not hold the shell up.
  const texts = files[catalogueFile(firstLanguage(), page)]?.()
  texts?.then(() => route.later?.()).catch(() => undefined)
}
