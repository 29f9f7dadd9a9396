// The logs that stewards' phones sent of a room, whole.
import { api } from './client'
import type { Schema } from './call_types'

export type RoomLogEntry = Schema<'RoomLogEntry'>

const PAGE = 500

/** By device and number. Throws a Problem. */
export async function fetchRoomLogs(lesson: number, site: number): Promise<RoomLogEntry[]> {
  const path = { id: lesson, site }
  const all: RoomLogEntry[] = []
  for (;;) {
    const last = all[all.length - 1]
    const behind = last === undefined ? {} : { past: last.device, after: last.seq }
    const { entries } = await api.get('/api/v1/lessons/{id}/rooms/{site}/logs', { path, query: { ...behind, limit: PAGE } })
    all.push(...entries)
    if (entries.length < PAGE) return all
  }
}
