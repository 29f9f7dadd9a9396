import { describe, expect, it } from 'vitest'
import { restartedAnswer, restartFragment } from '@/pages/studio/sdp'

const lines = (...all: string[]): string => all.join('\r\n')

describe('a restart of ICE', () => {
  it('sends the new name, password and candidates of the first line of media', () => {
    const offer = lines(
      'v=0', 'm=video 9 UDP/TLS/RTP/SAVPF 96', 'a=ice-ufrag:new', 'a=ice-pwd:secret', 'a=mid:0',
      'a=candidate:1 1 udp 1 192.0.2.1 5000 typ host', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=ice-ufrag:new', 'a=mid:1', '',
    )
    expect(restartFragment(offer)).toBe(lines(
      'a=ice-ufrag:new', 'a=ice-pwd:secret', 'm=video 9 UDP/TLS/RTP/SAVPF 96', 'a=mid:0',
      'a=candidate:1 1 udp 1 192.0.2.1 5000 typ host', 'a=end-of-candidates', '',
    ))
  })

  it('puts what the server says in place of what it said before', () => {
    const before = lines(
      'v=0', 'm=video 9 x 96', 'a=mid:0', 'a=ice-ufrag:old', 'a=ice-pwd:old', 'a=candidate:1 old', 'a=rtpmap:96 H264/90000', '',
    )
    const news = lines('a=ice-ufrag:new', 'a=ice-pwd:fresh', 'm=video 9 x 0', 'a=mid:0', 'a=candidate:1 new', '')
    expect(restartedAnswer(before, news)).toBe(lines(
      'v=0', 'm=video 9 x 96', 'a=mid:0', 'a=ice-ufrag:new', 'a=ice-pwd:fresh', 'a=candidate:1 new', 'a=rtpmap:96 H264/90000', '',
    ))
  })
})
