// Builds hls.js from its own sources, without what our streams have not: everything but
// fMP4, encryption, subtitles, interstitials, steering, and what it would log. That is
// half of its bytes (docs/adr/0026). The features with a __USE_…__ go the way that its
// own light build takes.
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst, transformWithEsbuild, type Plugin } from 'vite'

const PACKAGE = fileURLToPath(new URL('../node_modules/hls.js', import.meta.url))
const SOURCES = join(PACKAGE, 'src')
const NOTHING = '\0hls-nothing'
const UTF8 = '\0hls-utf8'

const FEATURES = {
  __USE_ALT_AUDIO__: true, // sound is a rendition of its own
  __USE_CMCD__: false,
  __USE_CONTENT_STEERING__: false,
  __USE_EME_DRM__: false,
  __USE_INTERSTITIALS__: false,
  __USE_M2TS_ADVANCED_CODECS__: false,
  __USE_MEDIA_CAPABILITIES__: false,
  __USE_SUBTITLES__: false,
  __USE_VARIABLE_SUBSTITUTION__: false,
  __IN_WORKER__: false,
  __HLS_WORKER_BUNDLE__: undefined,
}

/** Modules that nothing reaches with these features and streams. */
const LEFT_OUT = new Set([
  'controller/cmcd-controller',
  'controller/content-steering-controller',
  'controller/eme-controller',
  'controller/interstitial-player',
  'controller/interstitials-controller',
  'controller/interstitials-schedule',
  'controller/subtitle-stream-controller',
  'controller/subtitle-track-controller',
  'controller/timeline-controller',
  'crypt/aes-decryptor',
  'demux/audio/aacdemuxer',
  'demux/audio/ac3-demuxer',
  'demux/audio/mp3demuxer',
  'demux/transmuxer-worker',
  'demux/tsdemuxer',
  'demux/video/hevc-video-parser',
  'loader/interstitial-asset-list',
  'loader/interstitial-event',
  'utils/cues',
  'utils/fetch-loader',
  'utils/mediacapabilities-helper',
  'utils/mediakeys-helper',
  'utils/variable-substitution',
])

/** Of its file, passing through takes two functions that are left. */
const REMUXER = 'remux/mp4-remuxer'
const REMUXES = join(SOURCES, 'demux/transmuxer.ts')

const LOG = new Set(['trace', 'debug', 'log', 'info', 'warn', 'error'])

interface Node {
  type: string
  start: number
  end: number
  [part: string]: unknown
}

function isNode(part: unknown): part is Node {
  return typeof (part as Node | null)?.type === 'string'
}

/** `this.log(…)`, `hls.logger.warn(…)` and the like, as a statement. */
function logs({ type, expression }: Node): boolean {
  if (type !== 'ExpressionStatement' || !isNode(expression) || expression.type !== 'CallExpression') return false
  const callee = expression['callee'] as Node
  if (callee.type !== 'MemberExpression') return false
  const { object, property } = callee as unknown as { object: Node; property: Node }
  const logger = object['name'] ?? (object['property'] as Node | undefined)?.['name']
  return LOG.has(property['name'] as string) && (object.type === 'ThisExpression' || logger === 'logger')
}

/** Without what it would log: there is nobody to read it. */
function silent(code: string): string {
  const statements: Node[] = []
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(visit)
    else if (isNode(part) && logs(part)) statements.push(part)
    else if (isNode(part)) Object.values(part).forEach(visit)
  }
  visit(parseAst(code))
  return statements.reduceRight((rest, { start, end }) => `${rest.slice(0, start)};${rest.slice(end)}`, code)
}

export function leanHls(): Plugin {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string }
  const define = Object.entries({ ...FEATURES, __VERSION__: JSON.stringify(version) })
  return {
    name: 'airclass-lean-hls',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source === 'hls.js') return join(SOURCES, 'hls.ts')
      if (importer?.startsWith(SOURCES) !== true) return null
      // A library of 24 MB, for this one function, ids of sessions and the tags of MP3.
      if (source.startsWith('@svta/')) return source.endsWith('/utf8ArrayToStr') ? UTF8 : NOTHING
      if (!source.startsWith('.')) return null
      const name = relative(SOURCES, resolve(dirname(importer), source))
      return LEFT_OUT.has(name) || (name === REMUXER && importer === REMUXES) ? NOTHING : null
    },
    load(id) {
      if (id === UTF8) return 'export const utf8ArrayToStr = (bytes) => new TextDecoder().decode(bytes)'
      return id === NOTHING ? { code: 'export default {}', syntheticNamedExports: true } : null
    },
    async transform(code, id) {
      if (!id.startsWith(SOURCES)) return null
      const compilerOptions = { useDefineForClassFields: false } // as hls.js is compiled by itself
      const script = await transformWithEsbuild(code, id, {
        loader: 'ts',
        target: 'es2020',
        sourcemap: false,
        tsconfigRaw: { compilerOptions },
        define: Object.fromEntries(define.map(([name, value]) => [name, String(value)])),
      })
      return { code: silent(script.code), map: null }
    },
  }
}
