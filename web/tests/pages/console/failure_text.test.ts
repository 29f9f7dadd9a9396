// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import { i18n, loadCatalogue } from '@/messages'
import { failureText, fieldText } from '@/pages/console/parts/failure_text'

const refused = (more: object): Problem =>
  Problem.fromAnswer(
    422,
    { type: 'urn:airclass:problem:invalid-field', title: 'A field was refused', title_zh: '有一项填写不正确', ...more },
    null,
  )

beforeAll(async () => {
  for (const language of ['en', 'zh'] as const) {
    i18n.global.locale.value = language
    await loadCatalogue('console')
  }
})

describe.each([
  ['zh', '这个年度已经封账。', '有一项填写不正确'],
  ['en', 'That year is closed.', 'A field was refused'],
] as const)('a refusal, in %s', (language, why, title) => {
  it('says why in the language of the page', () => {
    i18n.global.locale.value = language
    const error = refused({ field: 'year', reason: 'year-closed', detail: '2024 is closed already' })
    expect(fieldText(error)).toBe(why)
    expect(failureText(error)).toContain(title)
    expect(failureText(error)).toContain(why)
  })

  it('names what there is already by the field', () => {
    i18n.global.locale.value = language
    const [number, other] = ['number', 'x'].map((field) => fieldText(refused({ field, reason: 'taken' })))
    expect(number).not.toBe(other)
    expect(failureText(refused({ field: 'number', reason: 'taken' }))).toContain(number)
  })

  it('of a reason that is newer than the page says what there is', () => {
    i18n.global.locale.value = language
    const error = refused({ field: 'year', reason: 'moon-phase', detail: 'wait for the new moon' })
    expect(fieldText(error)).toBe(language === 'zh' ? title : `${title}: wait for the new moon`)
  })
})
