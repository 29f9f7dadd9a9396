import { createHash, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { chained } from '@/pages/steward/room_log'
import { sha256 } from '@/pages/steward/sha256'

it.each([0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 543, 1000])('hashes %d bytes as everybody does', (length) => {
  const bytes = randomBytes(length)
  expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
})

it('chains an entry to the one before', () => {
  const prev = createHash('sha256').update('before').digest()
  const text = '{"at_ms":1,"act":"guest","name":"\u6765\u5bbe"}'
  const hash = createHash('sha256').update(prev).update(text).digest('hex')
  expect(chained(prev.toString('hex'), text)).toBe(hash)
})
