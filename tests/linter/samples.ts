/** Good playlists, from which the tests make broken ones. */

const HEADER = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.00000,HOLD-BACK=6.00000,PART-HOLD-BACK=1.92000
#EXT-X-PART-INF:PART-TARGET=0.64000
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
`;

const BORN = Date.parse('2026-01-01T00:00:00.000Z');
const PART = 0.64;

export interface SampleOptions {
  track?: string;
  ended?: boolean;
  delta?: boolean;
  /** Of this segment on, a second epoch. */
  restartAt?: number;
}

function segmentLines(msn: number, n: number, near: boolean, o: SampleOptions): string[] {
  const restarted = o.restartAt !== undefined && msn >= o.restartAt;
  const epoch = restarted ? 2 : 1;
  const lines: string[] = [];
  if (msn === o.restartAt) lines.push('#EXT-X-DISCONTINUITY');
  if (msn === 0 || msn === o.restartAt) lines.push(`#EXT-X-MAP:URI="${epoch}/init.mp4"`);
  if (msn % 4 === 0 || msn === o.restartAt)
    lines.push(
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(BORN + msn * 1920 + (restarted ? 5000 : 0)).toISOString()}`,
    );
  for (let i = 0; i < n && near; i++)
    lines.push(
      `#EXT-X-PART:DURATION=0.64000,URI="${epoch}/${msn}.${i}.m4s"` +
        (i === 0 || o.track === 'audio' ? ',INDEPENDENT=YES' : ''),
    );
  if (n === 3) lines.push('#EXTINF:1.92000,', `${epoch}/${msn}.m4s`);
  return lines;
}

/** The media playlist of `track` when `slots` parts are there. */
export function sampleMedia(slots: number, o: SampleOptions = {}): string {
  const whole = Math.floor(slots / 3);
  const open = slots % 3;
  const track = o.track ?? 'v360';
  const end = slots * PART;
  let skipped = 0;
  while (o.delta && (skipped + 1) * 1.92 <= end - 12 + 1e-9) skipped++;
  const lines = skipped > 0 ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`] : [];
  for (let msn = skipped; msn < whole + (open > 0 ? 1 : 0); msn++)
    lines.push(
      ...segmentLines(msn, Math.min(3, slots - msn * 3), !o.ended && msn * 1.92 >= end - 6 - 1e-9, o),
    );
  const epoch = o.restartAt !== undefined && whole >= o.restartAt ? 2 : 1;
  if (o.ended) lines.push('#EXT-X-ENDLIST');
  else lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${epoch}/${whole}.${open}.m4s"`);
  for (const other of ['v360', 'v720', 'audio'])
    if (other !== track && !o.ended)
      lines.push(
        `#EXT-X-RENDITION-REPORT:URI="../${other}/playlist.m3u8",LAST-MSN=${Math.floor((slots - 1) / 3)},LAST-PART=${(slots - 1) % 3}`,
      );
  const header = skipped > 0 ? HEADER.replace('VERSION:6', 'VERSION:9') : HEADER;
  return header + lines.join('\n') + '\n';
}

export const sampleMultivariant = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="中文",LANGUAGE="zh",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="1",URI="audio/playlist.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=450000,AVERAGE-BANDWIDTH=400000,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="audio"
v360/playlist.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1700000,AVERAGE-BANDWIDTH=1500000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO="audio"
v720/playlist.m3u8
`;
