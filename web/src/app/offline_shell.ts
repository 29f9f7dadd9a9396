// Has the browser keep the shell of the pages, so that they open without a line; see
// public/offline.js. Where it cannot, the pages need a line to open, and all else is the same.

/** The first visit on a weak line is for the lesson; the shell comes after it. */
const AFTER_MS = 8_000

function used(): string[] {
  return performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${location.origin}/assets/`))
}

async function keepShell(): Promise<void> {
  await navigator.serviceWorker.register('/offline.js')
  const { active } = await navigator.serviceWorker.ready
  active?.postMessage(used())
}

/** Returns: how to think better of it, when the page is left before. */
export function keepShellLater(): () => void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return () => undefined
  const timer = setTimeout(() => void keepShell().catch(() => undefined), AFTER_MS)
  return () => clearTimeout(timer)
}
