// @vitest-environment jsdom
import { nextTick } from 'vue'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import MemberTask from '@/pages/console/members/MemberTask.vue'
import WebhooksSection from '@/pages/console/webhooks/WebhooksSection.vue'
import { haveModals, show, type Shown } from '../../component'
import { playApi, problem } from '../../fake_api'

let shown: Shown

beforeAll(async () => {
  haveModals()
  await loadCatalogue('console')
})
afterEach(() => {
  shown.remove()
  vi.unstubAllGlobals()
})
const send = (): boolean => shown.find('dialog[open] form').dispatchEvent(new Event('submit', { cancelable: true }))

const hook = (id: number, more: object = {}) => ({
  id, url: `https://county.example/${id}`, events: '', created_at: '2026-11-01T10:00:00Z', failing_since: null,
  stopped: false, error: null, ...more,
})

it('a webhook is added, its secret told once; one is resumed, one removed', async () => {
  const failing = { failing_since: '2026-11-02T10:00:00Z', stopped: true, error: 'it answers 500 oops' }
  const lists = [[], [hook(1, failing)]]
  const calls = playApi({
    'GET /api/v1/webhooks': () => ({ webhooks: lists.shift() }),
    'POST /api/v1/webhooks': { id: 1, secret: 'whsec_x' },
    'POST /api/v1/webhooks/1/resume': { webhooks: [hook(1)] },
    'DELETE /api/v1/webhooks/1': { webhooks: [] },
  })
  shown = show(WebhooksSection)
  shown.find('[data-test=add-webhook]').click()
  await vi.waitFor(() => shown.find('[data-test=webhook-url]'))
  const url = shown.find<HTMLInputElement>('[data-test=webhook-url]')
  url.value = 'https://county.example/1'
  url.dispatchEvent(new Event('input'))
  shown.find('input[value="lesson-live"]').click()
  await nextTick()
  shown.find('input[value="record-entered"]').click()
  send()
  await vi.waitFor(() => expect(shown.find('[data-test=webhook-secret]').textContent).toBe('whsec_x'))
  expect(calls.find(({ what }) => what.startsWith('POST'))?.body).toEqual({
    url: 'https://county.example/1', events: 'lesson.live record.entered',
  })
  shown.find('[data-test=secret-close]').click()
  expect(shown.find('[data-test=failing]').textContent).toContain('stopped. The other system did not take it and answered 500. Resume it')
  expect(shown.find('[data-test=webhook] dl code').textContent).toBe('it answers 500 oops')
  shown.find('[data-test=resume-webhook]').click()
  await vi.waitFor(() => expect(shown.findAll('[data-test=resume-webhook]')).toEqual([]))
  shown.find('[data-test=remove-webhook]').click()
  await vi.waitFor(() => shown.find('dialog[open] form'))
  expect(calls.some(({ what }) => what.startsWith('DELETE'))).toBe(false)
  send()
  await vi.waitFor(() => expect(shown.findAll('[data-test=webhook]')).toEqual([]))
})

it('a webhook that is tried again by itself says so', async () => {
  playApi({ 'GET /api/v1/webhooks': { webhooks: [hook(1, { failing_since: '2026-11-02T10:00:00Z', error: 'refused' }), hook(2)] } })
  shown = show(WebhooksSection)
  await vi.waitFor(() => expect(shown.findAll('[data-test=webhook]')).toHaveLength(2))
  const told = shown.findAll('[data-test=failing]').map((one) => one.textContent)
  expect(told).toHaveLength(1)
  expect(told[0]).toContain('The other system cannot be reached. It is tried again by itself.')
  expect(shown.findAll('[data-test=resume-webhook]')).toEqual([])
})

it.each([
  ['card', 'POST', { card: 'ACABCDEFGHIJKLMN22', member: 5 }],
  ['card-end', 'DELETE', null],
])('a lost card: %s', async (task, method, answer) => {
  const calls = playApi({ [`${method} /api/v1/members/5/card`]: answer })
  const done = vi.fn()
  shown = show(MemberTask, { task, file: { id: 5, name: 'N', number: '5', kind: 'member' }, onDone: done })
  await vi.waitFor(() => shown.find('dialog[open] form'))
  expect(calls).toEqual([])
  send()
  if (answer === null) await vi.waitFor(() => expect(done).toHaveBeenCalled())
  else await vi.waitFor(() => expect(shown.find('[data-test=told]').textContent).toBe(answer.card))
})

it('a card that cannot be made is told of', async () => {
  playApi({ 'POST /api/v1/members/5/card': problem(403, 'forbidden') })
  shown = show(MemberTask, { task: 'card', file: { id: 5, name: 'N', number: '5', kind: 'member' } })
  await vi.waitFor(() => shown.find('dialog[open] form'))
  send()
  await vi.waitFor(() => shown.find('[data-test=form-failure]'))
  expect(shown.findAll('[data-test=told]')).toEqual([])
})
