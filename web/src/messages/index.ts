// The message catalogues and the choice of language. What the shell says is always there;
// a page's own texts come with its route, in the language that is shown.
import { createI18n } from 'vue-i18n'
import { writeStored } from '@/settings/stored'
import { compile } from './compile'
import { catalogueFile, files, firstLanguage, STORED_AS, type Language } from './files'
import en from './en/common'
import zh from './zh/common'

export type { Language } from './files'

export const i18n = createI18n({
  legacy: false,
  locale: firstLanguage(),
  fallbackLocale: 'zh',
  messages: { zh, en },
  messageCompiler: compile,
})

export function currentLanguage(): Language {
  return i18n.global.locale.value
}

/** Pages that were opened: their texts are wanted in whatever language is chosen next. */
const wanted = new Set<string>()
const there = new Set<string>()

async function fetchCatalogue(language: Language, page: string): Promise<void> {
  const file = catalogueFile(language, page)
  if (there.has(file)) return
  const load = files[file]
  if (load === undefined) throw new Error(`there is no catalogue ${file}`)
  i18n.global.mergeLocaleMessage(language, (await load()).default)
  there.add(file)
}

/** Resolves when what `page` says is there; rejects when it cannot be fetched. */
export async function loadCatalogue(page: string): Promise<void> {
  wanted.add(page)
  await fetchCatalogue(currentLanguage(), page)
}

function announce(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

/** Changes the language once its texts are there; rejects, changing nothing, without a line. */
export async function setLanguage(language: Language): Promise<void> {
  await Promise.all([...wanted].map((page) => fetchCatalogue(language, page)))
  i18n.global.locale.value = language
  announce(language)
  writeStored(STORED_AS, language)
}

announce(currentLanguage())
