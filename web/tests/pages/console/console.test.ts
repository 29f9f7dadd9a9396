// @vitest-environment jsdom
import { effectScope } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Schema } from '@/api/call_types'
import { fetchRoomLogs, type RoomLogEntry } from '@/api/room_logs'
import { areasOf } from '@/pages/console/area'
import { devicesOf } from '@/pages/console/logs/room_log'
import { COLUMNS, SAMPLE, sampleOf } from '@/pages/console/import/columns'
import { chosenOf, given } from '@/pages/console/parts/given'
import { useList } from '@/pages/console/parts/list'
import { dayText, personText, toLocal, withZone } from '@/pages/console/parts/shown'
import { barsOf } from '@/pages/console/progress/progress'
import { cellText, type Report } from '@/pages/console/reports/reports'
import { isFor, sections } from '@/pages/console/sections'
import { audienceOf, mostOf } from '@/pages/console/today/audience'
import { metric } from '@/pages/console/system/metrics'
import { playApi, type Call } from '../../fake_api'

describe('what somebody looks after', () => {
  it('is one for each branch, the widest first, with the highest role', () => {
    const areas = areasOf([
      { role: 'lecturer', branch: 1, name: 'County' },
      { role: 'secretary', branch: 3, name: 'Village' },
      { role: 'staff', branch: 3, name: 'Village' },
      { role: 'administrator', branch: null, name: null },
    ])
    expect(areas).toEqual([
      { role: 'administrator', branch: null, name: null },
      { role: 'staff', branch: 3, name: 'Village' },
    ])
  })

  it('says which sections there are', () => {
    const namesOf = (role: 'secretary' | 'staff' | 'administrator', branch: number | null): string[] =>
      sections.filter((one) => isFor(one, { role, branch, name: null })).map(({ name }) => name)
    expect(namesOf('secretary', 3)).not.toContain('import')
    expect(namesOf('staff', 3)).toContain('import')
    expect(namesOf('staff', 3)).not.toContain('system')
    expect(namesOf('staff', null)).toContain('system')
    expect(namesOf('administrator', null)).toHaveLength(sections.length)
    expect(sections.filter((one) => isFor(one, null))).toEqual([])
  })
})

describe('a list', () => {
  const asked: (number | undefined)[] = []
  afterEach(() => void (asked.length = 0))

  it('goes on, begins anew, and tells why a page did not come', async () => {
    const fetchPage = vi.fn((cursor: number | undefined) => {
      asked.push(cursor)
      return Promise.resolve({ rows: [cursor ?? 0], next: cursor === undefined ? 7 : null })
    })
    const scope = effectScope()
    const list = scope.run(() => useList(fetchPage))!
    await vi.waitFor(() => expect(list.rows.value).toEqual([0]))
    await list.more()
    expect([list.rows.value, list.complete.value]).toEqual([[0, 7], true])
    fetchPage.mockRejectedValueOnce(new Error('no line'))
    await list.restart()
    expect(String(list.failure.value)).toContain('no line')
    expect(list.rows.value).toEqual([0, 7])
    await list.restart()
    expect([list.failure.value, list.rows.value]).toEqual([null, [0]])
    expect(asked).toEqual([undefined, 7, undefined])
    scope.stop()
  })
})

