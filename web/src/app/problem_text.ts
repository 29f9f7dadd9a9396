// What to tell a person about a failure: what happened and what to do.
import { i18n } from '@/messages'
import { OFFLINE, Problem } from '@/api/problem'

export function problemText(error: unknown): string {
  const { t, locale } = i18n.global
  if (!(error instanceof Problem)) return t('failure.unknown', { detail: String(error) })
  if (error.problem === OFFLINE) return t('failure.offline')
  if (error.status === 503 || error.status === 429) return t('failure.busy')
  if (error.status >= 500 || error.status < 400) return t('failure.server')
  const title = locale.value === 'zh' ? error.titleZh : error.title
  return title === '' ? t('failure.refused') : title
}
