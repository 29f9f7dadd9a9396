// What the build tells the service worker, and pages ask of it.

export interface KeptFiles {
  /** What every page needs. */
  shell: string[]
  /** What each page needs beside it: its code, what that imports, its texts. */
  pages: Record<string, string[]>
}

export interface KeepMessage {
  keep: string
}
