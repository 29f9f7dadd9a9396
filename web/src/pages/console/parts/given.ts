type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** `values` without those that are undefined, or an empty text. */
export function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== '')) as Given<T>
}

/** What a select says: an empty one is none. */
export function chosenOf<T extends string>(value: T | ''): T | undefined {
  return value === '' ? undefined : value
}
