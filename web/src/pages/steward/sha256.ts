// SHA-256 (FIPS 180-4) of a few hundred bytes. The browser's own is not there on plain
// HTTP, and answers too late for a transaction of IndexedDB, which ends by itself meanwhile.

/** The first 32 bits of the fractions of the cube roots, and square roots, of primes. */
const primes = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0),
)
const fraction = (x: number): number => ((x - Math.floor(x)) * 0x1_0000_0000) | 0
const K = primes.map((n) => fraction(Math.cbrt(n)))
const H = primes.slice(0, 8).map((n) => fraction(Math.sqrt(n)))

const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by))

function padded(bytes: Uint8Array): DataView {
  const length = Math.ceil((bytes.length + 9) / 64) * 64
  const block = new Uint8Array(length)
  block.set(bytes)
  block[bytes.length] = 0x80
  const view = new DataView(block.buffer)
  view.setUint32(length - 8, Math.floor(bytes.length / 0x2000_0000))
  view.setUint32(length - 4, bytes.length << 3)
  return view
}

function mix(state: Int32Array, view: DataView, at: number): void {
  const w = new Int32Array(64)
  const word = (i: number): number => w[i] ?? 0
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i)
  for (let i = 16; i < 64; i++) {
    const [a, b] = [word(i - 15), word(i - 2)]
    const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)
    const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10)
    w[i] = word(i - 16) + s0 + word(i - 7) + s1
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < 64; i++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] ?? 0) + word(i)) | 0
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
  }
  ;[a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] = (state[i] ?? 0) + value))
}

/** As 64 hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  const view = padded(bytes)
  const state = Int32Array.from(H)
  for (let at = 0; at < view.byteLength; at += 64) mix(state, view, at)
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
