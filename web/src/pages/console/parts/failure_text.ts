// A failure with why: in words of our own where the server gives a reason, else in the
// server's where it has some in the reader's language.
import type { Schema } from '@/api/call_types'
import { Problem } from '@/api/problem'
import { problemText } from '@/app/problem_text'
import { currentLanguage, i18n } from '@/messages'

const HAN = /\p{Script=Han}/u

export function failureText(error: unknown): string {
  const text = problemText(error)
  if (!(error instanceof Problem) || error.status < 400 || error.status >= 500) return text
  const why = reasonText(error) ?? error.detail
  const readable = why !== '' && HAN.test(why) === (currentLanguage() === 'zh')
  return readable ? i18n.global.t('console.refusal', { what: text, why }) : text
}

/** Beside the field that is at fault: why alone, where a reason is given. */
export function fieldText(error: Problem): string {
  return reasonText(error) ?? failureText(error)
}

/** Null, of one that is newer than this page too. */
function reasonText({ reason, field }: Problem): string | null {
  const { t, te } = i18n.global
  if (reason === 'taken' && te(`console.taken.${field}`)) return t(`console.taken.${field as 'number'}`)
  if (reason === null || !te(`console.because.${reason}`)) return null
  return t(`console.because.${reason as Schema<'Reason'>}`)
}
