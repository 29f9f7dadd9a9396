// Fills in what has a name, which is all that our texts need: the library's own compiler
// would be 5 KB more of every first visit.
interface Values {
  named(name: string): unknown
}

export function compile(message: unknown): (values: Values) => string {
  return ({ named }) => String(message).replace(/\{(\w+)\}/g, (_, name: string) => String(named(name) ?? ''))
}
