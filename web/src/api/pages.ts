// A list that the server gives page by page.

export interface Page<Row> {
  rows: Row[]
  /** The cursor of the page after it; null on the last. */
  next: number | null
}

/** Gathers a list as far as somebody asks for it. One fetch at a time; a failed one is
 *  thrown as the Problem that it was, and may be asked for again. */
export class Pages<Row> {
  private known: Row[] = []
  private cursor: number | null | undefined
  private running: Promise<void> | null = null
  /** Rises with restart(): an answer to an earlier list is void. */
  private list = 0

  /** @fetchPage: `cursor` is undefined for the first page */
  constructor(private readonly fetchPage: (cursor: number | undefined) => Promise<Page<Row>>) {}

  get rows(): readonly Row[] {
    return this.known
  }

  get complete(): boolean {
    return this.cursor === null
  }

  more(): Promise<void> {
    if (this.complete) return Promise.resolve()
    this.running ??= this.take().finally(() => (this.running = null))
    return this.running
  }

  /** From the first page again, for another filter. */
  restart(): Promise<void> {
    this.list += 1
    this.known = []
    this.cursor = undefined
    this.running = null
    return this.more()
  }

  private async take(): Promise<void> {
    const list = this.list
    let page = await this.fetchPage(this.cursor ?? undefined)
    // Nothing was found as far as the server has looked.
    while (page.rows.length === 0 && page.next !== null && list === this.list) page = await this.fetchPage(page.next)
    if (list !== this.list) return
    this.known = [...this.known, ...page.rows]
    this.cursor = page.next
  }
}
