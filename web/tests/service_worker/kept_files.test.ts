import { expect, it } from 'vitest'
import { keptFiles } from '../../build/keep_files'

type Bundle = Parameters<typeof keptFiles>[0]

/** Chunks by their file name, as the bundler gives them. */
function bundleOf(chunks: Record<string, { from?: string; imports?: string[]; later?: string[]; css?: string[]; entry?: boolean }>): Bundle {
  return Object.fromEntries(
    Object.entries(chunks).map(([fileName, { from = null, imports = [], later = [], css = [], entry = false }]) => [
      fileName,
      {
        type: 'chunk', fileName, name: /([\w-]+)-\d/.exec(fileName)?.[1], facadeModuleId: from, imports, dynamicImports: later, isEntry: entry,
        viteMetadata: { importedCss: new Set(css) },
      },
    ]),
  ) as unknown as Bundle
}

it('keeps with a page what it imports, its styles, its texts and what it loads later', () => {
  const bundle = bundleOf({
    'assets/index-1.js': { entry: true, css: ['assets/index-1.css'], later: ['assets/shell-1.js', 'assets/a-1.js'] },
    'assets/shell-1.js': { imports: ['assets/vue-1.js', 'assets/index-1.js'] },
    'assets/vue-1.js': {},
    'service-worker.js': { entry: true },
    'assets/a-1.js': { from: '/w/src/pages/steward/A.vue', imports: ['assets/vue-1.js', 'assets/qr-1.js'], css: ['assets/a-1.css'], later: ['assets/jsqr-1.js'] },
    'assets/qr-1.js': {},
    'assets/jsqr-1.js': {},
    'assets/zh-1.js': { from: '/w/src/messages/zh/steward.ts' },
    'assets/en-1.js': { from: '/w/src/messages/en/steward.ts' },
    'assets/b-1.js': { from: '/w/src/pages/member/B.vue' },
  })
  expect(keptFiles(bundle)).toEqual({
    shell: ['/assets/index-1.css', '/assets/index-1.js', '/assets/shell-1.js', '/assets/vue-1.js'],
    pages: {
      member: ['/assets/b-1.js'],
      steward: ['/assets/a-1.css', '/assets/a-1.js', '/assets/en-1.js', '/assets/jsqr-1.js', '/assets/qr-1.js', '/assets/zh-1.js'],
    },
  })
})
