// @vitest-environment jsdom
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'vue/compiler-sfc'
import { currentLanguage, i18n, loadCatalogue, setLanguage } from '@/messages'
import { chooseLanguage } from '@/messages/files'

const SOURCES = join(process.cwd(), 'src')
const catalogues = import.meta.glob<{ default: object }>('../../src/messages/{zh,en}/*.ts', { eager: true })

type Texts = Map<string, string>

function flatten(tree: object, prefix = ''): Texts {
  const flat: Texts = new Map()
  for (const [key, value] of Object.entries(tree) as [string, string | object][]) {
    if (typeof value === 'string') flat.set(prefix + key, value)
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text)
  }
  return flat
}

function read(language: 'zh' | 'en'): Map<string, Texts> {
  const start = `../../src/messages/${language}/`
  const found = new Map<string, Texts>()
  for (const [path, file] of Object.entries(catalogues)) {
    if (path.startsWith(start)) found.set(path.slice(start.length, -'.ts'.length), flatten(file.default))
  }
  return found
}

const chinese = read('zh')
const english = read('en')
const pages = [...chinese.keys()]
const keysOf = (page: string): string[] => [...(chinese.get(page)?.keys() ?? [])]
const spaceOf = (key: string): string => key.slice(0, key.indexOf('.'))

