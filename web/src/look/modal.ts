// The native modal dialog, and what stands in for it where there is none (Safari before
// 15.4, Firefox before 98): the focus stays inside, Escape asks to close, and the focus
// goes back to where it was.

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), ' +
  'textarea:not(:disabled), [tabindex]:not([tabindex="-1"])'

/** Shows `dialog`. Returns: how to close it. */
export function openModal(dialog: HTMLDialogElement, askToClose: () => void): () => void {
  const before = document.activeElement
  const native = typeof dialog.showModal === 'function'
  const cancelled = (event: Event): void => {
    event.preventDefault()
    askToClose()
  }
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') cancelled(event)
    if (event.key === 'Tab') keepInside(dialog, event)
  }
  if (native) {
    dialog.addEventListener('cancel', cancelled)
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
    dialog.removeEventListener('cancel', cancelled)
    dialog.removeEventListener('keydown', pressed)
    if (native) dialog.close()
    else dialog.removeAttribute('open')
    if (before instanceof HTMLElement && before.isConnected) before.focus()
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
