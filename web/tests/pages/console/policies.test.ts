// @vitest-environment jsdom
import { nextTick } from 'vue'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadCatalogue } from '@/messages'
import AddPolicy from '@/pages/console/policies/AddPolicy.vue'
import { policyOn, today } from '@/pages/console/policies/policies'
import PoliciesSection from '@/pages/console/policies/PoliciesSection.vue'
import { haveModals, show, type Shown } from '../../component'
import { playApi } from '../../fake_api'

const year = Number(today().slice(0, 4))
const policy = (version: string, more: object = {}) => ({
  version, valid_from: '1970-01-01', valid_until: null, rule: 'per_minutes' as const, minutes: 45, step: '0.5', tiers: '',
  attended_percent: 80, counts_replay: false, required: { member: '32', committee: '56', cadre: '50' }, reason: '',
  created_at: null, ...more,
})
const added = { reason: 'why', created_at: '2026-01-01T00:00:00Z' }
const builtIn = policy('standard-1')
const present = policy('now', { ...added, valid_from: '2026-01-01', attended_percent: 70 })
const coming = policy('then', {
  ...added, valid_from: `${year + 1}-01-01`, valid_until: `${year + 1}-12-31`, rule: 'tiers', minutes: 0, tiers: '15:0.25',
})
const policies = [builtIn, present, coming]

describe('which version counts on a day', () => {
  it.each([
    ['1999-12-31', 'standard-1'],
    ['2026-01-01', 'now'],
    [`${year + 1}-01-01`, 'then'],
    [`${year + 1}-12-31`, 'then'],
    [`${year + 2}-01-01`, 'now'],
    ['1969-12-31', undefined],
  ])('%s: %s', (day, version) => expect(policyOn(policies, day)?.version).toBe(version))
})

describe('the section', () => {
  let shown: Shown
  beforeAll(async () => {
    haveModals()
    await loadCatalogue('console')
  })
  afterEach(() => {
    shown.remove()
    vi.unstubAllGlobals()
  })

  it('begins with what is in force, and says which is to come', async () => {
    playApi({ 'GET /api/v1/policies': { policies, current: 'now' } })
    shown = show(PoliciesSection)
    await vi.waitFor(() => shown.find('article'))
    const heads = shown.findAll('article h2').map((one) => one.textContent!.replace(/\s+/g, ' ').trim())
    expect(heads[0]).toBe('now In force')
    expect(heads[1]).toMatch(new RegExp(`^then From .*${year + 1}$`))
    expect(heads[2]).toBe('The rules that come with the system (standard-1)')
  })

  it('shows in what may be left empty how it is on the first day', async () => {
    const calls = playApi({ 'POST /api/v1/policies': {} })
    shown = show(AddPolicy, { open: true, policies })
    await vi.waitFor(() => shown.find('[data-test=policy-from]'))
    const attended = (): string => shown.find<HTMLInputElement>('[data-test=policy-attended]').placeholder
    const rule = shown.find<HTMLSelectElement>('[data-test=policy-rule]')
    expect([attended(), rule.options[0]!.text]).toEqual(['70', 'As before (By minutes)'])
    const from = shown.find<HTMLInputElement>('[data-test=policy-from]')
    from.value = `${year + 1}-02-01`
    from.dispatchEvent(new Event('input'))
    await nextTick()
    expect([attended(), rule.options[0]!.text]).toEqual(['80', 'As before (By tiers)'])
    // There are no minutes to be kept.
    rule.value = 'minutes'
    rule.dispatchEvent(new Event('change'))
    await nextTick()
    expect(shown.find<HTMLInputElement>('[data-test=policy-minutes]').required).toBe(true)
    expect(calls).toEqual([])
  })
})
