// The service worker: the pages open without a line, and the page then says that there is
// none. Nothing else is kept: lessons, answers of the API and sockets pass by.
//
// Kept are index.html and those files of assets/ that this device has used; their names
// carry a hash of their content, so one that is kept is the right one. The page tells which
// it uses, since the first visit is over before there is a service worker.
const SHELL = 'airclass-shell-1'
const MOST_FILES = 120
const PATIENCE_MS = 4000

function isAsset(url) {
  return url.origin === location.origin && url.pathname.startsWith('/assets/')
}

/* The oldest go first; keys() gives them in the order in which they were put. */
async function keepFew(cache) {
  const keys = (await cache.keys()).filter((request) => isAsset(new URL(request.url)))
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST_FILES)).map((key) => cache.delete(key)))
}

async function keep(request, response) {
  if (!response.ok) return
  const cache = await caches.open(SHELL)
  await cache.put(request, response)
  await keepFew(cache)
}

async function page(event) {
  const kept = await caches.match('/', { cacheName: SHELL })
  const fetching = fetch(event.request)
  event.waitUntil(fetching.then((response) => keep('/', response.clone())).catch(() => undefined))
  if (kept === undefined) return fetching
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS))
  return Promise.race([fetching.then((response) => (response.status >= 500 ? kept : response)), late]).catch(() => kept)
}

async function asset(event) {
  const kept = await caches.match(event.request, { cacheName: SHELL })
  if (kept !== undefined) return kept
  const response = await fetch(event.request)
  event.waitUntil(keep(event.request, response.clone()))
  return response
}

self.addEventListener('install', (event) => {
  self.skipWaiting()
  event.waitUntil(caches.open(SHELL).then((cache) => cache.add('/')))
})

self.addEventListener('activate', (event) => {
  const tidy = caches
    .keys()
    .then((names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name))))
  event.waitUntil(tidy.then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET') return
  if (request.mode === 'navigate') {
    const { pathname } = new URL(request.url)
    if (!/^\/(api|live|whip|whep|calendar|podcast)\//.test(pathname)) event.respondWith(page(event))
  } else if (isAsset(new URL(request.url))) event.respondWith(asset(event))
})

/* What the page uses: a list of addresses. */
self.addEventListener('message', (event) => {
  if (!Array.isArray(event.data)) return
  const wanted = event.data.map((address) => new URL(address, location.origin)).filter(isAsset)
  event.waitUntil(
    caches.open(SHELL).then(async (cache) => {
      for (const url of wanted.slice(0, MOST_FILES)) {
        if ((await cache.match(url.href)) === undefined) await cache.add(url.href).catch(() => undefined)
      }
      await keepFew(cache)
    }),
  )
})
