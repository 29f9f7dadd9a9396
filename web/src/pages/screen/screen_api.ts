// The API as the screen of a room asks it: by the screen's own cookie, and without a
// sign-in to go to when that is refused.
import { ApiClient } from '@/api/client'
import type { Answer } from '@/api/call_types'

export const screenApi = new ApiClient()

export type ScreenSelf = Answer<'/api/v1/screens/self'>
export type ScreenLesson = ScreenSelf['lessons'][number]
export type RoomCode = Answer<'/api/v1/lessons/{id}/rooms/{site}/code'>
