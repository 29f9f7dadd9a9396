// @vitest-environment jsdom
import { beforeEach, expect, it } from 'vitest'
import { ClientLease, isLeased, LEASE_MS } from '@/classroom/client_id'
import { MemoryStorage } from './fakes'

let local: MemoryStorage
let session: MemoryStorage

beforeEach(() => {
  local = new MemoryStorage()
  session = new MemoryStorage()
})

it('is 16 hex digits', () => {
  expect(ClientLease.claim({ local, session }, 0).client).toMatch(/^[0-9a-f]{16}$/)
})

it('stays through a reload', () => {
  const before = ClientLease.claim({ local, session }, 0)
  before.release()
  expect(ClientLease.claim({ local, session }, 100).client).toBe(before.client)
})

it('is another one in a duplicated tab', () => {
  const original = ClientLease.claim({ local, session }, 0)
  const copied = new MemoryStorage()
  copied.setItem('airclass.client', session.getItem('airclass.client') ?? '')
  const duplicate = ClientLease.claim({ local, session: copied }, 5_000)
  expect(duplicate.client).not.toBe(original.client)
  expect(copied.getItem('airclass.client')).toBe(duplicate.client)
})

it('is taken again when the page that held it is long gone', () => {
  const crashed = ClientLease.claim({ local, session }, 0)
  expect(ClientLease.claim({ local, session }, LEASE_MS).client).toBe(crashed.client)
})

it('is held as long as it is renewed', () => {
  const lease = ClientLease.claim({ local, session }, 0)
  lease.renew(LEASE_MS)
  expect(isLeased(local, lease.client, LEASE_MS + 1_000)).toBe(true)
  lease.release()
  expect(isLeased(local, lease.client, LEASE_MS + 1_000)).toBe(false)
})

it('is not given up for another page', () => {
  const gone = ClientLease.claim({ local, session }, 0)
  const next = ClientLease.claim({ local, session }, LEASE_MS)
  gone.release()
  expect(isLeased(local, next.client, LEASE_MS + 1)).toBe(true)
})

it('replaces what is no client id', () => {
  session.setItem('airclass.client', 'xyz')
  expect(ClientLease.claim({ local, session }, 0).client).toMatch(/^[0-9a-f]{16}$/)
})

it('works without storage', () => {
  const lease = ClientLease.claim({ local: null, session: null }, 0)
  lease.renew(1)
  lease.release()
  expect(lease.client).toHaveLength(16)
})
