// The one service worker of all pages: it keeps the shell, and the code and texts of pages
// that asked for it, so that they open without a line. It answers nothing else: the API,
// media and the socket go past it.
//
//   a page to open        from the server, within PATIENCE_MS; else the shell that is kept
//   /assets/…             what is kept, else from the server; names carry a hash
//
// The build puts in which files belong to what (build/keep_files.ts), so that the worker
// is another one after every update, and then keeps the files of the new build. It is a
// file of its own, without imports that stay.
import type { KeepMessage, KeptFiles } from './kept_files'

/** Only what is used of a worker's scope; the pages are compiled with the DOM's types. */
interface Scope {
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  addEventListener(type: 'install' | 'activate', run: (event: Lasting) => void): void
  addEventListener(type: 'fetch', run: (event: Fetching) => void): void
  addEventListener(type: 'message', run: (event: Lasting & { data: unknown }) => void): void
}
interface Lasting {
  waitUntil(work: Promise<unknown>): void
}
interface Fetching extends Lasting {
  request: Request
  respondWith(answer: Promise<Response>): void
}
declare const self: Scope
declare const __AIRCLASS_FILES__: KeptFiles

const FILES = __AIRCLASS_FILES__
const CACHE = 'airclass'
const SHELL = '/'
/** Pages whose files are kept are remembered under this name. */
const KEPT = '/kept-pages'
const PATIENCE_MS = 4_000

self.addEventListener('install', (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOld().then(() => self.clients.claim()))
})

/** One after another: each adds to the list of what is kept. */
let keeping: Promise<void> = Promise.resolve()

self.addEventListener('message', (event) => {
  const { keep } = (event.data ?? {}) as Partial<KeepMessage>
  if (typeof keep !== 'string' || !(keep in FILES.pages)) return
  keeping = keeping.catch(() => undefined).then(() => keepPage(keep))
  event.waitUntil(keeping)
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate' && isPage(url.pathname)) event.respondWith(openPage(request))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(kept(request))
})

/** Calendars, files to download and the like are no pages. */
function isPage(path: string): boolean {
  return !/^\/(api|live|whip|whep|calendar|podcast|classroom|assets)\b|\.\w+$/.test(path)
}

async function openPage(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  const shell = await cache.match(SHELL)
  if (shell === undefined) return fetch(request)
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(shell.clone()), PATIENCE_MS))
  const answer = fetch(request).then(
    (response) => (response.status >= 500 ? shell.clone() : response),
    () => shell.clone(),
  )
  return Promise.race([answer, late])
}

async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request)
}

async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE)
  await cache.add(new Request(SHELL, { cache: 'reload' }))
  const pages = await keptPages()
  await addMissing([...FILES.shell, ...pages.flatMap((page) => FILES.pages[page] ?? [])])
}

async function keepPage(page: string): Promise<void> {
  await addMissing([...FILES.shell, ...(FILES.pages[page] ?? [])])
  const pages = await keptPages()
  if (pages.includes(page)) return
  const cache = await caches.open(CACHE)
  await cache.put(KEPT, new Response(JSON.stringify([...pages, page])))
}

async function keptPages(): Promise<string[]> {
  const cache = await caches.open(CACHE)
  const stored = await cache.match(KEPT)
  return stored === undefined ? [] : ((await stored.json()) as string[])
}

async function addMissing(files: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE)
  const missing: string[] = []
  for (const file of files) if ((await cache.match(file)) === undefined) missing.push(file)
  await cache.addAll(missing)
}

/** Files of builds that were before. */
async function forgetOld(): Promise<void> {
  const cache = await caches.open(CACHE)
  const wanted = new Set([SHELL, KEPT, ...FILES.shell, ...Object.values(FILES.pages).flat()])
  for (const request of await cache.keys()) {
    if (!wanted.has(new URL(request.url).pathname)) await cache.delete(request)
  }
}
