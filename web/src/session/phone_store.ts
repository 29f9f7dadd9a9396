// What the phone keeps of a steward's work, so that a room goes on without a line: lists as
// they were last seen, and the log of what was written down meanwhile.
//
// Lists are of whoever is signed in, and go when somebody else signs in, or nobody is. What
// was not sent yet stays, and is named by the number of who wrote it: nobody else sees or
// sends it.
const NAME = 'airclass-steward'
const VERSION = 1

/** `kept`: by a name; `logs`: entries, by [log, seq]; `heads`: where each log ends;
 *  `again`: what got no answer, to be asked once more by its key. */
export type StoreName = 'kept' | 'logs' | 'heads' | 'again'

/** A browser may open no database for long, or ever (iOS 14): whoever waits for it goes on as
 *  if it kept nothing. */
const OPEN_MS = 2_000

let opening: Promise<IDBDatabase> | null = null
/** Rejects when `opening` has had its time. */
let late!: Promise<never>

/** What is done next opens it anew. */
function forgetDatabase(): void {
  opening = null
}

function openDatabase(): Promise<IDBDatabase> {
  if (opening !== null) return opening
  late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error('the database does not open')), OPEN_MS)
  })
  late.catch(() => undefined)
  opening = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION)
    request.onupgradeneeded = () => {
      const { result } = request
      result.createObjectStore('kept')
      result.createObjectStore('logs', { keyPath: ['log', 'seq'] })
      result.createObjectStore('heads', { keyPath: 'log' })
      result.createObjectStore('again', { keyPath: 'key' })
    }
    request.onsuccess = () => {
      request.result.onclose = forgetDatabase
      resolve(request.result)
    }
    request.onerror = () => reject(request.error ?? new Error('no database'))
  }).catch((error: unknown) => {
    forgetDatabase()
    throw error
  })
  return opening
}

const openInTime = (): Promise<IDBDatabase> => Promise.race([openDatabase(), late])

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
  return transact(openInTime, names, mode, work)
}

async function transact<T>(
  open: () => Promise<IDBDatabase>,
  names: StoreName[],
  mode: IDBTransactionMode,
  work: (store: (name: StoreName) => IDBObjectStore) => Promise<T>,
): Promise<T> {
  const database = await open()
  let transaction: IDBTransaction
  try {
    transaction = database.transaction(names, mode)
  } catch {
    // The browser has closed it, as iOS does while a page sleeps, not always with a word.
    forgetDatabase()
    transaction = (await open()).transaction(names, mode)
  }
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('the database refuses'))
  })
  const [result] = await Promise.all([work((name) => transaction.objectStore(name)), done])
  return result
}

const OWNER = 'owner'

/** As readOwner(), but rejects when it cannot be read. */
export function askOwner(): Promise<string | null> {
  return inTransaction(['kept'], 'readonly', (store) => ownerOf(store('kept')))
}

/** The number of who was signed in last; null: nobody is, as far as this phone knows. */
export async function readOwner(): Promise<string | null> {
  try {
    return await askOwner()
  } catch {
    return null // a browser that keeps nothing: the page works while there is a line
  }
}

async function ownerOf(kept: IDBObjectStore): Promise<string | null> {
  return ((await answerOf(kept.get(OWNER))) as string | undefined) ?? null
}

/** The phone is in the hands of this member, or (null) of nobody: lists of another's people
 *  do not stay on it. Is done when the database opens late, too, but not waited for then. */
export async function handOver(number: string | null): Promise<void> {
  const handed = transact(openDatabase, ['kept'], 'readwrite', async (store) => {
    const kept = store('kept')
    if (number !== null && (await ownerOf(kept)) === number) return
    await answerOf(kept.clear())
    if (number !== null) await answerOf(kept.put(number, OWNER))
  })
  try {
    await Promise.all([handed, openInTime()])
  } catch {
    // As above.
  }
}

/** What was kept for `who`, as long as the phone is theirs. */
export async function readKept<T>(who: string, name: string): Promise<T | null> {
  try {
    return await inTransaction(['kept'], 'readonly', async (store) => {
      const kept = store('kept')
      if ((await ownerOf(kept)) !== who) return null
      return ((await answerOf(kept.get(`${who}.${name}`))) as T | undefined) ?? null
    })
  } catch {
    return null // as above
  }
}

/** Not, when the phone is another's by now. */
export async function keep(who: string, name: string, value: unknown): Promise<void> {
  try {
    await inTransaction(['kept'], 'readwrite', async (store) => {
      const kept = store('kept')
      if ((await ownerOf(kept)) === who) await answerOf(kept.put(value, `${who}.${name}`))
    })
  } catch {
    // As above.
  }
}

/** Entries of logs, and guests, that `number` wrote down here and no server has; null: it
 *  cannot be read how many. */
export async function countUnsent(number: string): Promise<number | null> {
  if (typeof indexedDB === 'undefined') return 0
  const own = `${number}.`
  try {
    return await inTransaction(['logs', 'again'], 'readonly', async (store) => {
      const ownLogs = IDBKeyRange.bound([own], [`${number}/`]) // '/' comes after '.'
      const entries = (await answerOf(store('logs').getAll(ownLogs))) as { sent: boolean }[]
      const guests = (await answerOf(store('again').getAll())) as { room: string }[]
      return entries.filter(({ sent }) => !sent).length + guests.filter(({ room }) => room.startsWith(own)).length
    })
  } catch {
    return null
  }
}
