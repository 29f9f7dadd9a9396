// The message catalogues and the choice of language.
import { createI18n } from 'vue-i18n'
import { en } from './en'
import { zh } from './zh'

export type Messages = typeof zh
export type Language = 'zh' | 'en'

const STORED_AS = 'airclass.language'

declare module 'vue-i18n' {
  export interface DefineLocaleMessage extends Messages {}
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

function storedLanguage(): string | null {
  try {
    return localStorage.getItem(STORED_AS)
  } catch {
    return null // storage is switched off: the browser's language decides each time
  }
}

export const i18n = createI18n({
  legacy: false,
  locale: chooseLanguage(storedLanguage(), navigator.languages),
  fallbackLocale: 'zh',
  messages: { zh, en },
})

export function currentLanguage(): Language {
  return i18n.global.locale.value
}

function announce(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

export function setLanguage(language: Language): void {
  i18n.global.locale.value = language
  announce(language)
  try {
    localStorage.setItem(STORED_AS, language)
  } catch {
    // The choice then lasts as long as the page.
  }
}

announce(currentLanguage())
