// What the classroom needs of the browser around it.

/** The page's own origin as a WebSocket address. */
export function socketOrigin(): string {
  return location.origin.replace(/^http/, 'ws')
}

/** null when the browser keeps storage from us. */
export function storageOrNull(kind: 'localStorage' | 'sessionStorage'): Storage | null {
  try {
    return window[kind]
  } catch {
    return null
  }
}
