/** What outlives the muxer of a path, so that a later one goes on where it ended. */
export type PathMemory = {
	/** Seconds; the longest segment seen, rounded up. 0 = none yet. */
	targetDuration: number;
	/** No part is longer; 0 = none yet. */
	partTargetUs: number;
	/** The hlsPartDuration that it was chosen for, in milliseconds. */
	partDuration: number;
	/** Of the next segment. */
	sequence: number;
	/** How many discontinuities have left the playlists so far. */
	discontinuitySequence: number;
	/** Codecs that the last muxer could not carry, as they were told. */
	leftOut: string;
};

export const newMemory = (): PathMemory => ({
	targetDuration: 0,
	partTargetUs: 0,
	partDuration: 0,
	sequence: 0,
	discontinuitySequence: 0,
	leftOut: '',
});
