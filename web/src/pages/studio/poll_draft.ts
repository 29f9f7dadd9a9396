// A poll while it is being written.
import type { NewPoll } from '@/classroom/doings'

export const LEAST_OPTIONS = 2
export const MOST_OPTIONS = 8

export interface Draft {
  text: string
  options: { text: string; right: boolean }[]
  multiple: boolean
  quiz: boolean
  shown: boolean
}

export type DraftFault = 'question' | 'options' | 'same' | 'right' | 'oneRight'

export function emptyDraft(): Draft {
  const options = Array.from({ length: LEAST_OPTIONS }, () => ({ text: '', right: false }))
  return { text: '', options, multiple: false, quiz: false, shown: true }
}

/** Left empty is left out. */
function filled(draft: Draft): Draft['options'] {
  return draft.options.map((option) => ({ ...option, text: option.text.trim() })).filter(({ text }) => text !== '')
}

/** Null: it can be put. */
export function checkPoll(draft: Draft): DraftFault | null {
  const options = filled(draft)
  if (draft.text.trim() === '') return 'question'
  if (options.length < LEAST_OPTIONS) return 'options'
  if (new Set(options.map(({ text }) => text)).size < options.length) return 'same'
  const right = options.filter((option) => option.right).length
  if (draft.quiz && right === 0) return 'right'
  return draft.quiz && !draft.multiple && right > 1 ? 'oneRight' : null
}

export function pollOf(draft: Draft): NewPoll {
  const options = filled(draft)
  const correct = options.flatMap(({ right }, at) => (right ? [at] : []))
  return {
    type: 'poll',
    text: draft.text.trim(),
    options: options.map(({ text }) => text),
    multiple: draft.multiple,
    quiz: draft.quiz,
    shown: draft.shown,
    ...(draft.quiz ? { correct } : {}),
  }
}
