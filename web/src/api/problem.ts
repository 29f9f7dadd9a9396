// Errors of the HTTP API (RFC 9457) and of the line to it, as one type.

const URN = 'urn:airclass:problem:'

/** Names that the client gives itself, beside those of the server. */
export const OFFLINE = 'offline'
export const UNREADABLE = 'unreadable'

interface ProblemFields {
  name: string
  status: number
  title: string
  titleZh: string
  detail: string
  field: string | null
  reason: string | null
  retryAfterS: number | null
}

export class Problem extends Error {
  /** The problem's type without its prefix: `sign-in-refused`, `offline`, … */
  readonly problem: string
  /** 0 when no answer came. */
  readonly status: number
  readonly title: string
  readonly titleZh: string
  readonly detail: string
  readonly field: string | null
  /** A word of the API's Reason, or one that came later than this page. */
  readonly reason: string | null
  readonly retryAfterS: number | null

  constructor(fields: ProblemFields) {
    super(`${fields.name} (${fields.status})`)
    this.problem = fields.name
    this.status = fields.status
    this.title = fields.title
    this.titleZh = fields.titleZh
    this.detail = fields.detail
    this.field = fields.field
    this.reason = fields.reason
    this.retryAfterS = fields.retryAfterS
  }

  static offline(cause: unknown): Problem {
    return new Problem({
      ...BLANK,
      name: OFFLINE,
      detail: cause instanceof Error ? cause.message : '',
    })
  }

  static unreadable(status: number): Problem {
    return new Problem({ ...BLANK, name: UNREADABLE, status })
  }

  static fromAnswer(status: number, body: unknown, retryAfter: string | null): Problem {
    const record = isRecord(body) ? body : {}
    const type = text(record['type'])
    return new Problem({
      name: type.startsWith(URN) ? type.slice(URN.length) : UNREADABLE,
      status,
      title: text(record['title']),
      titleZh: text(record['title_zh']),
      detail: text(record['detail']),
      field: text(record['field']) || null,
      reason: text(record['reason']) || null,
      retryAfterS: retryAfterSeconds(retryAfter),
    })
  }
}

const BLANK: ProblemFields = {
  name: UNREADABLE,
  status: 0,
  title: '',
  titleZh: '',
  detail: '',
  field: null,
  reason: null,
  retryAfterS: null,
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function retryAfterSeconds(value: string | null): number | null {
  if (value === null || !/^\d{1,6}$/.test(value)) return null
  return Number(value)
}
