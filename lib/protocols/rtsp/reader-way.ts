// How media gets to one reader: the part of a session that is another for each carriage.
import {createHmac, randomBytes} from 'node:crypto';
import type {Admission} from '../../media/delivery.ts';
import type {SrtpKeySpec} from '../../native/binding.ts';
import type {RtspSessionFacts} from '../../media/session-facts.ts';
import type {Carriage} from './carriage.ts';
import type {ReaderKey} from './reader-keys.ts';
import type {Beginning, StartMode} from '../../readers/reading.ts';
import type {ServerConnection} from './server-connection.ts';
import type {Transport} from './transport.ts';

export type ReaderWay = {
	readonly carriage: Carriage;
	/** Those that are set up, by index and in order. */
	readonly tracks: readonly number[];
	/** Milliseconds since the reader was heard of beside its requests; 0: it takes media, which is life enough. */
	readonly silentMs: number;
	/** What is granted; undefined: the track cannot be given so (461). */
	setUp(track: number, offer: Transport): Transport | undefined;
	play(mode: StartMode): Promise<Beginning>;
	/** The answer to PLAY is on its way. */
	start(): void;
	/** May be called twice. */
	pause(): void;
	/** RTCP on an interleaved channel. */
	interleaved?(channel: number, data: Buffer): void;
	/** Asked once a second: why the reader is to be hung up on. */
	check?(): string | undefined;
	facts(): WayFacts;
	/** The last call. */
	close(): void;
};

export type WayFacts = Pick<
	RtspSessionFacts,
	'transport' | 'bytesReceived' | 'bytesSent' | 'packetsSent' | 'packetsDropped'
> &
	Pick<RtspSessionFacts, 'reportedLost' | 'jitter' | 'roundTripTime'>;

/** What a way knows of its session. */
export type WayContext = {
	connection: ServerConnection;
	path: string;
	place: Pick<Admission, 'stream' | 'tracks'>;
	/** By track, where packets are SRTP. */
	keys: readonly ReaderKey[] | undefined;
	/** There is nothing more to read. */
	onEnded: () => void;
};

const key = randomBytes(16);

/** The same for all readers of a track, and not to be guessed (RFC 3550 section 8.1). */
export const ssrcOf = (stream: number, track: number): number =>
	createHmac('sha256', key).update(`${stream} ${track}`).digest().readUInt32BE();

/** What leaves a track of one reader is marked by, and encrypted by where it is. */
export const markOf = (
	{place, keys}: Pick<WayContext, 'place' | 'keys'>,
	track: number,
): {ssrc: number; srtp?: SrtpKeySpec} => {
	const key = keys?.[track];
	return key ? {ssrc: key.ssrc, srtp: key.spec} : {ssrc: ssrcOf(place.stream, track)};
};
