// What a person chose about how the pages look, kept in the browser: language, large type
// (长辈版), saving data. The look follows by attributes of <html>; see look/tokens.css.
import { computed, readonly, ref, type Ref } from 'vue'
import { currentLanguage, setLanguage, type Language } from '@/messages'
import { readStored, writeStored } from './stored'

const LARGE_TYPE = 'airclass.large-type'
const DATA_SAVER = 'airclass.data-saver'

/** Sizes of large type, pt. */
export const LEAST_PT = 18
export const MOST_PT = 30
const FIRST_PT = 20

export interface Settings {
  language: Readonly<Ref<Language>>
  /** Size of letters in pt; null: the ordinary look. */
  largeType: Readonly<Ref<number | null>>
  dataSaver: Readonly<Ref<boolean>>
  /** Resolves when the texts are there. */
  setLanguage(language: Language): Promise<void>
  /** `true` takes the size that was chosen last. */
  setLargeType(pt: number | boolean): void
  setDataSaver(on: boolean): void
}

const largeType = ref<number | null>(null)
const dataSaver = ref(wantsToSave())
let lastPt = FIRST_PT

function wantsToSave(): boolean {
  const stored = readStored(DATA_SAVER)
  if (stored !== null) return stored === 'on'
  const { connection } = navigator as { connection?: { saveData?: boolean } }
  return connection?.saveData === true
}

function within(pt: number): number {
  return Math.min(MOST_PT, Math.max(LEAST_PT, Math.round(pt)))
}

function show(pt: number | null): void {
  const root = document.documentElement
  largeType.value = pt
  if (pt === null) {
    delete root.dataset['type']
    root.style.removeProperty('--type-size')
  } else {
    lastPt = pt
    root.dataset['type'] = 'large'
    root.style.setProperty('--type-size', `${pt}pt`)
  }
}

const settings: Settings = {
  language: computed(currentLanguage),
  largeType: readonly(largeType),
  dataSaver: readonly(dataSaver),
  setLanguage,
  setLargeType(choice) {
    const pt = typeof choice === 'number' ? within(choice) : choice ? lastPt : null
    show(pt)
    writeStored(LARGE_TYPE, pt === null ? null : String(pt))
  },
  setDataSaver(on) {
    dataSaver.value = on
    writeStored(DATA_SAVER, on ? 'on' : 'off')
  },
}

const storedPt = Number(readStored(LARGE_TYPE) ?? Number.NaN)
if (Number.isFinite(storedPt)) show(within(storedPt))

export function useSettings(): Settings {
  return settings
}
