import type {PathView} from '../../lib/api/types.ts';

/** What is known of a stream, in the order that it is shown. */
export const describeStream = (path: PathView): string[] =>
	[
		formatCodecs(path.tracks),
		path.width && path.height ? `${path.width}×${path.height}` : '',
		formatRate(path.frameRateAnnounced ?? path.frameRate),
		formatBitrate(path.bitrate),
	].filter(text => text !== '');

/** `1 viewer`, `12 viewers`; muxers and pictures watch nothing. */
export const countReaders = ({readers}: Pick<PathView, 'readers'>): string => {
	const count = readers.filter(({type}) => type !== 'hlsMuxer' && type !== 'snapshot').length;
	return count === 1 ? '1 viewer' : `${count} viewers`;
};

/** `just now`, `40 s ago`, `3 h ago`. */
export const formatAge = (seconds: number): string => {
	if (seconds < 5) return 'just now';
	if (seconds < 90) return `${Math.round(seconds)} s ago`;
	if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
	return seconds < 129_600
		? `${Math.round(seconds / 3600)} h ago`
		: `${Math.round(seconds / 86_400)} days ago`;
};

/** `3.2 Mbit/s`. */
export const formatBitrate = (bps: number | null): string => {
	if (bps === null || bps <= 0) return '';
	return bps >= 1e6 ? `${(bps / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bps / 1e3)} kbit/s`;
};

const formatRate = (rate: number | null): string =>
	rate === null || rate <= 0 ? '' : `${Number(rate.toFixed(rate < 10 ? 1 : 0))} fps`;

/** `H.264 + AAC`. */
export const formatCodecs = (codecs: readonly string[]): string =>
	codecs.map(shortCodec).join(' + ');

const shortCodec = (codec: string): string =>
	codec === 'MPEG-4 Audio'
		? 'AAC'
		: codec === 'H264'
			? 'H.264'
			: codec === 'H265'
				? 'H.265'
				: codec;
