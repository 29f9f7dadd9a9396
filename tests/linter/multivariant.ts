import { type Finding, Findings } from './finding.ts';
import { isRelative } from './media.ts';
import { type Variant, parseMultivariant } from './playlist.ts';

const CODECS = /^(avc1\.[0-9A-Fa-f]{6}|mp4a\.40\.\d+)(,(avc1\.[0-9A-Fa-f]{6}|mp4a\.40\.\d+))*$/;

function lintVariant({ attributes, uri }: Variant, hasAudio: boolean, out: Findings): void {
  const bandwidth = Number(attributes.get('BANDWIDTH') ?? NaN);
  const average = Number(attributes.get('AVERAGE-BANDWIDTH') ?? NaN);
  const codecs = attributes.get('CODECS') ?? '';
  const video = codecs.includes('avc1');
  out.check(Number.isInteger(bandwidth) && bandwidth > 0, 'bandwidth', `${uri}: no BANDWIDTH`);
  out.check(
    Number.isInteger(average) && average > 0 && average <= bandwidth,
    'bandwidth',
    `${uri}: AVERAGE-BANDWIDTH is missing or over BANDWIDTH`,
  );
  out.check(CODECS.test(codecs), 'codecs', `${uri}: CODECS is "${codecs}"`);
  out.check(isRelative(uri), 'relative-uri', `${uri} is not relative`);
  if (!video) return;
  out.check(
    /^\d+x\d+$/.test(attributes.get('RESOLUTION') ?? ''),
    'resolution',
    `${uri}: no RESOLUTION`,
  );
  out.check(Number(attributes.get('FRAME-RATE')) > 0, 'frame-rate', `${uri}: no FRAME-RATE`);
  if (hasAudio) {
    out.check(attributes.has('AUDIO'), 'audio-group', `${uri} names no audio group`);
    out.check(codecs.includes('mp4a'), 'codecs', `${uri}: CODECS lacks that of the audio group`);
  }
}

/** Checks a multivariant playlist, of all variants or of the audio alone. */
export function lintMultivariant(text: string): Finding[] {
  const p = parseMultivariant(text);
  const out = new Findings();
  const groups = new Set(p.media.map((media) => media.get('GROUP-ID')));
  out.check(p.firstLine === '#EXTM3U', 'header', 'the first line is not #EXTM3U');
  out.check(p.mediaTags.length === 0, 'header', 'tags of a media playlist');
  out.check(p.independentSegments, 'independent-segments', 'INDEPENDENT-SEGMENTS is missing');
  out.check(p.variants.length > 0, 'variants', 'there are no variants');
  for (const variant of p.variants) {
    const audio = variant.attributes.get('AUDIO');
    lintVariant(variant, p.media.length > 0, out);
    out.check(
      audio === undefined || groups.has(audio),
      'audio-group',
      `${variant.uri} names an audio group that is not there`,
    );
  }
  for (const media of p.media) {
    out.check(media.get('TYPE') === 'AUDIO', 'audio-group', 'a MEDIA is not of TYPE=AUDIO');
    for (const name of ['GROUP-ID', 'NAME', 'LANGUAGE', 'URI'])
      out.check((media.get(name) ?? '') !== '', 'audio-group', `the audio group has no ${name}`);
    out.check(isRelative(media.get('URI') ?? ''), 'relative-uri', 'the audio is not relative');
  }
  const sizes = p.variants.map((v) => v.attributes.get('RESOLUTION') ?? '');
  if (sizes.some((size) => size.endsWith('x360')))
    out.check(sizes[0]!.endsWith('x360'), 'first-variant', '360p does not stand first');
  const addresses = p.variants.map((v) => v.uri);
  out.check(new Set(addresses).size === addresses.length, 'unique-uri', 'a variant is listed twice');
  return out.list;
}
