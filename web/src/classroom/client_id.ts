// The name of this tab's beat sequence: 16 hex digits, kept in sessionStorage so that a
// reload goes on with it.
//
// "Duplicate tab" copies sessionStorage, and two pages with one sequence would give
// different beats the same number. So a page leases its client id in localStorage and
// renews the lease; a page that finds the lease of its id held by another page takes a
// new id. A lease that was not renewed for LEASE_MS belongs to a page that is gone.

const STORED_AS = 'airclass.client'
const LEASE_PREFIX = 'airclass.lease.'
export const LEASE_MS = 15_000

export interface ClientStores {
  session: Storage | null
  local: Storage | null
}

export class ClientLease {
  private constructor(
    readonly client: string,
    private readonly page: string,
    private readonly local: Storage | null,
  ) {}

  /** `now`: wall clock, ms, shared by all tabs. */
  static claim(stores: ClientStores, now: number): ClientLease {
    const page = randomHex16()
    const stored = read(stores.session, STORED_AS)
    const mine = stored !== null && /^[0-9a-f]{16}$/.test(stored) ? stored : null
    const free = mine !== null && !isLeased(stores.local, mine, now)
    const client = mine !== null && free ? mine : randomHex16()
    write(stores.session, STORED_AS, client)
    const lease = new ClientLease(client, page, stores.local)
    lease.renew(now)
    return lease
  }

  renew(now: number): void {
    write(this.local, LEASE_PREFIX + this.client, `${this.page} ${now}`)
  }

  release(): void {
    const held = read(this.local, LEASE_PREFIX + this.client)
    if (held === null || !held.startsWith(this.page)) return
    try {
      this.local?.removeItem(LEASE_PREFIX + this.client)
    } catch {
      // It runs out by itself.
    }
  }
}

/** Some page, this one or another, works under `client`. */
export function isLeased(local: Storage | null, client: string, now: number): boolean {
  const held = read(local, LEASE_PREFIX + client)
  if (held === null) return false
  const renewedAt = Number(held.split(' ')[1])
  return Number.isFinite(renewedAt) && Math.abs(now - renewedAt) < LEASE_MS
}

function randomHex16(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function read(storage: Storage | null, key: string): string | null {
  try {
    return storage?.getItem(key) ?? null
  } catch {
    return null
  }
}

function write(storage: Storage | null, key: string, value: string): void {
  try {
    storage?.setItem(key, value)
  } catch {
    // Full or switched off: the id then lasts as long as the page.
  }
}
