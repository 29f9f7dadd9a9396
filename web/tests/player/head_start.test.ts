// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { beginning, firstPlayed, headStart, partsFrom, readListing } from '@/player/head_start'

const MULTIVARIANT = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="中文",LANGUAGE="zh",URI="audio/playlist.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=450000,AVERAGE-BANDWIDTH=100,CODECS="avc1.64001e,mp4a.40.2",AUDIO="audio"
v360/playlist.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=250000,AVERAGE-BANDWIDTH=200000,CODECS="avc1.640015,mp4a.40.2",AUDIO="audio"
v240/playlist.m3u8
`
const HEADER = `#EXTM3U
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.00000,HOLD-BACK=6.00000,PART-HOLD-BACK=1.92000
#EXT-X-PART-INF:PART-TARGET=0.64000
#EXT-X-MAP:URI="1/init.mp4"
#EXTINF:1.92000,
1/0.m4s
`
const part = (name: string, more = ''): string => `#EXT-X-PART:DURATION=0.64000,URI="1/${name}.m4s"${more}\n`
const KEY = ',INDEPENDENT=YES'
const whole = (msn: number, key = ''): string =>
  `${part(`${msn}.0`, KEY)}${part(`${msn}.1`, key)}${part(`${msn}.2`, key)}#EXTINF:1.92000,\n1/${msn}.m4s\n`
const VIDEO = HEADER + whole(1) + whole(2) + part('3.0', KEY) + part('3.1')
const AUDIO = HEADER + whole(1, KEY) + whole(2, KEY) + part('3.0', KEY)

const AT = 'http://here/live/token/1/multivariant.m3u8'
const BESIDE = 'http://here/live/token/1/'
const names = (addresses: string[]): string[] => addresses.map((address) => address.replace(`${BESIDE}v240/1/`, ''))

describe('a playlist', () => {
  const listing = readListing(VIDEO, `${BESIDE}v240/playlist.m3u8`)

  it('is begun at the last key frame that is far enough from the edge', () => {
    expect(beginning(listing)).toBeCloseTo(3.84, 1) // the edge is at 7.04, and 5.12 no key frame
  })

  it('tells the parts from there, and how they begin', () => {
    expect(names(partsFrom(listing, 3.85))).toEqual(['2.0.m4s', '2.1.m4s'])
    expect(names(listing.inits)).toEqual(['init.mp4'])
  })

  it('with no parts is none to begin in', () => {
    expect(beginning(readListing(HEADER, AT))).toBeNull()
  })

  it('is not begun in a gap', () => {
    const gap = VIDEO.replace(`"1/2.0.m4s"${KEY}`, '"1/2.0.m4s",GAP=YES')
    expect(beginning(readListing(gap, AT))).toBeCloseTo(1.92, 1)
  })
})

it.each([
  [100_000, 'v240'], // less than any
  [449_999, 'v240'],
  [450_000, 'v360'],
  [900_000, 'v360'],
])('at %i bit/s the rendition that hls.js begins with is found wherever it stands, and the sound', (bps, name) => {
  expect(firstPlayed(MULTIVARIANT, AT, bps)).toEqual([`${BESIDE}${name}/playlist.m3u8`, `${BESIDE}audio/playlist.m3u8`])
})

describe('on a line', () => {
  const answers = new Map([
    [AT, MULTIVARIANT],
    [`${BESIDE}v240/playlist.m3u8`, VIDEO],
    [`${BESIDE}audio/playlist.m3u8`, AUDIO],
  ])
  const asked: string[] = []

  beforeEach(() => {
    asked.length = 0
    vi.stubGlobal('fetch', (address: string) => {
      asked.push(address)
      return Promise.resolve(new Response(answers.get(address) ?? 'media'))
    })
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    localStorage.clear()
  })

  it('that is slow, all that is played first is asked for, of picture and sound', async () => {
    localStorage.setItem('airclass.bandwidth', '300000')
    const head = await headStart(AT)
    expect(head?.startAt).toBeCloseTo(3.84, 1)
    expect([...(head?.playlists.keys() ?? [])]).toEqual([...answers.keys()])
    const media = asked.slice(answers.size).map((address) => address.slice(BESIDE.length))
    expect(media).toEqual([
      'v240/1/init.mp4', 'audio/1/init.mp4',
      'v240/1/2.0.m4s', 'v240/1/2.1.m4s', 'audio/1/2.0.m4s', 'audio/1/2.1.m4s',
    ])
  })

  it('that is fast, or not known, nothing is', async () => {
    expect(await headStart(AT)).toBeNull()
    localStorage.setItem('airclass.bandwidth', '4000000')
    expect(await headStart(AT)).toBeNull()
    expect(asked).toEqual([])
  })

  it('that does not answer, the engine is not kept waiting', async () => {
    localStorage.setItem('airclass.bandwidth', '300000')
    vi.useFakeTimers()
    vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted')))))
    const head = headStart(AT)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await head).toBeNull()
    vi.useRealTimers()
  })

  it('that breaks, the engine is left to ask by itself', async () => {
    localStorage.setItem('airclass.bandwidth', '300000')
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    expect(await headStart(AT)).toBeNull()
  })
})
