// Fetches the code and the texts of a page that is likely to be opened next.
import type { RouteLocationNormalized } from 'vue-router'

/** What cannot be fetched now is fetched when the page is opened. */
export function prefetchPage(to: Pick<RouteLocationNormalized, 'matched'>): void {
  for (const { components } of to.matched) {
    const load = components?.['default']
    if (typeof load === 'function') void (load as () => Promise<unknown>)().catch(() => undefined)
  }
}
