import { expect, it } from 'vitest'
import { compile } from '@/messages/compile'

const said = (message: string, values: Record<string, unknown>): string =>
  compile(message)({ named: (name) => values[name] })

it('what has a name in a text is filled in, as often as it stands there', () => {
  expect(said('{name}，编号 {number}（{name}）', { name: '学员甲', number: 7 })).toBe('学员甲，编号 7（学员甲）')
  expect(said('没有', {})).toBe('没有')
  expect(said('{n} 条', { n: 0 })).toBe('0 条')
})

it('what is filled in is not looked through, and what is not known is left out', () => {
  expect(said('{a}{b}', { a: '{b}', b: 1 })).toBe('{b}1')
  expect(said('有 {n} 条', {})).toBe('有  条')
})
