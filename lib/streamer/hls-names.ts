// Which files beside a playlist are its segments, by their names.
import {realpathSync} from 'node:fs';
import {basename, dirname, extname} from 'node:path';

export type HlsVariant = 'fmp4' | 'mpegts';

/** Of MPEG-TS, as GStreamer names them. */
export const tsSegment = (playlist: string): RegExp => {
	const stem = basename(playlist, extname(playlist)).replace(/[^\w]/g, '\\$&');
	return new RegExp(`^${stem}\\d{5,}\\.ts$`);
};

/** Of fragmented MP4, whichever muxer made them. */
export const fmp4Segment = /^[0-9a-f]{8}_(?:init\d+\.mp4|segment\d+\.m4s)$/;

export const segmentsOf = (playlist: string, variant: HlsVariant): RegExp =>
	variant === 'fmp4' ? fmp4Segment : tsSegment(playlist);

/** Whether this file would be written over or removed with the segments of the playlist. */
export const isSegmentOf = (file: string, playlist: string, variant: HlsVariant): boolean => {
	const pattern = segmentsOf(playlist, variant);
	const folder = real(dirname(playlist));
	const isOurs = (path: string) => real(dirname(path)) === folder && pattern.test(basename(path));
	return isOurs(file) || isOurs(real(file));
};

const real = (path: string): string => {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
};
