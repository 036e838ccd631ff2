// Names of what a muxer serves. The tag is of one muxer, so that no cache answers for a later one.

export type MediaType = 'init' | 'part' | 'segment';

/** A file with media; `number` is native's, not the media sequence number. */
export type MediaFile = {type: MediaType; tag: string; number: number};

/** What a file name asks of a muxer. */
export type HlsFile = {type: 'multivariant'} | {type: 'media'} | MediaFile;

export const mediaPlaylistName = 'stream.m3u8';

const extensions: Readonly<Record<MediaType, string>> = {init: 'mp4', part: 'm4s', segment: 'm4s'};

export const fileName = (tag: string, type: MediaType, number: number): string =>
	`${tag}_${type}${number}.${extensions[type]}`;

/** Undefined: not a file of HLS. */
export const parseFileName = (name: string): HlsFile | undefined => {
	if (name === 'index.m3u8') return {type: 'multivariant'};
	if (name === mediaPlaylistName) return {type: 'media'};
	const match = /^([0-9a-f]{8})_(init|part|segment)(\d{1,15})\.(mp4|m4s)$/.exec(name);
	if (!match) return undefined;
	const [, tag = '', word = '', number, extension] = match;
	const type = word as MediaType;
	return extension === extensions[type] ? {type, tag, number: Number(number)} : undefined;
};
