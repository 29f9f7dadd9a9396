// Names found by the first letters of their pinyin, and in the order of it, by the
// collation that browsers have (CLDR's pinyin): a character lies between the first
// characters of two letters.

/** The first character of each letter in that order; no syllable begins with i, u or v. */
const LETTERS = 'abcdefghjklmnopqrstwxyz'
const FIRST =
  '\u963f\u516b\u5693\u54d2\u59b8\u53d1\u65ee\u54c8\u8ba5\u5494\u5783\u75f3\u62cf\u5662\u5991\u4e03\u5465\u6268\u5b83\u7a75\u5915\u4e2b\u5e00'

const collator = new Intl.Collator('zh-Hans-CN-u-co-pinyin')

export function byPinyin(a: string, b: string): number {
  return collator.compare(a, b)
}

function initial(character: string): string {
  if (/[a-z0-9]/i.test(character)) return character.toLowerCase()
  if (!/[\u3400-\u9fff]/.test(character)) return ''
  let letter = ''
  for (let i = 0; i < LETTERS.length; i++) {
    if (collator.compare(character, FIRST[i] ?? '') < 0) break
    letter = LETTERS[i] ?? ''
  }
  return letter
}

/** The first letters of a name's syllables, in lower case. */
export function initials(name: string): string {
  return [...name].map(initial).join('')
}
