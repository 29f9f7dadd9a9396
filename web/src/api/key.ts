// A name for one thing that is to be done once, however often it is sent.

/** 32 hex digits. `crypto.randomUUID` is not there on plain HTTP, nor on older phones. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
