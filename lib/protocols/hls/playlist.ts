// Playlists of HLS as text (RFC 8216, with low latency draft-pantos-hls-rfc8216bis), written from plain data.

/** An init section, as far as playlists tell of it. */
export type InitFacts = {
	/** RFC 6381: `avc1.64001f,mp4a.40.2`. */
	codecs: string;
	/** In pixels; 0 without video. */
	width: number;
	height: number;
	/** Frames a second; 0 = not announced. */
	frameRate: number;
};

/** A part, as far as playlists tell of it. */
export type PartFacts = {
	uri: string;
	durationUs: number;
	/** Begins with a key frame. */
	independent: boolean;
};

/** A segment whose parts come. */
export type OpenSegment = {
	/** Media sequence number. */
	sequence: number;
	initUri: string;
	/** So far. */
	durationUs: number;
	bytes: number;
	/** Server clock when its first picture was taken. */
	captureUs: number;
	/** Its media does not follow on that of the segment before. */
	discontinuity: boolean;
	/** Without low latency there are none. */
	parts: readonly PartFacts[];
};

/** A complete segment, as far as playlists tell of it. */
export type SegmentFacts = OpenSegment & {uri: string};

/** What low latency adds to a playlist (draft section 4.4). */
export type LowLatency = {
	partTargetUs: number;
	open: OpenSegment | undefined;
	/** Where the next part will be. */
	hintUri: string;
	/** A delta update: so many of the oldest segments are left out; 0 = the whole playlist. */
	skipped: number;
};

export type MediaPlaylist = {
	/** Seconds. */
	targetDuration: number;
	/** How many discontinuities have left the playlist. */
	discontinuitySequence: number;
	segments: readonly SegmentFacts[];
	lowLatency?: LowLatency | undefined;
};

export type Variant = InitFacts & {
	uri: string;
	/** Bits a second of the largest segment, and of all together. */
	bandwidth: number;
	averageBandwidth: number;
};

/** How far from the end a delta update may begin, in target durations (draft section 4.4.3.8). */
export const skipBoundary = 6;
/** How far from the end parts are listed, in target durations (draft section 4.4.4.9). */
export const partsListed = 3;
// How far from the end a player begins, in target durations, and in those of parts.
const holdBack = 3;

/** The playlist that names the segments; init sections are named where they change. */
export const formatMediaPlaylist = (playlist: MediaPlaylist): string => {
	const {targetDuration, discontinuitySequence, segments, lowLatency} = playlist;
	const skipped = lowLatency?.skipped ?? 0;
	const all = lowLatency?.open ? [...segments, lowLatency.open] : segments;
	return lines(
		'#EXTM3U',
		// EXT-X-MAP in a playlist that is not of I-frames only needs version 6, EXT-X-SKIP version 9.
		`#EXT-X-VERSION:${lowLatency ? 9 : 7}`,
		'#EXT-X-INDEPENDENT-SEGMENTS',
		`#EXT-X-TARGETDURATION:${targetDuration}`,
		...(lowLatency ? controlLines(lowLatency, targetDuration) : []),
		`#EXT-X-MEDIA-SEQUENCE:${segments[0]?.sequence ?? lowLatency?.open?.sequence ?? 0}`,
		`#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`,
		...(skipped > 0 ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`] : []),
		...all.slice(skipped).flatMap((it, index) => segmentLines(it, all[skipped + index - 1])),
		...(lowLatency ? [`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${lowLatency.hintUri}"`] : []),
	);
};

/** The playlist that a player begins with: one variant, described truly. */
export const formatMultivariantPlaylist = (variant: Variant, version = 7): string =>
	lines(
		'#EXTM3U',
		`#EXT-X-VERSION:${version}`,
		'#EXT-X-INDEPENDENT-SEGMENTS',
		`#EXT-X-STREAM-INF:${attributes(variant)}`,
		variant.uri,
	);

/** Bits a second of the largest of the segments, and of all of them. */
export const measureBandwidth = (
	segments: readonly Pick<SegmentFacts, 'bytes' | 'durationUs'>[],
): {bandwidth: number; averageBandwidth: number} => {
	const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
	const durationUs = segments.reduce((sum, segment) => sum + segment.durationUs, 0);
	return {
		bandwidth: Math.max(1, ...segments.map(segment => bitrate(segment.bytes, segment.durationUs))),
		averageBandwidth: Math.max(1, bitrate(bytes, durationUs)),
	};
};

const controlLines = ({partTargetUs}: LowLatency, targetDuration: number): string[] => [
	`#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${seconds(holdBack * partTargetUs)},` +
		`HOLD-BACK=${holdBack * targetDuration},CAN-SKIP-UNTIL=${skipBoundary * targetDuration}`,
	`#EXT-X-PART-INF:PART-TARGET=${seconds(partTargetUs)}`,
];

const segmentLines = (
	segment: OpenSegment | SegmentFacts,
	before: OpenSegment | undefined,
): string[] => [
	...(segment.discontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
	...(segment.initUri === before?.initUri ? [] : [`#EXT-X-MAP:URI="${segment.initUri}"`]),
	`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.captureUs / 1000).toISOString()}`,
	...segment.parts.map(partLine),
	...('uri' in segment ? [`#EXTINF:${seconds(segment.durationUs)},`, segment.uri] : []),
];

const partLine = ({uri, durationUs, independent}: PartFacts): string =>
	`#EXT-X-PART:DURATION=${seconds(durationUs)},URI="${uri}"${independent ? ',INDEPENDENT=YES' : ''}`;

const attributes = (variant: Variant): string =>
	[
		`BANDWIDTH=${variant.bandwidth}`,
		`AVERAGE-BANDWIDTH=${variant.averageBandwidth}`,
		`CODECS="${variant.codecs}"`,
		variant.width > 0 && `RESOLUTION=${variant.width}x${variant.height}`,
		variant.frameRate > 0 && `FRAME-RATE=${variant.frameRate.toFixed(3)}`,
	]
		.filter(attribute => attribute !== false)
		.join(',');

const seconds = (us: number): string => (us / 1e6).toFixed(6);

const bitrate = (bytes: number, durationUs: number): number =>
	durationUs > 0 ? Math.ceil((bytes * 8e6) / durationUs) : 0;

const lines = (...all: string[]): string => `${all.join('\n')}\n`;
