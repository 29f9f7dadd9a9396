/** A column of a DataTable. */
export interface Column<Row> {
  key: string
  /** In the language that is shown. */
  head: string
  align?: 'right'
  text: (row: Row) => string
}
