// What may wait at most in each queue of a worker, by the names of its health; at the
// bounds of the code, or at what two seconds of a lesson are where those are wide.
export const bounds = {
  source_waiting_bytes: 1 << 20,
  pictures_waiting: 64,
  sound_waiting_ms: 3000,
  frames_waiting: 24, // 4 before the ladder, 4 before an encoder, twice for half the rate
  slots_waiting: 3,
  unsent_bytes: 1 << 20,
} as const;
