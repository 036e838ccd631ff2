// Playlists of HLS as text (RFC 8216), written from plain data.

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

/** A complete segment, as far as playlists tell of it. */
export type SegmentFacts = {
	/** Media sequence number. */
	sequence: number;
	uri: string;
	initUri: string;
	durationUs: number;
	/** Server clock when its first picture was taken. */
	captureUs: number;
	/** Its media does not follow on that of the segment before. */
	discontinuity: boolean;
	bytes: number;
};

export type MediaPlaylist = {
	/** Seconds. */
	targetDuration: number;
	/** How many discontinuities have left the playlist. */
	discontinuitySequence: number;
	segments: readonly SegmentFacts[];
};

export type Variant = InitFacts & {
	uri: string;
	/** Bits a second of the largest segment, and of all together. */
	bandwidth: number;
	averageBandwidth: number;
};

/** The playlist that names the segments; init sections are named where they change. */
export const formatMediaPlaylist = ({
	targetDuration,
	discontinuitySequence,
	segments,
}: MediaPlaylist): string =>
	lines(
		'#EXTM3U',
		// EXT-X-MAP in a playlist that is not of I-frames only needs version 6 (section 7).
		'#EXT-X-VERSION:7',
		'#EXT-X-INDEPENDENT-SEGMENTS',
		`#EXT-X-TARGETDURATION:${targetDuration}`,
		`#EXT-X-MEDIA-SEQUENCE:${segments[0]?.sequence ?? 0}`,
		`#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`,
		...segments.flatMap((segment, index) => segmentLines(segment, segments[index - 1])),
	);

/** The playlist that a player begins with: one variant, described truly. */
export const formatMultivariantPlaylist = (variant: Variant): string =>
	lines(
		'#EXTM3U',
		'#EXT-X-VERSION:7',
		'#EXT-X-INDEPENDENT-SEGMENTS',
		`#EXT-X-STREAM-INF:${attributes(variant)}`,
		variant.uri,
	);

/** Bits a second of the largest of the segments, and of all of them. */
export const measureBandwidth = (
	segments: readonly SegmentFacts[],
): {bandwidth: number; averageBandwidth: number} => {
	const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
	const durationUs = segments.reduce((sum, segment) => sum + segment.durationUs, 0);
	return {
		bandwidth: Math.max(1, ...segments.map(segment => bitrate(segment.bytes, segment.durationUs))),
		averageBandwidth: Math.max(1, bitrate(bytes, durationUs)),
	};
};

const segmentLines = (segment: SegmentFacts, before: SegmentFacts | undefined): string[] => [
	...(segment.discontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
	...(segment.initUri === before?.initUri ? [] : [`#EXT-X-MAP:URI="${segment.initUri}"`]),
	`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.captureUs / 1000).toISOString()}`,
	`#EXTINF:${(segment.durationUs / 1e6).toFixed(6)},`,
	segment.uri,
];

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

const bitrate = (bytes: number, durationUs: number): number =>
	durationUs > 0 ? Math.ceil((bytes * 8e6) / durationUs) : 0;

const lines = (...all: string[]): string => `${all.join('\n')}\n`;
