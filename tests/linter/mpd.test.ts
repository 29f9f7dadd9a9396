import { describe, expect, it } from 'vitest';
import { lintUpdate, readManifest } from './mpd.ts';

const representation = (id: string, epoch: number, offset: number, timeline: string, more: string): string =>
  `<Representation id="${id}" bandwidth="700000" codecs="avc1.64001f" ${more}<SegmentTemplate timescale="90000" ` +
  `presentationTimeOffset="${offset}" initialization="$RepresentationID$/${epoch}/init.mp4" ` +
  `media="$RepresentationID$/${epoch}/t$Time$.m4s"><SegmentTimeline>${timeline}</SegmentTimeline></SegmentTemplate></Representation>`;
const picture = 'width="640" height="360" sar="1:1" frameRate="25">';
const set = (kind: string, content: string): string =>
  `<AdaptationSet id="${kind === 'video' ? 1 : 2}" contentType="${kind}" mimeType="${kind}/mp4" lang="zh" ` +
  `segmentAlignment="true" startWithSAP="1"><Label lang="zh">中文</Label>` +
  `<Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>${content}</AdaptationSet>\n`;

const live = `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" minBufferTime="PT2.0S" maxSegmentDuration="PT2.5S" type="dynamic" availabilityStartTime="2026-01-01T00:00:00.000Z" publishTime="2026-01-01T00:00:20.000Z" minimumUpdatePeriod="PT1.0S" suggestedPresentationDelay="PT8.0S">
<Period id="1" start="PT0.0S" duration="PT7.68S">
${set('video', representation('v360', 1, 0, '<S t="0" d="172800"/><S t="345600" d="172800" r="1"/>', picture))}</Period>
<Period id="2" start="PT9.0S">
${set('video', representation('v360', 2, 691200, '<S t="691200" d="172800" r="3"/>', picture))}</Period>
<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-head:2014" value="manifest.mpd"/>
</MPD>
`;
const url = 'http://linter.invalid/live/TOKEN/1/manifest.mpd';

describe('manifests', () => {
  it('are read, gaps left out', () => {
    const { manifest, findings } = readManifest(live, url);
    expect(findings).toEqual([]);
    expect(manifest!.periods[0]!.tracks[0]!.segments.map(({ uri }) => uri.split('/').slice(-3).join('/')))
      .toEqual(['v360/1/t0.m4s', 'v360/1/t345600.m4s', 'v360/1/t518400.m4s']);
  });

  it.each([
    ['no XML', '</MPD>', '</MPd>'],
    ['an attribute twice', 'id="2" start', 'id="2" id="2" start'],
    ['an element that is not ours', '<UTCTiming ', '<BaseURL '],
    ['UTCTiming before the Periods', '<Period id="1"', '<UTCTiming schemeIdUri="a" value="b"/><Period id="1"'],
    ['no minBufferTime', ' minBufferTime="PT2.0S"', ''],
    ['no publishTime', / publishTime="[^"]*"/, ''],
    ['the length of a live lesson', ' type=', ' mediaPresentationDuration="PT9.0S" type='],
    ['no clock', /<UTCTiming.*\n/, ''],
    ['no duration of what is over', ' duration="PT7.68S"', ''],
    ['Periods over each other', 'start="PT9.0S"', 'start="PT7.0S"'],
    ['Periods of one id', '<Period id="2"', '<Period id="1"'],
    ['back in time', 't="345600"', 't="172799"'],
    ['a first S without t', '<S t="0" ', '<S '],
    ['a segment before its Period', 't="691200" d', 't="691199" d'],
    ['too long a segment', '<S t="691200" d="172800"', '<S t="691200" d="272800"'],
    ['longer than its Period', 'r="1"', 'r="2"'],
    ['no height', ' height="360"', ''],
    ['no bandwidth', 'bandwidth="700000"', 'bandwidth="0"'],
    ['another type', 'mimeType="video/mp4"', 'mimeType="audio/mp4"'],
    ['an attribute of no sense', 'segmentAlignment', 'subsegmentAlignment'],
  ] as [string, string | RegExp, string][])('refused: %s', (_, from, to) => {
    const broken = live.replace(from, to);
    expect(broken).not.toBe(live);
    expect(readManifest(broken, url).findings).not.toEqual([]);
  });

  it.each([
    ['availabilityStartTime changed', 'T00:00:00.000Z', 'T00:00:05.000Z'],
    ['publishTime went back', 'T00:00:20.000Z', 'T00:00:19.000Z'],
    ['Period 2 moved', 'start="PT9.0S"', 'start="PT9.5S"'],
  ])('an update: %s', (finding, from, to) => {
    const before = readManifest(live, url).manifest!;
    expect(lintUpdate(before, before)).toEqual([]);
    expect(lintUpdate(before, readManifest(live.replace(from, to), url).manifest!)).toEqual([finding]);
  });
});