describe('what is sent and shown', () => {
  it('leaves out what is not given', () => {
    expect(given({ a: undefined, b: '', c: 0, d: null })).toEqual({ c: 0, d: null })
    expect([chosenOf<'x'>(''), chosenOf<'x'>('x')]).toEqual([undefined, 'x'])
  })

  it('keeps an hour over the way to the server and back', () => {
    const sent = withZone('2031-03-04T19:30')
    expect(sent).toMatch(/^2031-03-04T19:30:00[+-]\d\d:\d\d$/)
    expect(toLocal(sent)).toBe('2031-03-04T19:30')
    expect(toLocal(null)).toBe('')
  })

  it('names people by their masked name and number, as far as they are known', () => {
    expect([personText('M*r', '1001'), personText(null, '1001'), personText(null, null)]).toEqual(['M*r 1001', '1001', ''])
    expect(dayText('2032-01-05')).toMatch(/2032.*1.*5|5 Jan 2032/)
    expect(dayText('x')).toBe('x')
  })

  it.each([
    ['hours', 1500, '1.5'],
    ['rate', 333, '33.3%'],
    ['time', 3_900_000, '1 h 5 min'],
    ['count', 12, '12'],
    ['text', '0012', '0012'],
    ['day', null, ''],
  ] as const)('%s %s is %s', (type, value, text) => {
    expect(cellText(type, value)).toBe(text)
  })

  it('draws a bar for each branch of which something is asked', () => {
    const column = (key: string): Report['columns'][number] => ({ key, head: key, head_zh: key, type: 'text', sum: null })
    const report = { columns: [column('branch'), column('fulfilled')], rows: [['Town', 905], ['None', null]] }
    expect(barsOf(report as unknown as Report)).toEqual([{ name: 'Town', percent: 90.5 }])
  })

  it('counts the devices of several lessons by minute, over the last hour', () => {
    const row = (at: string, reports: number) => ({ at: `2026-11-01T${at}:00.000Z`, reports }) as Schema<'QualityRow'>
    const now = Date.parse('2026-11-01T12:00:30Z')
    const minutes = audienceOf([[row('10:59', 9), row('11:00', 2), row('11:30', 3)], [row('11:30', 4), row('12:00', 8)]], now)
    expect(minutes).toHaveLength(60)
    expect(minutes.filter(({ devices }) => devices > 0).map(({ devices }) => devices)).toEqual([2, 7])
    expect([minutes[0]?.devices, minutes[30]?.devices, minutes[59]?.devices]).toEqual([2, 7, 0])
    expect(mostOf(minutes)).toEqual({ atMs: Date.parse('2026-11-01T11:30:00Z'), devices: 7 })
    expect(mostOf(audienceOf([], now))).toBeNull()
  })

  it('gives clerks a table of headings that spreadsheets take for what it is', async () => {
    const reader = new FileReader()
    const bytes = new Promise((done) => reader.addEventListener('load', () => done(reader.result)))
    reader.readAsArrayBuffer(sampleOf(['编号', '姓名']))
    const text = Buffer.from((await bytes) as ArrayBuffer)
    expect([...text.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    expect(text.toString('utf8').slice(1)).toBe('编号,姓名\r\n')
    expect(COLUMNS.slice(0, SAMPLE.length)).toEqual(SAMPLE)
  })

  it('sums a metric over its labels', () => {
    const metrics = [
      { name: 'a', labels: {}, value: 1 },
      { name: 'a', labels: { b: 'c' }, value: 2 },
    ]
    expect([metric(metrics, 'a'), metric(metrics, 'x')]).toEqual([3, null])
  })
})

describe('logs of stewards', () => {
  const entry = (device: string, seq: number, said: object, more: Partial<RoomLogEntry> = {}): RoomLogEntry => ({
    device, seq, entry: JSON.stringify(said), at: '2026-03-04T11:30:00Z', state: 'waiting', media_ms: 0, sender: '9', sender_name: 'L*',
    received_at: '2026-03-04T12:30:00Z', decided_by: null, decided_at: null, number: null, name: null, ...more,
  })

  it('are told by device, those that wait first, and by name', () => {
    const devices = devicesOf([
      entry('a', 1, { act: 'heads', heads: 30 }, { state: 'approved' }),
      entry('b', 1, { act: 'guest', name: 'Zhao' }),
      entry('b', 2, {}, { entry: 'broken' }),
      entry('b', 3, { act: 'in', member: 77 }, { number: '1001', name: 'Qian' }),
      entry('b', 4, { act: 'out' }, { number: '1002', name: 'Sun' }),
      entry('b', 5, { act: 'in' }),
    ])
    expect(devices.map(({ device, sender, waiting }) => [device, sender, waiting])).toEqual([['b', '9', 4], ['a', '9', 0]])
    expect(devices[1]?.entries.map(({ who }) => who)).toEqual(['30'])
    expect(devices[0]?.entries.map(({ who }) => who)).toEqual(['Zhao', 'Qian 1001', 'Sun 1002', null])
  })

  it('are read whole, page by page', async () => {
    const all = ['a', 'b'].flatMap((device) => Array.from({ length: 700 }, (_, i) => entry(device, i + 1, { act: 'in' })))
    playApi({
      'GET /api/v1/lessons/7/rooms/3/logs': ({ query }: Call) => {
        const [past, after] = [query.get('past'), Number(query.get('after'))]
        const from = all.findIndex(({ device, seq }) => device === past && seq === after) + 1
        return { entries: all.slice(from, from + Number(query.get('limit'))) }
      },
    })
    expect(await fetchRoomLogs(7, 3)).toEqual(all)
    vi.unstubAllGlobals()
  })
})
