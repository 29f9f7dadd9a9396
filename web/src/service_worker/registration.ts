// A page that is to open without a line asks for its files to be kept.
import type { KeepMessage } from './kept_files'

/** `page`: its folder in src/pages. Does nothing where there are no service workers: on
 *  plain HTTP, in older browsers, and while developing. */
export function keepForOffline(page: string): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const message: KeepMessage = { keep: page }
  navigator.serviceWorker
    .register('/service-worker.js')
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => registration.active?.postMessage(message))
    .catch(() => undefined) // without it the page needs a line to open, as before
}
