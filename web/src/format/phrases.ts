/** Up to a full-width stop, or to a space that Chinese follows; and the space after it. */
const PHRASE = /((?:[^\s\uff0c\uff1b\uff1a\u3002\uff01\uff1f]|\s(?![\u4e00-\u9fff]))*[\uff0c\uff1b\uff1a\u3002\uff01\uff1f]*[\u201d\u2019\u300d\u300f\uff09\u300b\u3011]*)(\s*)/g

/** What of a Chinese title is best kept in one line. */
export function phrases(text: string): { phrase: string; space: string }[] {
  return [...text.matchAll(PHRASE)]
    .filter(([all]) => all !== '')
    .map(([, phrase = '', space = '']) => ({ phrase, space }))
}