function files(extension: string): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .filter((name) => !name.startsWith('messages') && name !== 'api/schema.d.ts')
}
const sources = [...files('.vue'), ...files('.ts')]
/** Without comments, which may name anything. */
const textOf = (name: string): string =>
  readFileSync(join(SOURCES, name), 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
const CHINESE = /[\u2e80-\u9fff\uff00-\uffef]/

/** The page whose folder `name` lies in; the shell's files say what `common` has. */
const pageOf = (name: string): string => /^pages\/([^/]+)\//.exec(name)?.[1] ?? 'common'

describe('catalogues', () => {
  it('are there in both languages, one for each page', () => {
    expect([...english.keys()].sort()).toEqual([...pages].sort())
    const folders = readdirSync(join(SOURCES, 'pages'))
    expect([...pages].sort()).toEqual([...folders, 'common'].sort())
  })

  it('never say the same thing in two files', () => {
    const spaces = pages.flatMap((page) => [...new Set(keysOf(page).map(spaceOf))])
    expect(spaces.filter((space, at) => spaces.indexOf(space) !== at)).toEqual([])
  })

  it.each(pages)('%s: the same keys and places in both, and something under each', (page) => {
    const [zh, en] = [chinese.get(page) ?? new Map(), english.get(page) ?? new Map()] as [Texts, Texts]
    expect([...en.keys()]).toEqual([...zh.keys()])
    const places = (text = ''): string[] => (text.match(/\{\w+\}/g) ?? []).sort()
    for (const [key, text] of zh) {
      expect(places(en.get(key)), key).toEqual(places(text))
      expect(text.trim(), key).not.toBe('')
      expect(en.get(key)?.trim(), key).not.toBe('')
    }
  })

  it.each(pages)('%s: in English one of a thing is not told as several', (page) => {
    const several = /\{\w+\} (?!(?:is|was|has|ms)\b)(?:[a-z]+ )?[a-z]+s\b/
    expect([...(english.get(page) ?? [])].filter(([, text]) => several.test(text))).toEqual([])
  })

  it.each(pages)('%s: no text that nobody shows', (page) => {
    const used = sources
      .filter((name) => page === 'common' || pageOf(name) === page)
      .map(textOf)
      .join('\n')
    const unused = keysOf(page).filter((key) => {
      const family = key.slice(0, key.lastIndexOf('.') + 1)
      return !used.includes(`\`${family}\${`) && !used.includes(`'${key}'`)
    })
    expect(unused).toEqual([])
  })

  it.each(sources)('%s shows only what its page and the shell say', (name) => {
    const known = new Set([...keysOf('common'), ...keysOf(pageOf(name))])
    const spaces = new Set(pages.flatMap(keysOf).map(spaceOf))
    const shown = [...textOf(name).matchAll(/['`]([a-zA-Z]\w*(?:\.\w+)+)['`]/g)]
      .map(([, key]) => key ?? '')
      .filter((key) => spaces.has(spaceOf(key)))
    const asked = [...textOf(name).matchAll(/(?<![\w.$])t\(\s*'([^']+)'/g)].map(([, key]) => key ?? '')
    expect([...shown, ...asked].filter((key) => !known.has(key))).toEqual([])
    const families = [...textOf(name).matchAll(/(?<![\w.$])t\(\s*`([\w.]+\.)\$\{/g)].map(([, family]) => family ?? '')
    const missing = families.filter((family) => ![...known].some((key) => key.startsWith(family)))
    expect(missing).toEqual([])
  })
})

describe('components hold no text of their own', () => {
  interface Node {
    type: number
    content?: unknown
    props?: { type: number; name: string; value?: { content: string }; arg?: { content: string }; exp?: { content: string } }[]
    children?: Node[]
  }
  const TEXT = 2
  const INTERPOLATION = 5
  const ATTRIBUTE = 6
  const DIRECTIVE = 7
  const SHOWN = ['title', 'alt', 'placeholder', 'label', 'hint', 'error', 'aria-label', 'aria-description', 'text']

  /** Strings of an expression that read like words: with a blank, a capital or Chinese. */
  function words(expression: string): string[] {
    return [...expression.matchAll(/'([^']*)'/g)]
      .map(([, text]) => text ?? '')
      .filter((text) => /\p{L}/u.test(text))
      .filter((text) => /\s|^\p{Lu}/u.test(text) || CHINESE.test(text))
  }

  function literals(node: Node): string[] {
    const found: string[] = []
    if (node.type === TEXT && typeof node.content === 'string') found.push(node.content.trim())
    if (node.type === INTERPOLATION) found.push(...words((node.content as { content: string }).content))
    for (const prop of node.props ?? []) {
      if (prop.type === ATTRIBUTE && SHOWN.includes(prop.name)) found.push(prop.value?.content ?? '')
      const bound = prop.type === DIRECTIVE && prop.name === 'bind' ? prop.arg?.content : undefined
      if (bound !== undefined && SHOWN.includes(bound)) found.push(...words(prop.exp?.content ?? ''))
    }
    for (const child of node.children ?? []) found.push(...literals(child))
    return found.filter((text) => /\p{L}/u.test(text))
  }

  it.each(files('.vue'))('%s', (name) => {
    const root = parse(textOf(name)).descriptor.template?.ast as unknown as Node | undefined
    expect(root === undefined ? [] : literals(root)).toEqual([])
  })

  it.each(sources)('%s has no Chinese', (name) => {
    expect(CHINESE.test(textOf(name))).toBe(false)
  })

  it('finds a literal where there is one', () => {
    const bad =
      '<template><p title="Hi" :label="a ? \'Go on\' : x">{{ t("x") }}<b>你好</b>{{ \'Now\' }}</p></template>'
    const root = parse(bad).descriptor.template?.ast as unknown as Node
    expect(literals(root)).toEqual(['Hi', 'Go on', '你好', 'Now'])
  })
})

describe('the language', () => {
  it.each([
    ['en', ['zh-CN'], 'en'],
    [null, ['zh-TW', 'en'], 'zh'],
    [null, ['en-GB', 'zh'], 'en'],
    [null, ['fr', 'EN'], 'en'],
    [null, ['fr', 'de'], 'zh'],
    [null, [], 'zh'],
    ['klingon', ['en'], 'en'],
  ])('stored %s, preferred %j: %s', (stored, preferred, language) => {
    expect(chooseLanguage(stored, preferred)).toBe(language)
  })

  it('changes with the texts of the pages that were opened', async () => {
    await setLanguage('zh')
    expect(i18n.global.te('signIn.heading', 'zh')).toBe(false)
    await loadCatalogue('sign-in')
    expect(i18n.global.t('signIn.title')).toBe(chinese.get('sign-in')?.get('signIn.title'))
    expect(i18n.global.te('signIn.heading', 'en')).toBe(false)
    await setLanguage('en')
    expect(currentLanguage()).toBe('en')
    expect(document.documentElement.lang).toBe('en')
    expect(i18n.global.t('signIn.title')).toBe(english.get('sign-in')?.get('signIn.title'))
  })

  it('does not come with a page that has no texts', async () => {
    await expect(loadCatalogue('nowhere')).rejects.toThrow('no catalogue')
  })
})
