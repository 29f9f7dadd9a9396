/** Up to a full-width stop, or to a space that Chinese follows; and the space after it. */
const PHRASE = /((?:[^\s，；：。！？]|\s(?![一-鿿]))*[，；：。！？]*[”’」』）》】]*)(\s*)/g

/** What of a Chinese title is best kept in one line. */
export function phrases(text: string): { phrase: string; space: string }[] {
  return [...text.matchAll(PHRASE)]
    .filter(([all]) => all !== '')
    .map(([, phrase = '', space = '']) => ({ phrase, space }))
}
