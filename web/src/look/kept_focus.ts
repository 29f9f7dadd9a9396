import { onBeforeUpdate, onUpdated, type Ref } from 'vue'

type Part = Readonly<Ref<HTMLElement | null>>

/** When what has the focus in `part` goes, or is disabled, `place` has it, which needs a
 *  tabindex: else the keyboard would begin again at the top of the page. */
export function useKeptFocus(part: Part, place: Part): void {
  let inside = false
  onBeforeUpdate(() => (inside = part.value?.contains(document.activeElement) === true))
  onUpdated(() => {
    const here = document.activeElement
    // A browser takes it from what is disabled only when it draws the page.
    if (inside && (here === document.body || here?.matches(':disabled') === true)) {
      place.value?.focus({ preventScroll: true })
    }
  })
}
