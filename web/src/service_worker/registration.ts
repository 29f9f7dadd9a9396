// A page that is to open without a line asks for its files to be kept.
import type { KeepMessage } from './kept_files'

/** `pages`: their folders in src/pages. Does nothing where there are no service workers: on
 *  plain HTTP, in older browsers, and while developing. */
export function keepForOffline(...pages: string[]): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  navigator.serviceWorker
    .register('/service-worker.js')
    .then(() => navigator.serviceWorker.ready)
    .then(({ active }) => {
      for (const keep of pages) active?.postMessage({ keep } satisfies KeepMessage)
    })
    .catch(() => undefined) // without it the page needs a line to open, as before
}
