// How long segments will be, before there is one.

/** Microseconds: so many groups of pictures as a segment takes; 0 = not known, with no distance of key frames. */
export const foreseeSegment = (keyDistanceUs: number, segmentUs: number): number =>
	// A key frame that comes a little early ends a segment as well (native/core/hls_packager).
	keyDistanceUs > 0 ? Math.max(1, Math.ceil(segmentUs / keyDistanceUs - 0.02)) * keyDistanceUs : 0;

/** What holds for nearly all cameras, and for one that has shown so much without a second key frame. */
export const unknownSegmentUs = (shownUs: number): number => Math.max(10_000_000, 2 * shownUs);
