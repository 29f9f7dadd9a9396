// A failure with what the server says about it, where it says it in the reader's language.
import { Problem } from '@/api/problem'
import { problemText } from '@/app/problem_text'
import { currentLanguage } from '@/messages'

const HAN = /\p{Script=Han}/u

export function failureText(error: unknown): string {
  const text = problemText(error)
  if (!(error instanceof Problem) || error.detail === '' || error.status < 400 || error.status >= 500) return text
  const readable = HAN.test(error.detail) === (currentLanguage() === 'zh')
  return readable ? `${text}: ${error.detail}` : text
}
