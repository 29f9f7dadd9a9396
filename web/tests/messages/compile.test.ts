import { expect, it } from 'vitest'
import { compile } from '@/messages/compile'

const said = (message: string, values: Record<string, unknown>): string =>
  compile(message)({ named: (name) => values[name] })

it('what has a name in a text is filled in, as often as it stands there', () => {
  expect(said('{name}，编号 {number}（{name}）', { name: '学员甲', number: 7 })).toBe('学员甲，编号 7（学员甲）')
  expect(said('没有', {})).toBe('没有')
  expect(said('{n} lines', { n: 0 })).toBe('0 lines')
})

it('a word goes with its number', () => {
  const text = '{n} {n|entry was|entries were} sent by {who}'
  expect([0, 1, 2].map((n) => said(text, { n, who: 'A|B' }))).toEqual([
    '0 entries were sent by A|B', '1 entry was sent by A|B', '2 entries were sent by A|B',
  ])
})

it('a number stays in a line with what it counts, and with nothing else', () => {
  expect(said('还差 {n} 学时', { n: 3 })).toBe('还差 3\u00a0学\u2060时')
  expect(said('不到 1 分钟，{n} 人', { n: 3 })).toBe('不到 1\u00a0分\u2060钟，3\u00a0人')
  expect(said('{name} 已签到', { name: '学员甲' })).toBe('学员甲 已签到')
})

it('what is filled in is not looked through, and what is not known is left out', () => {
  expect(said('{a}{b}', { a: '{b}', b: 1 })).toBe('{b}1')
  expect(said('has {n} lines', {})).toBe('has  lines')
})
