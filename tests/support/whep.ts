// A browser that watches over WHEP (draft-ietf-wish-whep), from a page.
import type { Page } from 'playwright-core';
import type { WeakLine } from './weak_line.ts';

export interface WhepOptions {
  lesson: number;
  /** A bearer token; without one the page's session counts. */
  key?: string;
  /** What is asked for. */
  tracks?: ('video' | 'audio')[];
  /** Between the two; otherwise there is none. */
  line?: WeakLine;
}

export interface WhepAnswer {
  status: number;
  resource: string | null;
  etag: string | null;
  retryAfter: string | null;
  body: string;
}

/**
 * Watches the lesson in a video element of the page; the connection stays in it as
 * `window.whep`. What arrives is shown as soon as it can be.
 */
export async function watch(page: Page, { line, ...options }: WhepOptions): Promise<WhepAnswer> {
  if (line !== undefined) await page.exposeFunction('reroute', (answer: string) => line.reroute(answer));
  return page.evaluate(async ({ lesson, key, tracks = ['video', 'audio'], rerouted }) => {
    const peer = new RTCPeerConnection();
    Object.assign(window, { whep: peer });
    const receivers = tracks.map((kind) => peer.addTransceiver(kind, { direction: 'recvonly' }).receiver);
    for (const receiver of receivers) (receiver as unknown as { jitterBufferTarget: number }).jitterBufferTarget = 0;
    const video = document.createElement('video');
    video.autoplay = true;
    video.playsInline = true;
    video.width = 640;
    document.body.replaceChildren(video);
    peer.ontrack = ({ streams: [stream] }) => { video.srcObject = stream ?? null; };
    await peer.setLocalDescription(await peer.createOffer());
    if (peer.iceGatheringState !== 'complete')
      await new Promise<void>((done) => {
        peer.onicegatheringstatechange = () => { if (peer.iceGatheringState === 'complete') done(); };
      });
    const headers: Record<string, string> = key === undefined ? {} : { Authorization: `Bearer ${key}` };
    // Without our addresses the server knows no other way to us.
    const { sdp } = peer.localDescription!;
    const body = rerouted ? sdp.replace(/^a=candidate:.*\r\n/gm, '') : sdp;
    const response = await fetch(`/whep/${lesson}`, {
      method: 'POST', headers: { ...headers, 'Content-Type': 'application/sdp' }, body,
    });
    const answer = {
      status: response.status,
      resource: response.headers.get('location'),
      etag: response.headers.get('etag'),
      retryAfter: response.headers.get('retry-after'),
      body: await response.text(),
    };
    Object.assign(window, { answer });
    const reroute = (window as unknown as { reroute: (sdp: string) => Promise<string> }).reroute;
    if (response.status === 201)
      await peer.setRemoteDescription({ type: 'answer', sdp: rerouted ? await reroute(answer.body) : answer.body });
    return answer;
  }, { ...options, rerouted: line !== undefined });
}

/** An offer to watch, which nobody waits behind. */
export function offerToWatch(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const peer = new RTCPeerConnection();
    for (const kind of ['video', 'audio']) peer.addTransceiver(kind, { direction: 'recvonly' });
    const { sdp } = await peer.createOffer();
    peer.close();
    return sdp!;
  });
}

/** What getStats() says of what is received, a line a track, for messages. */
export function received(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const peer = (window as unknown as { whep: RTCPeerConnection }).whep;
    const lines = [`connection ${peer.connectionState}`];
    (await peer.getStats()).forEach((row: Record<string, unknown>) => {
      if (row.type !== 'inbound-rtp') return;
      const told = ['kind', 'ssrc', 'trackIdentifier', 'framesReceived', 'framesDecoded', 'framesRendered', 'framesDropped',
        'keyFramesDecoded', 'freezeCount', 'frameWidth', 'frameHeight', 'packetsLost', 'nackCount', 'pliCount', 'retransmittedPacketsReceived',
        'jitterBufferDelay', 'jitterBufferEmittedCount', 'totalProcessingDelay', 'estimatedPlayoutTimestamp', 'bytesReceived', 'totalAudioEnergy'];
      lines.push(told.map((name) => `${name}=${String(row[name])}`).join(' '));
    });
    const video = document.querySelector('video')!;
    lines.push(`element ready ${video.readyState}, at ${video.currentTime}, ${video.videoWidth}x${video.videoHeight}`);
    return lines.join('\n');
  });
}
