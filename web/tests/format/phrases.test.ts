import { expect, it } from 'vitest'
import { phrases } from '@/format/phrases'

it.each([
  ['返乡创业政策解读'],
  ['第一讲　', '乡村振兴与返乡创业'],
  ['第一讲 ', '怎样贷款'],
  ['2026年第10讲：', '电商直播带货入门（上）'],
  ['选好项目，', '算清成本'],
  ['“钱从哪里来？”', '怎样贷款'],
  ['Party lesson 3: ', '夜校　Friday evening'],
  [''],
])('%s', (...cut) => {
  const found = phrases(cut.join(''))
  expect(found.map(({ phrase, space }) => phrase + space)).toEqual(cut.filter(Boolean))
})
