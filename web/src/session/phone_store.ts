// What the steward's phone keeps, so that a room goes on without a line: lists as they were
// last seen, and the log of what was written down meanwhile.
//
// Database `airclass-steward`, by member: another steward on the same phone sees none of it.
const NAME = 'airclass-steward'
const VERSION = 1

/** `kept`: by a name; `logs`: entries, by [log, seq]; `heads`: where each log ends;
 *  `again`: what got no answer, to be asked once more by its key. */
export type StoreName = 'kept' | 'logs' | 'heads' | 'again'

let opening: Promise<IDBDatabase> | null = null

function openDatabase(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION)
    request.onupgradeneeded = () => {
      const { result } = request
      result.createObjectStore('kept')
      result.createObjectStore('logs', { keyPath: ['log', 'seq'] })
      result.createObjectStore('heads', { keyPath: 'log' })
      result.createObjectStore('again', { keyPath: 'key' })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('no database'))
  }).catch((error: unknown) => {
    opening = null
    throw error
  })
  return opening
}

export function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('the database refuses'))
  })
}

/** `work` in one transaction, which is on disk when this resolves. `work` may wait for
 *  nothing but the transaction's own requests. */
export async function inTransaction<T>(
  names: StoreName[],
  mode: IDBTransactionMode,
  work: (store: (name: StoreName) => IDBObjectStore) => Promise<T>,
): Promise<T> {
  const database = await openDatabase()
  const transaction = database.transaction(names, mode)
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('the database refuses'))
  })
  const [result] = await Promise.all([work((name) => transaction.objectStore(name)), done])
  return result
}

export async function readKept<T>(name: string): Promise<T | null> {
  try {
    const found = await inTransaction(['kept'], 'readonly', (store) => answerOf(store('kept').get(name)))
    return (found as T | undefined) ?? null
  } catch {
    return null // a browser that keeps nothing: the page works while there is a line
  }
}

export async function keep(name: string, value: unknown): Promise<void> {
  try {
    await inTransaction(['kept'], 'readwrite', async (store) => {
      await answerOf(store('kept').put(value, name))
    })
  } catch {
    // As above.
  }
}

/** Somebody signed out: lists of people do not stay on the phone. Logs do, until they are sent. */
export async function forgetKept(): Promise<void> {
  try {
    await inTransaction(['kept'], 'readwrite', async (store) => {
      await answerOf(store('kept').clear())
    })
  } catch {
    // As above.
  }
}
