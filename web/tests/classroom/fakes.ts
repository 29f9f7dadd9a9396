// A WebSocket that a test plays the server of, and a Storage of its own.

export class FakeSocket {
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readyState = 1
  closed = false
  readonly sent: { type: string; beats?: { seq: number }[] }[] = []

  constructor(readonly address: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string })
  }

  close(): void {
    this.closed = true
    this.readyState = 3
  }

  says(message: object | string): void {
    const data = typeof message === 'string' ? message : JSON.stringify(message)
    this.onmessage?.({ data })
  }

  drops(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }

  welcomes(fields: object = {}): void {
    this.says({
      type: 'welcome',
      lesson: 1,
      state: 'live',
      length_ms: 0,
      accepted_ms: 0,
      earned_ms: 0,
      last_seq: 0,
      ...fields,
    })
  }

  acks(seqs: number[], accepted_ms = 0): void {
    this.says({ type: 'ack', seqs, accepted_ms, earned_ms: accepted_ms })
  }

  /** Sequence numbers of each beats message sent so far. */
  get batches(): number[][] {
    return this.sent
      .filter((message) => message.type === 'beats')
      .map((message) => (message.beats ?? []).map((beat) => beat.seq))
  }

  get pings(): number {
    return this.sent.filter((message) => message.type === 'ping').length
  }
}

export class MemoryStorage implements Storage {
  private readonly entries = new Map<string, string>()
  full = false

  get length(): number {
    return this.entries.size
  }
  clear(): void {
    this.entries.clear()
  }
  getItem(key: string): string | null {
    return this.entries.get(key) ?? null
  }
  key(index: number): string | null {
    return [...this.entries.keys()][index] ?? null
  }
  removeItem(key: string): void {
    this.entries.delete(key)
  }
  setItem(key: string, value: string): void {
    if (this.full) throw new DOMException('', 'QuotaExceededError')
    this.entries.set(key, value)
  }
}

export const STRETCH = {
  from_ms: 0,
  to_ms: 10_000,
  rate: 1,
  playing: true,
  visible: true,
  mode: 'video' as const,
}
