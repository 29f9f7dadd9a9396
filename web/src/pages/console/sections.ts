// The sections of the console, in the order of the menu: who is shown them, and where their
// code is. The server decides by itself what may be done.
import type { Component } from 'vue'
import type { Area, Keeper } from './area'

export interface Section {
  name: string
  /** Under /console/. */
  path: string
  group: 'work' | 'people' | 'teaching' | 'credit' | 'system'
  roles: readonly Keeper[]
  /** Only for those whose role is everywhere. */
  everywhere?: boolean
  component: () => Promise<{ default: Component }>
}

const ALL: readonly Keeper[] = ['secretary', 'staff', 'administrator']
const STAFF: readonly Keeper[] = ['staff', 'administrator']
const ADMINISTRATOR: readonly Keeper[] = ['administrator']

export const sections: readonly Section[] = [
  { name: 'today', path: '', group: 'work', roles: ALL, component: () => import('./today/TodaySection.vue') },
  { name: 'leaves', path: 'leaves', group: 'work', roles: ALL, component: () => import('./leaves/LeavesSection.vue') },
  { name: 'logs', path: 'logs', group: 'work', roles: ALL, component: () => import('./logs/LogsSection.vue') },
  { name: 'members', path: 'members', group: 'people', roles: ALL, component: () => import('./members/MembersSection.vue') },
  { name: 'import', path: 'import', group: 'people', roles: STAFF, component: () => import('./import/ImportSection.vue') },
  { name: 'branches', path: 'branches', group: 'people', roles: ALL, component: () => import('./branches/BranchesSection.vue') },
  { name: 'rooms', path: 'rooms', group: 'people', roles: ALL, component: () => import('./rooms/RoomsSection.vue') },
  { name: 'timetable', path: 'timetable', group: 'teaching', roles: ALL, component: () => import('./timetable/TimetableSection.vue') },
  { name: 'courses', path: 'courses', group: 'teaching', roles: ALL, component: () => import('./courses/CoursesSection.vue') },
  { name: 'recordings', path: 'recordings', group: 'teaching', roles: ALL, component: () => import('./recordings/RecordingsSection.vue') },
  { name: 'quality', path: 'quality', group: 'teaching', roles: ALL, component: () => import('./quality/QualitySection.vue') },
  { name: 'reports', path: 'reports', group: 'credit', roles: ALL, component: () => import('./reports/ReportsSection.vue') },
  { name: 'progress', path: 'progress', group: 'credit', roles: ALL, component: () => import('./progress/ProgressSection.vue') },
  { name: 'ledger', path: 'ledger', group: 'credit', roles: STAFF, component: () => import('./ledger/LedgerSection.vue') },
  { name: 'corrections', path: 'corrections', group: 'credit', roles: ADMINISTRATOR, component: () => import('./corrections/CorrectionsSection.vue') },
  { name: 'appeals', path: 'appeals', group: 'credit', roles: ADMINISTRATOR, component: () => import('./appeals/AppealsSection.vue') },
  { name: 'policies', path: 'policies', group: 'credit', roles: ALL, component: () => import('./policies/PoliciesSection.vue') },
  { name: 'grants', path: 'grants', group: 'system', roles: ADMINISTRATOR, component: () => import('./grants/GrantsSection.vue') },
  { name: 'audit', path: 'audit', group: 'system', roles: STAFF, component: () => import('./audit/AuditSection.vue') },
  { name: 'webhooks', path: 'webhooks', group: 'system', roles: ADMINISTRATOR, everywhere: true, component: () => import('./webhooks/WebhooksSection.vue') },
  { name: 'system', path: 'system', group: 'system', roles: STAFF, everywhere: true, component: () => import('./system/SystemSection.vue') },
]

export const groups = ['work', 'people', 'teaching', 'credit', 'system'] as const

export function isFor(section: Section, area: Area | null): boolean {
  if (area === null) return false
  return section.roles.includes(area.role) && (section.everywhere !== true || area.branch === null)
}

export function addressOf(section: Section): string {
  return section.path === '' ? '/console' : `/console/${section.path}`
}
