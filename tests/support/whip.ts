// A browser that publishes its camera over WHIP (RFC 9725), from a page.
import type { Page } from 'playwright-core';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './process.ts';

export const fakeCamera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/**
 * The fake camera with the noise of a real sensor: Chromium's own picture is so plain that
 * 0.4 Mbit/s carry it at the best quality there is.
 */
export async function noisyCamera(): Promise<string[]> {
  const file = join(tmpdir(), 'airclass-camera-1280x720p25.y4m');
  if (!existsSync(file)) {
    const part = `${file}.${process.pid}.y4m`;
    await run('ffmpeg', [
      '-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=25:d=2',
      '-vf', 'noise=alls=10:allf=t', '-pix_fmt', 'yuv420p', part,
    ]);
    await rename(part, file);
  }
  return [...fakeCamera, `--use-file-for-fake-video-capture=${file}`];
}

export interface WhipOptions {
  lesson: number;
  key: string;
  /** Only this codec is offered; otherwise the browser's list. */
  codec?: 'video/H264' | 'video/VP8';
  /** Candidates are sent after the offer, as they are found. */
  trickle?: boolean;
}

export interface WhipAnswer {
  status: number;
  resource: string | null;
  etag: string | null;
  body: string;
  /** What trickling was answered with. */
  patches: number[];
}

/** Publishes the page's camera; the connection stays in the page as `window.whip`. */
export function publishCamera(page: Page, options: WhipOptions): Promise<WhipAnswer> {
  return page.evaluate(async ({ lesson, key, codec, trickle }) => {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { width: 1280, height: 720, frameRate: 25 }, audio: true,
    });
    const peer = new RTCPeerConnection();
    (window as unknown as { whip: RTCPeerConnection }).whip = peer;
    for (const track of stream.getTracks()) {
      const transceiver = peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
      if (track.kind === 'video' && codec !== undefined)
        transceiver.setCodecPreferences(
          RTCRtpSender.getCapabilities('video')!.codecs.filter(({ mimeType }) => mimeType === codec));
      if (track.kind === 'video') {
        // Slides must stay legible: what is short is frames.
        const parameters = transceiver.sender.getParameters() as RTCRtpSendParameters & { degradationPreference?: string };
        parameters.degradationPreference = 'maintain-resolution';
        await transceiver.sender.setParameters(parameters);
      }
    }
    const found: string[] = [];
    const gathered = new Promise<void>((done) => {
      peer.onicecandidate = ({ candidate }) => {
        if (candidate === null) done();
        else if (candidate.candidate !== '') found.push(`a=${candidate.candidate}\r\n`);
      };
    });
    const offer = await peer.createOffer();
    await peer.setLocalDescription(offer);
    if (!trickle) await gathered;
    const headers = { Authorization: `Bearer ${key}` };
    const response = await fetch(`/whip/${lesson}`, {
      method: 'POST', headers: { ...headers, 'Content-Type': 'application/sdp' },
      body: trickle ? offer.sdp! : peer.localDescription!.sdp,
    });
    const answer = {
      status: response.status,
      resource: response.headers.get('location'),
      etag: response.headers.get('etag'),
      body: await response.text(),
      patches: [] as number[],
    };
    if (response.status !== 201) return answer;
    await peer.setRemoteDescription({ type: 'answer', sdp: answer.body });
    if (!trickle) return answer;
    await gathered;
    const ufrag = /a=ice-ufrag:\S+/.exec(offer.sdp!)![0];
    for (const text of [`${ufrag}\r\na=mid:0\r\n${found.join('')}`, 'a=ice-ufrag:other\r\na=ice-pwd:x\r\n']) {
      const patch = await fetch(answer.resource!, {
        method: 'PATCH', headers: { ...headers, 'Content-Type': 'application/trickle-ice-sdpfrag' }, body: text,
      });
      answer.patches.push(patch.status);
    }
    return answer;
  }, options);
}

export interface PictureSent {
  bytes: number;
  atMs: number;
  codec: string;
  /** What the browser believes the line carries, in bits per second. */
  available: number;
  /** For people: size, what is aimed at, what holds it down. */
  state: string;
}

/** What the page's connection has sent of pictures. */
export function pictureSent(page: Page): Promise<PictureSent> {
  return page.evaluate(async () => {
    const peer = (window as unknown as { whip: RTCPeerConnection }).whip;
    const stats = [...(await peer.getStats() as unknown as Map<string, Record<string, unknown>>).values()];
    const video = stats.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video');
    const codec = stats.find(({ id }) => id === video?.codecId);
    const pair = stats.find((row) => row.type === 'candidate-pair' && row.nominated === true);
    const available = Number(pair?.availableOutgoingBitrate ?? 0);
    return {
      bytes: Number(video?.bytesSent ?? 0), atMs: performance.now(), codec: String(codec?.mimeType ?? ''), available,
      state: `${video?.frameWidth}x${video?.frameHeight} ${video?.framesPerSecond}/s, target ${video?.targetBitrate}, `
        + `available ${available}, limited by ${video?.qualityLimitationReason}`,
    };
  });
}
