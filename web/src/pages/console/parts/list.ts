// Lists as components show them: one that the server gives page by page, and one that is there.
import { onScopeDispose, ref, shallowRef, type Ref } from 'vue'
import { Pages, type Page } from '@/api/pages'

/** What a list of records shows. */
export interface Listed<Row> {
  rows: Readonly<Ref<readonly Row[]>>
  complete: Readonly<Ref<boolean>>
  busy: Readonly<Ref<boolean>>
  /** Why the last page did not come. */
  failure: Readonly<Ref<unknown>>
  more(): Promise<void>
}

export interface List<Row, Filter = undefined> extends Listed<Row> {
  /** With what the rows were asked for. */
  asked: Readonly<Ref<Filter>>
  /** Anew from the first page; what is shown stays until it is there. */
  restart(): Promise<void>
  /** `row` in place of the one for which `same` holds. */
  replace(row: Row, same: (other: Row) => boolean): void
}

/** Begins with the first page at once. `filter` is read for it only: the pages after it are of the
 *  same list, whatever stands in the fields meanwhile. */
export function useList<Row, Filter = undefined>(
  fetchPage: (cursor: number | undefined, filter: Filter) => Promise<Page<Row>>,
  filter: () => Filter = () => undefined as Filter,
): List<Row, Filter> {
  const rows = shallowRef<readonly Row[]>([])
  const complete = ref(false)
  const busy = ref(false)
  const failure = shallowRef<unknown>(null)
  const asked = shallowRef(filter())
  let asking = asked.value
  const pages = new Pages<Row>((cursor) => fetchPage(cursor, asking))
  let turn = 0

  async function take(step: () => Promise<void>): Promise<void> {
    const mine = ++turn
    busy.value = true
    failure.value = null
    try {
      await step()
      if (mine !== turn) return
      rows.value = pages.rows
      asked.value = asking
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
    asked,
    complete,
    busy,
    failure,
    more: () => take(() => pages.more()),
    restart: () => {
      asking = filter()
      return take(() => pages.restart())
    },
    replace: (row: Row, same: (other: Row) => boolean) => {
      rows.value = rows.value.map((other) => (same(other) ? row : other))
    },
  }
  void list.more()
  return list
}

/** All of it, and nothing to wait for. */
export function wholeList<Row>(rows: Readonly<Ref<readonly Row[]>>): Listed<Row> {
  return { rows, complete: ref(true), busy: ref(false), failure: shallowRef(null), more: () => Promise.resolve() }
}
