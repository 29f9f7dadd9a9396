// Just enough of HLS to look at what the server says; the rules are the linter's.
export interface Part {
  uri: string;
  duration: number;
}

export interface Segment {
  uri: string;
  map: string;
  msn: number;
  duration: number;
  discontinuity: boolean;
  gap: boolean;
}

export interface MediaPlaylist {
  segments: Segment[];
  parts: Part[];
  ended: boolean;
  text: string;
}

export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  return response.text();
}

export async function fetchBytes(url: string): Promise<Buffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  return Buffer.from(await response.arrayBuffer());
}

/** The media playlists of a multivariant playlist: variants, then audio groups. */
export async function tracks(multivariant: string): Promise<Map<string, string>> {
  const text = await fetchText(multivariant);
  const uris = [
    ...text.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
    ...[...text.matchAll(/^#EXT-X-MEDIA:.*URI="([^"]+)"/gm)].map((match) => match[1]!),
  ];
  return new Map(uris.map((uri) => [uri.split('/')[0]!, new URL(uri, multivariant).href]));
}

export async function mediaPlaylist(url: string): Promise<MediaPlaylist> {
  const text = await fetchText(url);
  const segments: Segment[] = [];
  const parts: Part[] = [];
  let msn = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0);
  let map = '';
  let duration = 0;
  let discontinuity = false;
  let gap = false;
  for (const line of text.split('\n')) {
    const attribute = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(line)?.[1] ?? '';
    if (line.startsWith('#EXT-X-MAP')) map = new URL(attribute('URI'), url).href;
    else if (line === '#EXT-X-DISCONTINUITY') discontinuity = true;
    else if (line === '#EXT-X-GAP') gap = true;
    else if (line.startsWith('#EXT-X-PART:'))
      parts.push({ uri: new URL(attribute('URI'), url).href, duration: Number(attribute('DURATION')) });
    else if (line.startsWith('#EXTINF')) duration = parseFloat(line.slice(8));
    else if (line !== '' && !line.startsWith('#')) {
      segments.push({ uri: new URL(line, url).href, map, msn: msn++, duration, discontinuity, gap });
      discontinuity = gap = false;
    }
  }
  return { segments, parts, ended: text.includes('#EXT-X-ENDLIST'), text };
}
