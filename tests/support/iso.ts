// What ISO BMFF bytes say, by mp4box.js and by a look at the boxes.
import MP4Box from 'mp4box';

/** Everything that mp4box.js complains about while it reads `bytes`. */
export async function isoProblems(bytes: Buffer): Promise<string[]> {
  const problems: string[] = [];
  const keep = (...words: unknown[]) => void problems.push(words.join(' '));
  const { warn, error } = console;
  console.warn = keep;
  console.error = keep;
  try {
    MP4Box.Log.setLogLevel(MP4Box.Log.warn);
    const file = MP4Box.createFile();
    let samples = 0;
    file.onError = (message: string) => problems.push(message);
    file.onSamples = (_id: number, _user: unknown, read: unknown[]) => (samples += read.length);
    file.onReady = (info: { tracks: { id: number }[] }) => {
      for (const { id } of info.tracks) file.setExtractionOptions(id, null, { nbSamples: 1 });
      file.start();
    };
    const buffer = new Uint8Array(bytes).buffer as ArrayBuffer & { fileStart: number };
    buffer.fileStart = 0;
    file.appendBuffer(buffer);
    file.flush();
    if (samples === 0) problems.push('no samples');
  } finally {
    console.warn = warn;
    console.error = error;
  }
  return problems;
}

interface Box {
  type: string;
  body: Buffer;
}

function* boxes(bytes: Buffer): Generator<Box> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length) throw new Error(`a box of ${size} bytes at ${at}`);
    yield { type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + 8, at + size) };
    at += size;
  }
}

function find(bytes: Buffer, ...path: string[]): Buffer[] {
  const [type, ...rest] = path;
  return [...boxes(bytes)]
    .filter((box) => box.type === type)
    .flatMap(({ body }) => (rest.length > 0 ? find(body, ...rest) : [body]));
}

/** Decode time of the first sample and the sum of all durations, in the timescale. */
export function trackSummary(bytes: Buffer): { timescale: number; start: number; duration: number } {
  const mdhd = find(bytes, 'moov', 'trak', 'mdia', 'mdhd')[0]!;
  const timescale = mdhd.readUInt32BE(mdhd[0] === 1 ? 20 : 12);
  const tfdt = find(bytes, 'moof', 'traf', 'tfdt')[0]!;
  let duration = 0;
  for (const trun of find(bytes, 'moof', 'traf', 'trun')) {
    const flags = trun.readUInt32BE(0) & 0xffffff;
    const count = trun.readUInt32BE(4);
    const size = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length * 4;
    let at = 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
    for (let i = 0; i < count; i++, at += size) duration += trun.readUInt32BE(at);
  }
  return { timescale, start: Number(tfdt.readBigUInt64BE(4)), duration };
}
