import type {StreamerStatus} from './status.ts';

/** One line for a terminal: `playing  0:01:23  3.2 Mbit/s  25 fps`. */
export const formatStatusLine = ({
	state,
	position,
	bitrate,
	frameRate,
	drops,
}: StreamerStatus): string =>
	[
		state.padEnd(longestState),
		formatTime(position),
		formatBitrate(bitrate),
		formatFrameRate(frameRate),
		drops > 0 ? `${drops} dropped` : '',
	]
		.filter(part => part !== '')
		.join('  ');

const longestState = 'reconnecting'.length;

const formatTime = (position: number): string => {
	const seconds = Math.floor(position);
	const [minute, second] = [Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits);
	return `${Math.floor(seconds / 3600)}:${minute}:${second}`;
};

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** Always in the same unit and width, so that the line stands still. */
const formatBitrate = (bitsPerSecond: number | null): string =>
	`${bitsPerSecond === null ? '-' : (bitsPerSecond / 1e6).toFixed(2)} Mbit/s`.padStart(12);

const formatFrameRate = (framesPerSecond: number | null): string =>
	`${framesPerSecond === null ? '-' : Math.round(framesPerSecond)} fps`.padStart(7);
