// The shell is one file, which the first script imports and index.html asks for at once.
import type { ManualChunkMeta } from 'rollup'
import type { Plugin } from 'vite'

const FIRST = '/src/main.ts'
const START = '/src/app/start.ts'
/** The name of its chunk. */
export const SHELL = 'shell'

/** Modules that `entry` imports, and they, at once. */
function importedBy(entry: string, { getModuleIds, getModuleInfo }: ManualChunkMeta): Set<string> {
  const found = new Set<string>()
  const visit = (id: string): void => {
    if (found.has(id)) return
    found.add(id)
    getModuleInfo(id)?.importedIds.forEach(visit)
  }
  for (const id of getModuleIds()) if (id.endsWith(entry)) visit(id)
  return found
}

/** The chunk of a module that the first script or the shell needs; undefined: of neither. */
export function shellChunks(): (id: string, meta: ManualChunkMeta) => string | undefined {
  let first: Set<string> | undefined
  let shell = new Set<string>()
  return (id, meta) => {
    if (first === undefined) {
      first = importedBy(FIRST, meta)
      shell = importedBy(START, meta)
    }
    if (first.has(id)) return 'first'
    return shell.has(id) ? SHELL : undefined
  }
}

export function preloadShell(): Plugin {
  return {
    name: 'airclass-preload-shell',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const shell = Object.values(bundle).find((one) => one.type === 'chunk' && one.name === SHELL)
        if (shell?.type !== 'chunk') throw new Error(`the build has no chunk ${SHELL}`)
        const link = (rel: string, file: string) =>
          ({ tag: 'link', attrs: { rel, crossorigin: true, href: `/${file}` }, injectTo: 'head' }) as const
        const styles = [...(shell.viteMetadata?.importedCss ?? [])]
        return [link('modulepreload', shell.fileName), ...styles.map((file) => link('stylesheet', file))]
      },
    },
  }
}
