// @vitest-environment jsdom
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { Problem } from '@/api/problem'
import { loadCatalogue } from '@/messages'
import FormDialog from '@/pages/console/parts/FormDialog.vue'
import { haveModals, show, type Shown } from '../../component'

let shown: Shown

beforeAll(async () => {
  haveModals()
  await loadCatalogue('console')
})
afterEach(() => shown.remove())

/** A form of one field, whose task fails because of `field`. */
async function refused(field: string): Promise<void> {
  const body = { type: 'urn:airclass:problem:invalid-field', title: 'A field was refused', title_zh: '有一项不对', field, reason: 'taken' }
  const run = () => Promise.reject(Problem.fromAnswer(422, body, null))
  shown = show(FormDialog, { open: true, title: 'T', submit: 'S', run }, {
    default: ({ wrong }) => [
      h('input', { id: 'other' }),
      h('input', { id: 'number', 'aria-invalid': (wrong as (name: string) => string)('number') === '' ? undefined : 'true' }),
    ],
  })
  await vi.waitFor(() => shown.find('dialog[open] form'))
  shown.find('#other').focus()
  shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
}

it('leads to the field at fault, which says why alone', async () => {
  await refused('number')
  await vi.waitFor(() => expect(document.activeElement?.id).toBe('number'))
  expect(shown.findAll('[data-test=form-failure]')).toEqual([])
})

it('says why below what has no field for it', async () => {
  await refused('home')
  await vi.waitFor(() => shown.find('[data-test=form-failure]'))
  expect(document.activeElement?.id).toBe('other')
})
