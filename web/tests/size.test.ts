// What a phone downloads before it shows something, by the real build.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Manifest } from 'vite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const KB = 1000

let folder: string
let manifest: Manifest

beforeAll(async () => {
  vi.stubEnv('NODE_ENV', 'production') // else the build is one for developers
  folder = mkdtempSync(join(tmpdir(), 'airclass-pages-'))
  await build({ logLevel: 'silent', build: { outDir: folder, emptyOutDir: true, manifest: true } })
  manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Manifest
}, 120_000)

afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** By its source or, as the shell has many, by its name. */
function chunkOf(key: string): Manifest[string] | undefined {
  return manifest[key] ?? Object.values(manifest).find(({ name }) => name === key)
}

/** `entries` and all that they import at once. */
function chunksOf(entries: string[]): string[] {
  const found = new Set<string>()
  const visit = (key: string): void => {
    const chunk = chunkOf(key)
    if (chunk === undefined) throw new Error(`no chunk ${key}`)
    if (found.has(key)) return
    found.add(key)
    chunk.imports?.forEach(visit)
  }
  entries.forEach(visit)
  return [...found]
}

/** Compressed bytes of script and style. */
function sizeOf(entries: string[]): number {
  const files = new Set(chunksOf(entries).flatMap((key) => [chunkOf(key)?.file ?? '', ...(chunkOf(key)?.css ?? [])]))
  return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0)
}

const SHELL = ['index.html', 'shell']
const page = (name: string, component: string): string[] => [
  `src/pages/${name}/${component}.vue`,
  `src/messages/zh/${name}.ts`,
]
const FIRST = [...SHELL, ...page('member', 'LessonsPage')]
const PLAYER = [...page('lesson', 'LessonPage'), 'src/player/hls_engine.ts']

describe("the member's first page", () => {
  it('is at most 150 KB before the player', () => {
    expect(sizeOf(FIRST)).toBeLessThan(150 * KB)
  })

  it('is at most 300 KB with it', () => {
    expect(sizeOf([...FIRST, ...PLAYER])).toBeLessThan(300 * KB)
  })
})

/* On a weak line each of these is waited for; see docs/adr/0026. */
it('the first script, and the engine, stay small', () => {
  expect(sizeOf(['index.html'])).toBeLessThan(10 * KB)
  expect(sizeOf(['hls'])).toBeLessThan(90 * KB)
})

it('no page loads the code or the texts of another', () => {
  const pageOf = (key: string): string | undefined =>
    /^src\/(?:pages|messages\/(?:zh|en))\/([\w-]+)(?:\/|\.ts$)/.exec(key)?.[1]
  const strangers = Object.keys(manifest)
    .filter((key) => pageOf(key) !== undefined)
    .flatMap((key) =>
      chunksOf([key])
        .filter((other) => (pageOf(other) ?? pageOf(key)) !== pageOf(key))
        .map((other) => `${key} loads ${other}`),
    )
  expect(strangers).toEqual([])
})
