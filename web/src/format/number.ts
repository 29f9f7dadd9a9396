// Tidies a member number as people type and paste it: full-width digits, spaces between
// groups, invisible characters that come along from WeChat.
const INVISIBLE = /[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/gu

export function tidyNumber(typed: string): string {
  return typed.normalize('NFKC').replace(INVISIBLE, '')
}
