// Names of what a muxer serves. The tag is of one muxer, so that no cache answers for a later one.

/** What a file name asks of a muxer. */
export type HlsFile =
	| {type: 'multivariant'}
	| {type: 'media'}
	| {type: 'init' | 'segment'; tag: string; number: number};

export const mediaPlaylistName = 'stream.m3u8';

/** `number` is native's, not the media sequence number. */
export const fileName = (tag: string, type: 'init' | 'segment', number: number): string =>
	type === 'init' ? `${tag}_init${number}.mp4` : `${tag}_segment${number}.m4s`;

/** Undefined: not a file of HLS. */
export const parseFileName = (name: string): HlsFile | undefined => {
	if (name === 'index.m3u8') return {type: 'multivariant'};
	if (name === mediaPlaylistName) return {type: 'media'};
	const match = /^([0-9a-f]{8})_(?:(init)(\d{1,10})\.mp4|segment(\d{1,15})\.m4s)$/.exec(name);
	if (!match) return undefined;
	const [, tag = '', init, initNumber, segmentNumber] = match;
	return init
		? {type: 'init', tag, number: Number(initNumber)}
		: {type: 'segment', tag, number: Number(segmentNumber)};
};
