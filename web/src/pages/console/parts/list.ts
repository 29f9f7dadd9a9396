// A list that the server gives page by page, as a component shows it.
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { Pages, type Page } from '@/api/pages'

export interface List<Row> {
  rows: ShallowRef<readonly Row[]>
  complete: Ref<boolean>
  busy: Ref<boolean>
  /** Why the last page did not come. */
  failure: ShallowRef<unknown>
  more(): Promise<void>
  /** Anew from the first page; what is shown stays until it is there. */
  restart(): Promise<void>
  /** `row` in place of the one for which `same` holds. */
  replace(row: Row, same: (other: Row) => boolean): void
}

/** Begins with the first page at once. */
export function useList<Row>(fetchPage: (cursor: number | undefined) => Promise<Page<Row>>): List<Row> {
  const rows = shallowRef<readonly Row[]>([])
  const complete = ref(false)
  const busy = ref(false)
  const failure = shallowRef<unknown>(null)
  const pages = new Pages(fetchPage)
  let turn = 0

  async function take(step: () => Promise<void>): Promise<void> {
    const mine = ++turn
    busy.value = true
    failure.value = null
    try {
      await step()
      if (mine !== turn) return
      rows.value = pages.rows
      complete.value = pages.complete
    } catch (error) {
      if (mine === turn) failure.value = error
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  onScopeDispose(() => (turn = -1))
  const list = {
    rows,
    complete,
    busy,
    failure,
    more: () => take(() => pages.more()),
    restart: () => take(() => pages.restart()),
    replace: (row: Row, same: (other: Row) => boolean) => {
      rows.value = rows.value.map((other) => (same(other) ? row : other))
    },
  }
  void list.more()
  return list
}
