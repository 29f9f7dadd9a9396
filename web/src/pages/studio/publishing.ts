// The lecturer's own camera, screen and microphone on their way to the lesson.
import type { Problem } from '@/api/problem'
import { Link, type LinkOptions } from './link'

/** Legible slides at the bit rate that encoders.md recommends. */
const MOST_BPS = 3_000_000

/** Another source has the air, perhaps our own from before the line was lost: the server
 *  lets go of that within seconds. */
const TRIES_FOR_THE_AIR = 4

function isFinal({ status }: Problem, nth: number): boolean {
  return status === 409 ? nth >= TRIES_FOR_THE_AIR : [401, 403, 404, 415, 422].includes(status)
}

/** H.264 first: every viewer's device decodes it, and it may be passed on as it is. */
function preferH264(transceiver: RTCRtpTransceiver): void {
  const all = RTCRtpSender.getCapabilities('video')?.codecs ?? []
  const isH264 = ({ mimeType }: { mimeType: string }): boolean => /h264/i.test(mimeType)
  const codecs = [...all.filter(isH264), ...all.filter((codec) => !isH264(codec))]
  if (codecs.length > 0 && 'setCodecPreferences' in transceiver) transceiver.setCodecPreferences(codecs)
}

async function keepLegible(sender: RTCRtpSender): Promise<void> {
  const parameters: RTCRtpSendParameters & { degradationPreference?: string } = sender.getParameters()
  parameters.degradationPreference = 'maintain-resolution'
  for (const encoding of parameters.encodings) encoding.maxBitrate = MOST_BPS
  await sender.setParameters(parameters).catch(() => undefined) // some browsers know neither
}

export interface Sent {
  video: MediaStreamTrack
  audio: MediaStreamTrack | null
}

export class Publishing {
  private readonly link: Link
  private sent: Sent

  constructor(lesson: number, sent: Sent, changed: LinkOptions['changed']) {
    this.sent = sent
    this.link = new Link({ address: `/whip/${lesson}`, peer: () => this.peer(), changed, isFinal })
  }

  open(): void {
    this.link.open()
  }

  close(): void {
    this.link.close()
  }

  wake(): void {
    this.link.wake()
  }

  /** Another camera, screen or microphone in place of the one on air; the line stays. */
  async replace(sent: Sent): Promise<void> {
    this.sent = sent
    const senders = this.link.connection?.getTransceivers().map(({ sender }) => sender) ?? []
    await Promise.all(senders.map((sender, at) => sender.replaceTrack(at === 0 ? sent.video : sent.audio)))
  }

  private async peer(): Promise<RTCPeerConnection> {
    const peer = new RTCPeerConnection()
    const { video, audio } = this.sent
    const stream = new MediaStream([video, ...(audio === null ? [] : [audio])])
    const picture = peer.addTransceiver(video, { direction: 'sendonly', streams: [stream] })
    preferH264(picture)
    await keepLegible(picture.sender)
    // There is always a place for sound, so that a microphone can be plugged in while live.
    peer.addTransceiver(audio ?? 'audio', { direction: 'sendonly', streams: [stream] })
    return peer
  }
}
