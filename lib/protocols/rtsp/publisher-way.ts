// How media comes from one publisher: the part of a session that is another for each carriage.
import type {RtpTrackSpec, UdpIngestSpec} from '../../native/binding.ts';
import type {Ingest} from '../../native/native.ts';
import type {Carriage} from './carriage.ts';
import type {SrtpTrack} from './srtp-track.ts';
import type {ServerConnection} from './server-connection.ts';
import type {DescribedTrack} from './tracks.ts';
import type {Transport} from './transport.ts';

export type PublisherWay = {
	readonly carriage: Carriage;
	/** Those that are set up, by index. */
	has(track: number): boolean;
	/** What is granted; undefined: the track cannot come so (461). Throws RTSP_NO_PORTS. */
	setUp(track: number, offer: Transport): Transport | undefined;
	/** Takes media from now on. Called once. */
	open(): Ingest;
	/** A packet that came on an interleaved channel before `open`. */
	interleaved?(channel: number, data: Buffer): void;
	/** The last call; the ingest is closed by whoever got it. */
	close(): void;
};

/** What a way knows of its session. */
export type PublisherContext = {
	connection: ServerConnection;
	/** In the order of the announcement. */
	tracks: readonly DescribedTrack[];
	/** By index; undefined: the track is not encrypted. */
	srtp: readonly (SrtpTrack | undefined)[];
	openIngest(tracks: RtpTrackSpec[], udp?: UdpIngestSpec): Ingest;
};

/** What an ingest is told of a track, but for its channels. */
export const specOf = (
	{tracks, srtp}: PublisherContext,
	index: number,
): Omit<RtpTrackSpec, 'channel' | 'rtcpChannel'>[] => {
	const spec = tracks[index]?.spec;
	const keys = srtp[index]?.spec;
	return spec ? [{...spec, ...(keys && {srtp: keys})}] : [];
};
