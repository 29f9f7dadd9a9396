// Pages as the router sees them. A page is a folder src/pages/NAME with a routes.ts:
//
//   export const routes: PageRoute[] = [
//     { path: '/verify/:code', name: 'verify', component: () => import('./VerifyPage.vue'),
//       meta: { title: 'verify.title', open: true } },
//   ]
//
// Its code, and its texts src/messages/{zh,en}/NAME.ts, are fetched when one of its routes
// is first taken, side by side.
import type { Component } from 'vue'
import type { RouteRecordRaw } from 'vue-router'
import { loadCatalogue } from '@/messages'
import type { Role } from '@/session/session'
import { pageModules, pageOf } from './page_modules'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the text for the window's title. */
    title: string
    /** Also for those who have not signed in. */
    open?: boolean
    /** Only for those whose highest role is one of these. */
    roles?: readonly Role[]
    /** Opens without a line too: the page itself asks who is signed in, and what it shows
     *  then is what it kept. */
    offline?: boolean
    dark?: boolean
    /** The page tells of its line itself. */
    ownLine?: boolean
    /** `back`: leads to the list of lessons; `none`: the page has the whole screen. */
    header?: 'back' | 'none'
    /** Stands among the pages to go to, under this key of `nav`, for those who may open it. */
    nav?: 'member' | 'steward' | 'studio' | 'console' | 'account'
    /** Who is shown the way there, where more may go than are likely to; else all who may. */
    navFor?: readonly Role[]
    /** What the page asks the API for at once, as the client will: `:id` is from the path. */
    asks?: readonly string[]
  }
}

type LoadPage = () => Promise<{ default: Component }>

export type PageRoute = Omit<RouteRecordRaw, 'component' | 'children' | 'components' | 'redirect'> & {
  component: LoadPage
  /** Fetches what the page will want when it is shown. */
  later?: () => Promise<unknown>
  children?: PageRoute[]
}

export interface PageModule {
  routes: PageRoute[]
}

function withTexts(page: string, load: LoadPage, later: PageRoute['later']): LoadPage {
  return async () => {
    const all = Promise.all([load(), loadCatalogue(page)])
    later?.().catch(() => undefined)
    const [component] = await all
    return component
  }
}

function routeOf(page: string, { component, later, children, ...rest }: PageRoute): RouteRecordRaw {
  return {
    ...rest,
    component: withTexts(page, component, later),
    ...(children === undefined ? {} : { children: children.map((child) => routeOf(page, child)) }),
  } as RouteRecordRaw
}

/** `modules`: by path, `…/pages/NAME/routes.ts`. */
export function routesOf(modules: Record<string, PageModule>): RouteRecordRaw[] {
  return Object.entries(modules).flatMap(([path, { routes }]) => {
    const page = pageOf(path)
    return routes.map((route) => routeOf(page, route))
  })
}

export const pageRoutes = routesOf(pageModules)
