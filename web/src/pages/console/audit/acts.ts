import type { Schema } from '@/api/call_types'

/** What can be looked for in the audit log. */
export const ACTS: readonly Schema<'AuditAct'>[] = [
  'role-grant', 'role-revoke', 'import', 'export', 'unmask', 'show-all', 'correction-ask',
  'correction-approve', 'correction-reject', 'appeal-answer', 'policy-add', 'standing-set',
  'year-close', 'key-rotate', 'sessions-end', 'password-set', 'erase', 'excuse-set', 'list-read',
  'leave-refuse', 'member-add', 'member-set', 'branch-set', 'site-set', 'webhook-set',
]
