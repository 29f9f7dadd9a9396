// @vitest-environment jsdom
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'vue/compiler-sfc'
import { chooseLanguage } from '@/messages'
import { en } from '@/messages/en'
import { zh } from '@/messages/zh'

const SOURCES = join(process.cwd(), 'src')

function flatten(tree: object, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>()
  for (const [key, value] of Object.entries(tree) as [string, string | object][]) {
    if (typeof value === 'string') flat.set(prefix + key, value)
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text)
  }
  return flat
}

const chinese = flatten(zh)
const english = flatten(en)

function files(extension: string): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .filter((name) => !name.startsWith('messages') && name !== 'api/schema.d.ts')
}

const read = (name: string): string => readFileSync(join(SOURCES, name), 'utf8')
const CHINESE = /[\u2e80-\u9fff\uff00-\uffef]/

describe('catalogues', () => {
  it('have the same keys', () => {
    expect([...english.keys()]).toEqual([...chinese.keys()])
  })

  it('say something under each', () => {
    for (const text of [...chinese.values(), ...english.values()]) expect(text.trim()).not.toBe('')
  })

  it.each([...chinese.keys()])('%s has the same places in both', (key) => {
    const places = (text = ''): string[] => (text.match(/\{\w+\}/g) ?? []).sort()
    expect(places(english.get(key))).toEqual(places(chinese.get(key)))
  })

  it('have no text that nobody shows', () => {
    const used = [...files('.vue'), ...files('.ts')].map(read).join('\n')
    const unused = [...chinese.keys()].filter((key) => {
      const family = key.slice(0, key.lastIndexOf('.') + 1)
      const computed = used.includes(`\`${family}\${`)
      return !computed && !used.includes(`'${key}'`)
    })
    expect(unused).toEqual([])
  })
})

describe('components hold no text of their own', () => {
  interface Node {
    type: number
    content?: unknown
    props?: { type: number; name: string; value?: { content: string } }[]
    children?: Node[]
    branches?: Node[]
  }
  const TEXT = 2
  const ATTRIBUTE = 6
  const SHOWN = ['title', 'alt', 'placeholder', 'label', 'aria-label', 'aria-description', 'text']

  function literals(node: Node): string[] {
    const found: string[] = []
    if (node.type === TEXT && typeof node.content === 'string') found.push(node.content.trim())
    for (const prop of node.props ?? []) {
      if (prop.type === ATTRIBUTE && SHOWN.includes(prop.name)) found.push(prop.value?.content ?? '')
    }
    for (const child of node.children ?? []) found.push(...literals(child))
    return found.filter((text) => /\p{L}/u.test(text))
  }

  it.each(files('.vue'))('%s', (name) => {
    const { descriptor } = parse(read(name))
    const root = descriptor.template?.ast as unknown as Node | undefined
    expect(root === undefined ? [] : literals(root)).toEqual([])
  })

  it.each([...files('.vue'), ...files('.ts')])('%s has no Chinese', (name) => {
    expect(CHINESE.test(read(name))).toBe(false)
  })

  it('finds a literal where there is one', () => {
    const bad = '<template><p title="Hi">{{ t("x") }}<b>你好</b></p></template>'
    const root = parse(bad).descriptor.template?.ast as unknown as Node
    expect(literals(root)).toEqual(['Hi', '你好'])
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
})
