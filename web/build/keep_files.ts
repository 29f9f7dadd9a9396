// Tells the service worker which files of the build belong to the shell and to each page.
import type { OutputBundle, OutputChunk } from 'rollup'
import type { Plugin } from 'vite'
import type { KeptFiles } from '../src/service_worker/kept_files'
import { SHELL } from './shell'

const WORKER = 'service-worker.js'
const PLACE = '__AIRCLASS_FILES__'

/** `chunk`, what it imports at once, and their styles. */
function filesOf(chunk: OutputChunk, bundle: OutputBundle, found = new Set<string>()): Set<string> {
  if (found.has(chunk.fileName)) return found
  found.add(chunk.fileName)
  chunk.viteMetadata?.importedCss.forEach((file) => found.add(file))
  for (const name of chunk.imports) {
    const other = bundle[name]
    if (other?.type === 'chunk') filesOf(other, bundle, found)
  }
  return found
}

export function keptFiles(bundle: OutputBundle): KeptFiles {
  const chunks = Object.values(bundle).filter((one): one is OutputChunk => one.type === 'chunk')
  const addresses = (files: Iterable<string>): string[] => [...files].map((file) => `/${file}`).sort()
  const shell = new Set<string>()
  for (const chunk of chunks) {
    const first = chunk.isEntry && chunk.fileName !== WORKER
    if (first || chunk.name === SHELL) filesOf(chunk, bundle, shell)
  }
  const pages = new Map<string, Set<string>>()
  for (const chunk of chunks) {
    const from = chunk.facadeModuleId ?? ''
    const page = /\/src\/(?:pages|messages\/(?:zh|en))\/([\w-]+)(?:\/|\.ts$)/.exec(from)?.[1]
    if (page === undefined || page === 'common') continue
    pages.set(page, filesOf(chunk, bundle, pages.get(page)))
    // What a page loads later on is its own too: an engine, a decoder.
    for (const name of chunk.dynamicImports) {
      const other = bundle[name]
      if (other?.type === 'chunk') filesOf(other, bundle, pages.get(page))
    }
  }
  const own = (files: Set<string>): string[] => addresses([...files].filter((file) => !shell.has(file)))
  return {
    shell: addresses(shell),
    pages: Object.fromEntries([...pages].sort().map(([page, files]) => [page, own(files)])),
  }
}

export function keepFiles(): Plugin {
  return {
    name: 'airclass-keep-files',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle[WORKER]
      if (worker?.type !== 'chunk') throw new Error(`the build has no ${WORKER}`)
      worker.code = worker.code.replace(PLACE, () => JSON.stringify(keptFiles(bundle)))
    },
  }
}
