// What a slow line can bring beside the engine's code instead of after it: the playlists,
// and the first parts. hls.js asks for one after the other, a way there and back for each.
//
// It begins at a key frame: hls.js would begin wherever it is far enough from the edge, and
// there the picture has to wait for all that came since the last key frame.
import { measuredBandwidth, readBandwidth } from './bandwidth'

export interface HeadStart {
  /** Lesson time of a key frame, as far from the edge as the server wants it or farther. */
  startAt: number
  /** Playlists, by their addresses. */
  playlists: Map<string, string>
}

/** The way there and back weighs more than the bytes on a line that is faster. */
const SLOW_BPS = 1_000_000
/** Playlists that take longer keep nobody from the picture: the engine asks anew. */
const LIMIT_MS = 5_000
/** So many parts of picture and sound that more have come when they have been played. */
const PARTS = 2
/** Playlists count in hundred-thousandths: a key frame is not to be missed by a rounding. */
const INTO_PART_S = 0.01

interface Part {
  address: string
  start: number
  duration: number
  independent: boolean
}

export interface Listing {
  inits: string[]
  parts: Part[]
  holdBack: number
}

const attribute = (line: string, name: string): string | undefined =>
  new RegExp(`[:,]${name}="?([^",]+)`).exec(line)?.[1]

/** The rendition that hls.js begins with, the highest that `bps` carries or else the lowest,
 *  wherever the server lists it, and the sound beside it. */
export function firstPlayed(multivariant: string, address: string, bps: number): string[] {
  const lines = multivariant.split('\n')
  const variants = lines
    .map((line, i) => ({ bps: Number(attribute(line, 'BANDWIDTH')), uri: lines[i + 1] ?? '', line }))
    .filter(({ line }) => line.startsWith('#EXT-X-STREAM-INF:'))
    .sort((a, b) => a.bps - b.bps)
  const carried = variants.filter((variant) => variant.bps <= bps)
  const sound = lines.find((line) => line.startsWith('#EXT-X-MEDIA:TYPE=AUDIO'))
  const uris = [(carried[carried.length - 1] ?? variants[0])?.uri, sound && attribute(sound, 'URI')]
  return uris.filter((uri) => uri !== undefined).map((uri) => new URL(uri, address).href)
}

export function readListing(playlist: string, address: string): Listing {
  const found: Listing = { inits: [], parts: [], holdBack: 0 }
  const href = (line: string): string => new URL(attribute(line, 'URI') ?? '', address).href
  let segmentStart = 0
  let partStart = 0
  for (const line of playlist.split('\n')) {
    if (line.startsWith('#EXTINF:')) {
      segmentStart += parseFloat(line.slice(8))
      partStart = segmentStart
    } else if (line.startsWith('#EXT-X-PART:')) {
      const duration = Number(attribute(line, 'DURATION'))
      const independent = line.includes('INDEPENDENT=YES')
      if (!line.includes('GAP=YES')) found.parts.push({ address: href(line), start: partStart, duration, independent })
      partStart += duration
    } else if (line.startsWith('#EXT-X-MAP:')) {
      found.inits = [href(line)] // the last one: it is for what is at the edge
    } else if (line.startsWith('#EXT-X-SERVER-CONTROL:')) {
      found.holdBack = Number(attribute(line, 'PART-HOLD-BACK') ?? 0)
    }
  }
  return found
}

/** Where to begin: the last key frame that is far enough from the edge. */
export function beginning({ parts, holdBack }: Listing): number | null {
  const last = parts[parts.length - 1]
  if (last === undefined) return null
  const furthest = last.start + last.duration - holdBack + INTO_PART_S
  const keys = parts.filter(({ independent, start }) => independent && start <= furthest)
  const key = keys[keys.length - 1]
  return key === undefined ? null : key.start + INTO_PART_S
}

/** Parts from the one that is played at `position` on. */
export function partsFrom({ parts }: Listing, position: number): string[] {
  const later = parts.filter(({ start, duration }) => start + duration > position)
  return later.slice(0, PARTS).map(({ address }) => address)
}

async function textOf(address: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(address, { signal })
  if (!response.ok) throw new Error(`${address}: ${response.status}`)
  return response.text()
}

/** They do not change: whoever asks for one later has it out of the browser's cache, or
 *  waits for the same answer. */
function warm(addresses: readonly string[]): void {
  for (const address of addresses) {
    fetch(address).then((response) => response.arrayBuffer()).catch(() => undefined)
  }
}

/** Resolves once the playlists are there, the parts being on their way; with null on a line
 *  that is not slow, or when anything is late or other than expected: the engine asks by
 *  itself. */
export async function headStart(address: string): Promise<HeadStart | null> {
  const bps = readBandwidth() ?? measuredBandwidth()
  if (bps === null || bps > SLOW_BPS) return null
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), LIMIT_MS)
  const ask = (playlist: string): Promise<string> => textOf(playlist, abort.signal)
  try {
    const multivariant = new URL(address, location.href).href
    const playlists = new Map([[multivariant, await ask(multivariant)]])
    const media = firstPlayed(playlists.get(multivariant) ?? '', multivariant, bps)
    const texts = await Promise.all(media.map(ask))
    const listings = texts.map((text, i) => readListing(text, media[i] ?? ''))
    const startAt = listings[0] === undefined ? null : beginning(listings[0])
    if (startAt === null) return null
    media.forEach((playlist, i) => playlists.set(playlist, texts[i] ?? ''))
    // Picture and sound of one time are played together.
    warm(listings.flatMap(({ inits }) => inits))
    warm(listings.flatMap((listing) => partsFrom(listing, startAt)))
    return { startAt, playlists }
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
