// A browser that publishes its camera over WHIP (RFC 9725), from a page.
import type { Page } from 'playwright-core';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './process.ts';
import { flash, grid } from './publisher.ts';

export const fakeDevices = ['--use-fake-device-for-media-stream'];
/** And whoever asks for them gets them. */
export const fakeCamera = [...fakeDevices, '--use-fake-ui-for-media-stream'];

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
  /** The camera's picture bears the block grid and the flashes of latency.ts, and the sound their beeps. */
  clock?: boolean;
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
  return page.evaluate(async ({ lesson, key, codec, trickle, clock, grid, flash }) => {
    const camera = await navigator.mediaDevices.getUserMedia({
      video: { width: 1280, height: 720, frameRate: 25 }, audio: true,
    });
    const withClock = async (): Promise<MediaStream> => {
      const video = document.createElement('video');
      video.muted = true;
      video.srcObject = camera;
      await video.play();
      const canvas = document.createElement('canvas');
      canvas.width = grid.width;
      canvas.height = grid.height;
      const picture = canvas.getContext('2d')!;
      const audio = new AudioContext({ latencyHint: 'interactive' });
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      const out = audio.createMediaStreamDestination();
      tone.frequency.value = 1000;
      gain.gain.value = 0;
      tone.connect(gain).connect(out);
      tone.start();
      let lit = false;
      setInterval(() => {
        const now = Date.now();
        const bright = now % flash.periodMs < flash.lengthMs;
        if (bright !== lit) gain.gain.setValueAtTime(bright ? 0.5 : 0, audio.currentTime);
        lit = bright;
        picture.drawImage(video, 0, 0, grid.width, grid.height);
        picture.fillStyle = '#222';
        picture.fillRect(grid.left - 40, grid.top - 40, grid.columns * grid.block + 80, grid.rows * grid.block + 80);
        picture.fillStyle = bright ? '#fff' : '#222';
        picture.fillRect(0, grid.height / 2 + 60, grid.width, grid.height / 2 - 60);
        for (let bit = 0; bit < grid.columns * grid.rows; bit++) {
          const set = Math.floor(now / 2 ** (grid.columns * grid.rows - 1 - bit)) % 2 === 1;
          picture.fillStyle = set ? '#fff' : '#000';
          picture.fillRect(grid.left + (bit % grid.columns) * grid.block,
            grid.top + Math.floor(bit / grid.columns) * grid.block, grid.block, grid.block);
        }
      }, 40);
      return new MediaStream([...canvas.captureStream().getVideoTracks(), ...out.stream.getAudioTracks()]);
    };
    const stream = clock ? await withClock() : camera;
    const peer = new RTCPeerConnection();
    Object.assign(window, { whip: peer });
    for (const track of stream.getTracks()) {
      const transceiver = peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
      if (track.kind === 'video' && codec !== undefined)
        transceiver.setCodecPreferences(
          RTCRtpSender.getCapabilities('video')!.codecs.filter(({ mimeType }) => mimeType === codec));
      if (track.kind === 'video') {
        // Slides must stay legible: what is short is frames.
        const parameters = transceiver.sender.getParameters() as RTCRtpSendParameters & { degradationPreference?: string };
        parameters.degradationPreference = 'maintain-resolution';
        parameters.encodings[0]!.maxBitrate = 3_000_000;
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
    Object.assign(window, { answer });
    if (response.status !== 201) return answer;
    await peer.setRemoteDescription({ type: 'answer', sdp: answer.body });
    if (!trickle) return answer;
    await gathered;
    const ufrag = /a=ice-ufrag:\S+/.exec(offer.sdp!)![0];
    const known = `${ufrag}\r\na=mid:0\r\n${found.join('')}`;
    const other = `a=ice-ufrag:other\r\na=ice-pwd:${'x'.repeat(22)}\r\n`;
    for (const [text, condition] of [
      [known, answer.etag!], [known, undefined], [known, '"older"'], ['a=ice-ufrag:x\r\n', undefined],
      [other, undefined], [other, answer.etag!], ['a=ice-ufrag:other\r\n', '*'],
    ] as const) {
      const patch = await fetch(answer.resource!, {
        method: 'PATCH', body: text,
        headers: {
          ...headers, 'Content-Type': 'application/trickle-ice-sdpfrag',
          ...(condition === undefined ? {} : { 'If-Match': condition }),
        },
      });
      answer.patches.push(patch.status);
    }
    return answer;
  }, { ...options, grid, flash });
}

export interface Restarted {
  status: number;
  etag: string | null;
  body: string;
  /** The server's user name on the path that is used then. */
  ufrag: string;
}

/**
 * Restarts ICE of the page's connection, and waits for a path of the new candidates. The
 * browser has the time of `lateMs` to try its new ports before the server knows of them, as
 * it has on a slow line.
 */
export function restartIce(page: Page, key: string, way: 'whip' | 'whep' = 'whip', lateMs = 0): Promise<Restarted> {
  return page.evaluate(async ({ key, way, lateMs }) => {
    const peer = (window as unknown as Record<string, RTCPeerConnection>)[way]!;
    const { answer } = window as unknown as { answer: WhipAnswer };
    peer.restartIce();
    await peer.setLocalDescription(await peer.createOffer());
    await new Promise<void>((done) => {
      if (peer.iceGatheringState === 'complete') done();
      peer.onicegatheringstatechange = () => { if (peer.iceGatheringState === 'complete') done(); };
    });
    const lines = peer.localDescription!.sdp.split('\r\n');
    const first = (start: string) => lines.find((line) => line.startsWith(start))!;
    const fragment = [
      first('a=ice-ufrag:'), first('a=ice-pwd:'), first('m='), first('a=mid:'),
      ...lines.filter((line) => line.startsWith('a=candidate:')), 'a=end-of-candidates', '',
    ].join('\r\n');
    await new Promise((passed) => setTimeout(passed, lateMs));
    const response = await fetch(answer.resource!, {
      method: 'PATCH', body: fragment,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*' },
    });
    const body = await response.text();
    const result = { status: response.status, etag: response.headers.get('etag'), body, ufrag: '' };
    if (response.status !== 200) return result;
    const news = body.split('\r\n');
    const credentials = news.filter((line) => /^a=ice-(ufrag|pwd):/.test(line));
    const candidates = news.filter((line) => line.startsWith('a=candidate:'));
    const sdp = answer.body.split('\r\n').filter((line) => !/^a=(ice-|candidate)/.test(line))
      .flatMap((line) => line.startsWith('a=mid:') ? [line, ...credentials, ...candidates] : [line]);
    await peer.setRemoteDescription({ type: 'answer', sdp: sdp.join('\r\n') });
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      const stats = [...(await peer.getStats() as unknown as Map<string, Record<string, unknown>>).values()];
      const transport = stats.find(({ type }) => type === 'transport');
      const pair = stats.find(({ id }) => id === transport?.selectedCandidatePairId);
      const remote = stats.find(({ id }) => id === pair?.remoteCandidateId);
      result.ufrag = String(remote?.usernameFragment);
      if (credentials[0] === `a=ice-ufrag:${result.ufrag}`) break;
      await new Promise((passed) => setTimeout(passed, 50));
    }
    return result;
  }, { key, way, lateMs });
}

export interface PictureSent {
  bytes: number;
  /** Packets that were asked for again. */
  again: number;
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
      bytes: Number(video?.bytesSent ?? 0), again: Number(video?.retransmittedPacketsSent ?? 0), atMs: performance.now(),
      codec: String(codec?.mimeType ?? ''), available,
      state: `${video?.frameWidth}x${video?.frameHeight} ${video?.framesPerSecond}/s, target ${video?.targetBitrate}, `
        + `available ${available}, limited by ${video?.qualityLimitationReason}, `
        + `${video?.retransmittedPacketsSent} of ${video?.packetsSent} packets sent again`,
    };
  });
}
