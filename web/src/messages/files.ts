// The pages' catalogues, not yet fetched, and the language to begin with.
import { readStored } from '@/settings/stored'

export type Language = 'zh' | 'en'

export const STORED_AS = 'airclass.language'

interface Catalogue {
  default: object
}
export const files = import.meta.glob<Catalogue>(['./{zh,en}/*.ts', '!./*/common.ts'])

export function catalogueFile(language: Language, page: string): string {
  return `./${language}/${page}.ts`
}

/** The member's stored choice, else the browser's first language that we have, else Chinese. */
export function chooseLanguage(stored: string | null, preferred: readonly string[]): Language {
  if (stored === 'zh' || stored === 'en') return stored
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0]
    if (primary === 'zh' || primary === 'en') return primary
  }
  return 'zh'
}

export function firstLanguage(): Language {
  return chooseLanguage(readStored(STORED_AS), navigator.languages)
}
