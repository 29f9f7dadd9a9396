// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { noLine, playApi, problem } from './fake_api'

const MEMBER = { number: '7', name: '王小明', role: 'member', steward: false, lecturer: false }

beforeEach(() => void vi.resetModules())
afterEach(() => void vi.unstubAllGlobals())

const fresh = () => import('@/session/session')

describe('who is signed in', () => {
  it('is asked once', async () => {
    const calls = playApi({ 'GET /api/v1/session': { member: MEMBER } })
    const { ensureMember } = await fresh()
    expect([await ensureMember(), await ensureMember()]).toEqual([MEMBER, MEMBER])
    expect(calls).toHaveLength(1)
  })

  it('is nobody, when the server says so', async () => {
    playApi({ 'GET /api/v1/session': problem(401, 'signed-out') })
    expect(await (await fresh()).ensureMember()).toBeNull()
  })

  it.each([noLine, () => problem(503, 'busy')])('is not known while the server is away', async (away) => {
    playApi({ 'GET /api/v1/session': away })
    const { ensureMember } = await fresh()
    await expect(ensureMember()).rejects.toMatchObject({ name: 'Error' })
    playApi({ 'GET /api/v1/session': { member: MEMBER } })
    expect(await ensureMember()).toEqual(MEMBER)
  })

  it('is nobody whose password somebody else has made, until it is another one', async () => {
    const calls = playApi({
      'GET /api/v1/session': { member: MEMBER, must_change_password: true },
      'POST /api/v1/session': { member: MEMBER, must_change_password: true },
      'PUT /api/v1/password': null,
    })
    const { ensureMember, member, passwordChange, signIn } = await fresh()
    expect(await ensureMember()).toBeNull()
    expect(await signIn('7', { password: 'made' })).toBe(true)
    expect(member.value).toBeNull()
    playApi({
      'PUT /api/v1/password': null,
      'POST /api/v1/session': { member: MEMBER, must_change_password: false },
    })
    await passwordChange('7', 'made')('of my own')
    expect(member.value).toEqual(MEMBER)
    expect(calls).toHaveLength(2)
  })

  it.each([
    ['the answer to the change', { 'PUT /api/v1/password': noLine }],
    ['the sign-in after it', { 'PUT /api/v1/password': null, 'POST /api/v1/session': problem(429, 'too-many') }],
  ])('signs in with the new password when %s was lost', async (_, lost) => {
    const { member, passwordChange } = await fresh()
    const change = passwordChange('7', 'made')
    playApi(lost)
    await expect(change('of my own')).rejects.toMatchObject({ name: 'Error' })
    const calls = playApi({ 'POST /api/v1/session': { member: MEMBER } })
    await change('of my own')
    expect(calls.map(({ body }) => body)).toEqual([{ number: '7', password: 'of my own' }])
    expect(member.value).toEqual(MEMBER)
  })

  it('changes the password again when the change itself was lost, but not after a refusal', async () => {
    const change = (await fresh()).passwordChange('7', 'made')
    playApi({ 'PUT /api/v1/password': noLine })
    await expect(change('of my own')).rejects.toMatchObject({ status: 0 })
    const refusing = { 'POST /api/v1/session': problem(401, 'sign-in-refused'), 'PUT /api/v1/password': problem(429, 'too-many') }
    const again = ['POST /api/v1/session', 'PUT /api/v1/password']
    const calls = playApi(refusing)
    await expect(change('of my own')).rejects.toMatchObject({ status: 429 })
    expect(calls.map(({ what }) => what)).toEqual(again)
    await expect(change('of my own')).rejects.toMatchObject({ status: 429 })
    expect(calls.map(({ what }) => what)).toEqual([...again, 'PUT /api/v1/password'])
  })

  it('changes with a sign-in, by password or code, and a sign-out', async () => {
    const calls = playApi({
      'POST /api/v1/session': { member: MEMBER },
      'DELETE /api/v1/session': null,
    })
    const { member, signIn, signOut } = await fresh()
    await signIn('7', { code: '123456' })
    expect(calls[0]?.body).toEqual({ number: '7', code: '123456' })
    expect(member.value).toEqual(MEMBER)
    await signOut()
    expect(member.value).toBeNull()
  })
})
