import { expect, it } from 'vitest'
import { byPinyin, initials } from '@/pages/steward/pinyin'

it.each([
  ['王小明', 'wxm'],
  ['李娜', 'ln'],
  ['欧阳春', 'oyc'],
  ['安B9', 'ab9'],
  ['张·伟', 'zw'],
  ['青河', 'qh'],
])('%s is found by %s', (name, letters) => {
  expect(initials(name)).toBe(letters)
})

it('sorts names by their sound', () => {
  expect(['张伟', '陈一', '王二', '阿三'].sort(byPinyin)).toEqual(['阿三', '陈一', '王二', '张伟'])
})
