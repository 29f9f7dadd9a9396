import { nextTick } from 'vue'

/** Leads to the first field at fault in `form`, which may be out of sight. Resolves with
 *  whether there is one, once what is said of it is drawn. */
export async function showFault(form: HTMLElement | null): Promise<boolean> {
  await nextTick()
  const field = form?.querySelector<HTMLElement>('[aria-invalid=true]') ?? null
  field?.focus({ preventScroll: true })
  field?.scrollIntoView?.({ block: 'center' }) // with its label and what is said below it
  return field !== null
}
