// Writes FILE.gz and FILE.br beside every text file of the build, so that the server
// sends compressed bytes without compressing anything itself. A compressed file is kept
// even when it saves little: the server may then rely on both being there.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const TEXT = /\.(js|css|html|svg|json)$/

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const nested = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(path) : Promise.resolve([path])
    }),
  )
  return nested.flat()
}

async function compress(path: string): Promise<void> {
  const bytes = await readFile(path)
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  }
  await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  await writeFile(`${path}.br`, brotliCompressSync(bytes, { params }))
}

export function precompress(): Plugin {
  let folder = ''
  return {
    name: 'airclass-precompress',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    async closeBundle() {
      const files = await filesBelow(folder)
      await Promise.all(files.filter((path) => TEXT.test(path)).map(compress))
    },
  }
}
