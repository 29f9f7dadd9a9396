// The columns of a roster, by the names that the server has for them.

/** As clerks have them in their tables. */
export const SAMPLE = [
  'number', 'name', 'kind', 'phone', 'home', 'home-from', 'host', 'host-from', 'certificate',
  'certificate-state', 'identity',
] as const

export const COLUMNS = [...SAMPLE, 'key-workers', 'key-enterprises', 'key-activists', 'key-worker-members'] as const

/** A table of headings alone. Spreadsheets take it for UTF-8 by its first character. */
export function sampleOf(headings: readonly string[]): Blob {
  return new Blob([`\ufeff${headings.join(',')}\r\n`], { type: 'text/csv' })
}
