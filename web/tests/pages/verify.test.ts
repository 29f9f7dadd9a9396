// @vitest-environment jsdom
import { afterEach, beforeAll, expect, it } from 'vitest'
import type { Answer } from '@/api/call_types'
import { loadCatalogue, setLanguage } from '@/messages'
import TranscriptFacts from '@/pages/verify/TranscriptFacts.vue'
import { show, type Shown } from '../component'

const genuine: Answer<'/api/v1/verify/{code}'> = {
  name: 'W*', from: '2026-01-01', to: '2026-03-05', made_at: new Date(2026, 2, 5, 9, 7).toISOString(),
  lessons: 1, group_credit: 2, self_credit: 0.5, ledger_entries: 2, ledger_hash: 'ab'.repeat(32), holds: true,
}

let shown: Shown | undefined

beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('verify')
})
afterEach(() => shown?.remove())

function textOf(differences: Partial<typeof genuine>): string {
  shown = show(TranscriptFacts, { check: { ...genuine, ...differences } })
  return shown.root.textContent
}

it('has what the paper says as the paper writes it', () => {
  const text = textOf({})
  expect(text).toContain('2026-01-01 to 2026-03-05')
  expect(text).toContain('2026-03-05 09:07')
  expect(text).toContain('2 credit records')
  expect(text).toContain(genuine.ledger_hash)
  expect(text).not.toContain('when it was made')
})

it('says that figures which hold no more are those of the paper', () => {
  expect(textOf({ holds: false })).toContain('What it said when it was made')
})

it('says under the verdict itself that the paper must be compared with it', () => {
  textOf({})
  expect(shown?.find('.verdict').textContent).toContain('Compare each line')
  shown?.remove()
  textOf({ holds: false })
  expect(shown?.find('.verdict').textContent).not.toContain('Compare each line')
  expect(shown?.find('h3').nextElementSibling?.textContent).toContain('Compare each line')
})

it('shows no hash of a ledger that was empty', () => {
  const text = textOf({ ledger_entries: 0, ledger_hash: '0'.repeat(64) })
  expect(text).toContain('no credit records yet')
  expect(text).not.toContain('000')
})
