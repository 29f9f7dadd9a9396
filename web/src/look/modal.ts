// The native modal dialog, and what stands in for it where there is none (Safari before
// 15.4, Firefox before 98): the focus stays inside, also when what had it is taken away;
// Escape asks to close, and the focus goes back to where it was.

import { shallowRef } from 'vue'

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), ' +
  'textarea:not(:disabled), [tabindex]:not([tabindex="-1"])'

interface Shown {
  dialog: HTMLDialogElement
  /** Where the focus was before. */
  before: Element | null
}

/** Those that are open. The last of them has the focus; what is outside of it is under its
 *  veil. */
const shown = shallowRef<readonly Shown[]>([])

const last = (): Shown | null => shown.value[shown.value.length - 1] ?? null

export const topmostModal = (): HTMLDialogElement | null => last()?.dialog ?? null

/** What one dialog held is gone already when another takes its place: that one gives the
 *  focus back to where the first had it from. */
function placeBefore(): Element | null {
  const here = document.activeElement
  return here === document.body ? (last()?.before ?? here) : here
}

/** Shows `dialog`. Returns: how to close it. */
export function openModal(dialog: HTMLDialogElement, askToClose: () => void): () => void {
  const self: Shown = { dialog, before: placeBefore() }
  shown.value = [...shown.value, self]
  const leave = holdFocus(dialog)
  const native = typeof dialog.showModal === 'function'
  const cancelled = (event: Event): void => {
    event.preventDefault()
    askToClose()
  }
  const closed = (): void => {
    if (dialog.open) return // it was about the time before
    askToClose()
    setTimeout(showAgain)
  }
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') cancelled(event)
    if (event.key === 'Tab') keepInside(dialog, event)
  }
  if (native) {
    dialog.addEventListener('cancel', cancelled)
    dialog.addEventListener('close', closed)
    dialog.showModal()
  } else {
    dialog.addEventListener('keydown', pressed)
    dialog.setAttribute('open', '')
    dialog.setAttribute('aria-modal', 'true')
    dialog.setAttribute('role', 'dialog')
    dialog.querySelector<HTMLElement>('[autofocus]')?.focus()
    if (!dialog.contains(document.activeElement)) dialog.querySelector<HTMLElement>(FOCUSABLE)?.focus()
  }
  return () => {
    const wasLast = last() === self
    shown.value = shown.value.filter((one) => one !== self)
    leave()
    dialog.removeEventListener('cancel', cancelled)
    dialog.removeEventListener('close', closed)
    dialog.removeEventListener('keydown', pressed)
    if (native) dialog.close()
    else dialog.removeAttribute('open')
    if (wasLast && self.before instanceof HTMLElement) self.before.focus()
  }
}

/** Browsers let no page keep a dialog open: at a second Escape, or Android's Back, with no tap in
 *  between, Chromium closes it whatever it is told. What stays is shown again, the lowest first, so
 *  that each lies over those below it. */
function showAgain(): void {
  for (const { dialog } of shown.value) if (!dialog.open) dialog.showModal()
}

function firstIn(element: Element): HTMLElement | null {
  return element.matches(FOCUSABLE) ? (element as HTMLElement) : element.querySelector<HTMLElement>(FOCUSABLE)
}

/** `element` is in the upper half of what is seen of `dialog` from its top. */
function beginsAbove(element: Element, dialog: HTMLElement): boolean {
  const top = element.getBoundingClientRect().top - dialog.getBoundingClientRect().top + dialog.scrollTop
  return top < dialog.clientHeight / 2
}

/** When what has the focus is taken away, it goes to what comes in its place, as a question
 *  that stands in for a button, else to what is first around it. What came is read from its
 *  beginning, from the title on where that is near, however far below the focus is. Returns:
 *  how to end this. */
function holdFocus(dialog: HTMLElement): () => void {
  let around: Element[] = []
  const focused = ({ target }: Event): void => {
    around = []
    for (let at = target as Element | null; at !== null && dialog.contains(at); at = at.parentElement) around.push(at)
  }
  const changes = new MutationObserver((records) => {
    const had = around[0]
    // Else it is on its way elsewhere, or somebody tapped on text.
    if (had === undefined || dialog.contains(had) || document.activeElement !== document.body) return
    const nodes = records.flatMap(({ addedNodes }) => [...addedNodes])
    const came = nodes.filter((node): node is Element => node instanceof Element && dialog.contains(node) && node.closest('.toasts') === null)
    // They may have been put in from the last to the first.
    came.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))
    const near = [...came, ...around.filter((one) => dialog.contains(one))]
    const next = near.map(firstIn).find((one) => one !== null)
    next?.focus({ preventScroll: true })
    if (came[0] !== undefined && beginsAbove(came[0], dialog)) dialog.scrollTop = 0
    else {
      next?.scrollIntoView?.({ block: 'nearest' })
      came[0]?.scrollIntoView?.({ block: 'nearest' })
    }
  })
  dialog.addEventListener('focusin', focused)
  changes.observe(dialog, { childList: true, subtree: true })
  return () => {
    changes.disconnect()
    dialog.removeEventListener('focusin', focused)
  }
}

function keepInside(dialog: HTMLElement, event: KeyboardEvent): void {
  const all = [...dialog.querySelectorAll<HTMLElement>(FOCUSABLE)]
  const [first, last] = [all[0], all[all.length - 1]]
  if (first === undefined || last === undefined) return
  const here = document.activeElement
  if (event.shiftKey && here === first) {
    event.preventDefault()
    last.focus()
  } else if (!event.shiftKey && here === last) {
    event.preventDefault()
    first.focus()
  }
}
