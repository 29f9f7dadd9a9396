// @vitest-environment jsdom
// Where the account leads; before somebody signs out they are told of what stays behind on the phone.
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import AccountDialog from '@/app/AccountDialog.vue'
import { setLanguage } from '@/messages'
import { append } from '@/pages/steward/room_log'
import { askMember } from '@/session/session'
import { show, type Shown } from '../component'
import { playApi, type Call } from '../fake_api'

vi.mock('vue-router', async (original) => ({
  ...(await original<object>()),
  useRoute: () => ({ fullPath: '/', path: '/' }),
  useRouter: () => ({
    replace: vi.fn(),
    getRoutes: () => [{ path: '/', meta: { nav: 'member' } }, { path: '/account', meta: { nav: 'account' } }],
  }),
}))

let shown: Shown
let calls: Call[]

async function open(number: string): Promise<void> {
  calls = playApi({
    'GET /api/v1/session': { member: { number, name: 'S', role: 'steward' }, must_change_password: false },
    'DELETE /api/v1/session': null,
  })
  await askMember()
  shown = show(AccountDialog, { open: false })
  shown.props['open'] = true
  await vi.waitFor(() => shown.find('[data-test=sign-out]'))
}

async function askToLeave(number: string): Promise<void> {
  await open(number)
  shown.find('[data-test=sign-out]').click()
}
const left = (): boolean => calls.some(({ what }) => what.startsWith('DELETE'))

beforeEach(() => setLanguage('en'))
afterEach(() => {
  shown.remove()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

it('leads to other pages than the one that is open', async () => {
  await open('5')
  expect(shown.findAll('nav a').map((link) => link.textContent)).toEqual(['My account'])
})

it('who leaves nothing behind is signed out at once', async () => {
  await askToLeave('1')
  await vi.waitFor(() => expect(left()).toBe(true))
})

it('what was not sent is counted first', async () => {
  await append({ who: '2', lesson: 7, site: 3 }, { act: 'in', member: 1 })
  await askToLeave('2')
  await vi.waitFor(() => expect(shown.find('[role=alert]').textContent).toContain('1 check-in on this phone'))
  expect(left()).toBe(false)
})

it('what cannot be read may be there: that is said, and somebody has to be sure', async () => {
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw new Error('the disk is ill')
  })
  await askToLeave('3')
  await vi.waitFor(() => expect(shown.find('[role=alert]').textContent).toContain('cannot be read'))
  expect(left()).toBe(false)
  shown.find('[data-test=sign-out-sure]').click()
  await vi.waitFor(() => expect(left()).toBe(true))
})

it('a browser without a database has kept nothing', async () => {
  vi.stubGlobal('indexedDB', undefined)
  await askToLeave('4')
  await vi.waitFor(() => expect(left()).toBe(true))
})
